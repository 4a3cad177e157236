import type { RunOptions } from '../commands.ts';
import type { Terminal } from '../terminal.ts';
import { ClaudeOutput } from './claudeOutput.ts';
import { JsonOutput, StreamOutput } from './jsonOutput.ts';
import type { RunOutput } from './runOutput.ts';
import { TextOutput } from './textOutput.ts';

export function openOutput({ output, isClaudeForm }: RunOptions, terminal: Terminal): RunOutput {
	switch (output) {
		case 'text':
			return new TextOutput(terminal);
		case 'json':
			return isClaudeForm ? new ClaudeOutput(terminal, { isResultOnly: true }) : new JsonOutput(terminal);
		case 'stream':
			return isClaudeForm ? new ClaudeOutput(terminal, { isResultOnly: false }) : new StreamOutput(terminal);
	}
}
