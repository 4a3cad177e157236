import type { ApprovalAnswer, ApprovalRequest } from '../../agent/tool.ts';
import type { ApprovalMode } from './commands.ts';

/** Nobody sits there to be asked: what was given on the command line decides, and the model is told why. */
export function answerFor(mode: ApprovalMode, { reason }: ApprovalRequest): ApprovalAnswer {
	if (mode === 'all' || (mode === 'edits' && reason === 'write')) {
		return { allow: 'once' };
	}
	switch (reason) {
		case 'write':
			return refuse('nothing may be changed in this run. Go on without it, and say what you would change.');
		case 'protected':
			return refuse('protected files and secrets are out of bounds in this run. Say what you would do there.');
		case 'outside':
			return refuse('files outside the folder are out of bounds in this run. Work inside it.');
	}
}

function refuse(instead: string): ApprovalAnswer {
	return { allow: 'no', instead };
}

/** What lets it through next time, for the user. */
export function adviceOnDenials(mode: ApprovalMode, denied: number): string | undefined {
	if (denied === 0 || mode === 'all') {
		return undefined;
	}
	const calls = denied === 1 ? 'One call was' : `${denied} calls were`;
	return mode === 'none'
		? `${calls} not allowed. To let the model change files of this folder, add --approve edits.`
		: `${calls} not allowed: protected files and files outside the folder want --approve all.`;
}
