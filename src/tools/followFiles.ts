import type { CommandFiles } from '../agent/checkpoint/commandFiles.ts';
import type { Tool, ToolContext, ToolOutput } from '../agent/tool.ts';
import type { Location } from '../agent/workspace.ts';
import { changedNote } from './changedFiles.ts';

/**
 * The tool, with what its calls mean for the files that commands are followed in: those it reads or writes are worth a
 * look before the next command, and what it writes itself is no work of a command that still runs.
 */
export function followingFiles(tool: Tool, files: CommandFiles): Tool {
	const looks = tool.effect === 'read' || tool.effect === 'network';
	const touches = tool.effect === 'read' || tool.effect === 'write';
	return {
		...tool,
		async run(input, context) {
			await files.settleBefore(context, looks);
			const written: Location[] = [];
			try {
				const output = await tool.run(input, noticing(context, files, written));
				for (const path of touches ? tool.paths(input) : []) {
					files.touch(path);
				}
				return withNote(output, files);
			} finally {
				// Once more: what another agent compared in between, it compared with the text before.
				for (const location of written) {
					files.wrote(location);
				}
				await files.afterWrite();
			}
		},
	};
}

function noticing(context: ToolContext, files: CommandFiles, written: Location[]): ToolContext {
	return {
		...context,
		async recordChange(change) {
			await context.recordChange(change);
			files.wrote(change.location);
			written.push(change.location);
		},
	};
}

/** What a command that still ran, or ran before, changed since its result was told. */
function withNote(output: ToolOutput, files: CommandFiles): ToolOutput {
	const found = files.takeFound();
	return found === undefined
		? output
		: { ...output, text: `${output.text}\n${changedNote(found, 'A command has since changed')}` };
}
