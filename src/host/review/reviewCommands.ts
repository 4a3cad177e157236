import * as vscode from 'vscode';
import type { ReviewDecision } from '../../agent/events.ts';
import type { BeforeDocuments } from '../chat/beforeDocuments.ts';
import { baseName } from '../format.ts';
import { type Place, stepFrom } from './hunkWalk.ts';
import { fileTargets, hunksWithin, hunkTarget } from './reviewArguments.ts';
import { type Conflict, type Decided, decideFiles, decideHunks } from './reviewDecisions.ts';
import { openAllDiffs, openFileDiff } from './reviewDiffs.ts';
import type { ReviewHub, SessionFile } from './reviewHub.ts';
import type { ReviewNavigation } from './reviewNavigation.ts';
import type { ShownFiles, ShownHunk } from './shownFiles.ts';

/** Files from which on the user is asked before all of them are decided at once. */
const MANY_FILES = 20;

export interface ReviewCommandsOptions {
	readonly hub: ReviewHub;
	readonly shown: ShownFiles;
	readonly before: BeforeDocuments;
	readonly navigation: ReviewNavigation;
	/** Takes what goes wrong where nobody waits. */
	readonly report: (error: unknown) => void;
}

/** What the commands of the review do, called from a button, a menu, a key or the palette. */
export class ReviewCommands {
	readonly #options: ReviewCommandsOptions;

	constructor(options: ReviewCommandsOptions) {
		this.#options = options;
	}

	/** The hunk that the arguments name (see `hunkTarget`), or the one at the cursor. */
	async decideHunk(decision: ReviewDecision, args: readonly unknown[]): Promise<void> {
		const { hub, navigation, shown } = this.#options;
		const target = hunkTarget(args);
		let hunks: readonly ShownHunk[];
		let wanted = decision;
		switch (target.kind) {
			case 'hunk': {
				const { ref } = target;
				hunks = (shown.at(ref.uri)?.hunks ?? []).filter(
					({ sessionId, revision, start }) =>
						sessionId === ref.sessionId && revision === ref.revision && start === ref.start,
				);
				wanted = ref.decision ?? decision;
				if (hunks.length === 0) {
					tell(vscode.l10n.t('This change is another by now; look at it again.'));
					return;
				}
				break;
			}
			case 'span':
				hunks = hunksWithin(shown.at(target.key)?.hunks ?? [], target.span);
				break;
			case 'cursor':
				hunks = navigation.hunk === undefined ? [] : [navigation.hunk];
				break;
			default:
				return target satisfies never;
		}
		const [first] = hunks;
		if (first === undefined) {
			tell(vscode.l10n.t('There is no change of the agent at the cursor.'));
			return;
		}
		await this.#finish(await decideHunks(hub, hunks, wanted));
		if (target.kind !== 'span') {
			// The peek goes on to its next change by itself.
			navigation.moveOn({ key: first.key, line: first.span.start });
		}
	}

	/** The files that the arguments name (see `fileTargets`), or that of the active editor. */
	async decideFile(decision: ReviewDecision, args: readonly unknown[]): Promise<void> {
		const { hub, navigation } = this.#options;
		const { place } = navigation;
		const keys = fileTargets(args) ?? (place === undefined ? [] : [place.key]);
		const named = new Set(keys.map(key => this.#options.before.reviewedUri(vscode.Uri.parse(key)) ?? key));
		const files = hub.files.filter(({ key }) => named.has(key));
		if (files.length === 0) {
			tell(vscode.l10n.t('Nothing in this file waits for your review.'));
			return;
		}
		await this.#decideAbout(files, decision, place);
	}

	/** Everything, or the files of the group in the source control view. One question only when there are many. */
	async decideAll(decision: ReviewDecision, args: readonly unknown[]): Promise<void> {
		const named = fileTargets(args);
		const files = this.#options.hub.files.filter(({ key }) => named === undefined || named.includes(key));
		if (files.length === 0) {
			tellNothing();
			return;
		}
		const count = new Set(files.map(({ key }) => key)).size;
		if (count <= MANY_FILES || (await confirmAll(decision, count))) {
			await this.#decideAbout(files, decision, this.#options.navigation.place);
		}
	}

	/** @param args a file whose first change to show, in place of the next one from the cursor. */
	async step(direction: 'next' | 'previous', args: readonly unknown[]): Promise<void> {
		const { navigation } = this.#options;
		const [key] = fileTargets(args.slice(0, 1)) ?? [];
		// The button of an editor's title names the file that the cursor is in.
		const isFromTitle = key !== undefined && key === navigation.place?.key;
		if (key !== undefined && !isFromTitle && (await navigation.showFile(key))) {
			return;
		}
		if (!(await navigation.step(direction))) {
			tellNothing();
		}
	}

	/** The change with the lines that stood there, in place, as the editor shows it. */
	async showHunk(args: readonly unknown[]): Promise<void> {
		const { navigation, shown } = this.#options;
		const target = hunkTarget(args);
		const hunks = target.kind === 'hunk' ? (shown.at(target.ref.uri)?.hunks ?? []) : [];
		const hunk = target.kind === 'hunk' ? hunks.find(({ start }) => start === target.ref.start) : navigation.hunk;
		if (hunk === undefined) {
			return;
		}
		await navigation.show(hunk, 'next');
		await vscode.commands.executeCommand('editor.action.dirtydiff.next');
	}

	/** @param uri one of its files; all when absent. */
	async decideSession(sessionId: string, decision: ReviewDecision, uri?: string): Promise<void> {
		const { hub, navigation } = this.#options;
		const files = hub.files.filter(file => file.sessionId === sessionId && (uri === undefined || file.uri === uri));
		if (files.length > 0) {
			await this.#decideAbout(files, decision, navigation.place);
		}
	}

	/** All in one diff; with a file among the arguments, that one's. */
	async openChanges(args: readonly unknown[]): Promise<void> {
		const { shown, before } = this.#options;
		const [key] = fileTargets(args) ?? [];
		const file = key === undefined ? undefined : shown.at(key);
		if (file !== undefined) {
			await openFileDiff(file, before);
			return;
		}
		const { files } = shown;
		if (files.length === 0) {
			tellNothing();
			return;
		}
		await openAllDiffs(files, before);
	}

	async #decideAbout(files: readonly SessionFile[], decision: ReviewDecision, place: Place | undefined): Promise<void> {
		const { hub, navigation } = this.#options;
		const ready = files.filter(({ isOpen }) => !isOpen);
		await this.#finish(await decideFiles(hub, ready, decision));
		if (ready.length < files.length) {
			tell(vscode.l10n.t('The agent still writes some of it; decide about that when it is done.'));
		}
		navigation.moveOn(place);
	}

	async #finish({ conflicts, problems }: Decided): Promise<void> {
		if (problems.length > 0) {
			void vscode.window.showWarningMessage(problems.join(' '));
		}
		const [conflict] = conflicts;
		if (conflict !== undefined) {
			// The command is done when the message is there, not when it is answered.
			this.#askAbout(conflict, conflicts).catch(this.#options.report);
		}
	}

	/** Nothing of it was lost so far: the lines are as the user made them. */
	async #askAbout(first: Conflict, conflicts: readonly Conflict[]): Promise<void> {
		const { hub, navigation, shown } = this.#options;
		const isCreated = first.file.pending.base === undefined;
		const keep = isCreated ? vscode.l10n.t('Keep the file') : vscode.l10n.t('Keep mine');
		const restore = isCreated ? vscode.l10n.t('Remove it') : vscode.l10n.t('Restore the original');
		const show = vscode.l10n.t('Show');
		const choice = await vscode.window.showWarningMessage(conflictText(conflicts, isCreated), keep, restore, show);
		// Meanwhile the user may have typed on: only what is in conflict now is meant.
		const keys = new Set(conflicts.map(({ file }) => `${file.sessionId} ${file.key}`));
		const touched = shown.files.flatMap(({ hunks }) =>
			hunks.filter(({ isTouched, sessionId, key }) => isTouched && keys.has(`${sessionId} ${key}`)),
		);
		if (choice === keep || choice === restore) {
			await this.#finish(await decideHunks(hub, touched, choice === keep ? 'accept' : 'restore'));
		} else if (choice === show) {
			const at = (first.lines[0] ?? 1) - 1;
			const hunk = touched.find(({ key, span }) => key === first.file.key && span.start >= at) ?? touched[0];
			const target = hunk ?? stepFrom(shown.files, { key: first.file.key, line: at }, 'next');
			if (target !== undefined) {
				await navigation.show(target, 'next');
			}
		}
	}
}

function conflictText(conflicts: readonly Conflict[], isCreated: boolean): string {
	const [first, ...more] = conflicts;
	const name = baseName(first?.file.path ?? '');
	if (more.length > 0) {
		return vscode.l10n.t(
			'In {0} files you changed lines of the agent since, so these were left as they are.',
			conflicts.length,
		);
	}
	if (isCreated) {
		return vscode.l10n.t('You changed {0} since the agent made it, so it was left as it is.', name);
	}
	return vscode.l10n.t(
		'In {0} you changed lines of the agent since (line {1}), so these were left as they are.',
		name,
		first?.lines.join(', ') ?? '',
	);
}

async function confirmAll(decision: ReviewDecision, count: number): Promise<boolean> {
	const isAccept = decision === 'accept';
	const yes = isAccept ? vscode.l10n.t('Accept all') : vscode.l10n.t('Reject all');
	const question = isAccept
		? vscode.l10n.t('Accept the changes of the agent in {0} files?', count)
		: vscode.l10n.t('Reject the changes of the agent in {0} files?', count);
	const detail = isAccept ? '' : vscode.l10n.t('What you changed since stays.');
	return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}

function tellNothing(): void {
	tell(vscode.l10n.t('No changes of the agent wait for your review.'));
}

function tell(text: string): void {
	void vscode.window.showInformationMessage(text);
}
