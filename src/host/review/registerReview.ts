import * as vscode from 'vscode';
import { commandIds } from '../ids.ts';
import type { ReviewCommands } from './reviewCommands.ts';

/** The commands of the review. What they do is loaded with the first of them, or the first edit under review. */
export function registerReview(
	review: () => Promise<ReviewCommands>,
	report: (error: unknown) => void,
): vscode.Disposable {
	const command = (id: string, run: (commands: ReviewCommands, args: readonly unknown[]) => Promise<void>) =>
		vscode.commands.registerCommand(id, async (...args: unknown[]) => {
			try {
				await run(await review(), args);
			} catch (error) {
				report(error);
			}
		});
	return vscode.Disposable.from(
		command(commandIds.reviewAcceptHunk, (commands, args) => commands.decideHunk('accept', args)),
		command(commandIds.reviewRejectHunk, (commands, args) => commands.decideHunk('reject', args)),
		command(commandIds.reviewAcceptFile, (commands, args) => commands.decideFile('accept', args)),
		command(commandIds.reviewRejectFile, (commands, args) => commands.decideFile('reject', args)),
		command(commandIds.reviewAcceptAll, (commands, args) => commands.decideAll('accept', args)),
		command(commandIds.reviewRejectAll, (commands, args) => commands.decideAll('reject', args)),
		command(commandIds.reviewNext, (commands, args) => commands.step('next', args)),
		command(commandIds.reviewPrevious, (commands, args) => commands.step('previous', args)),
		command(commandIds.reviewOpenChanges, (commands, args) => commands.openChanges(args)),
	);
}
