import type { ApprovalLevel } from '../../agent/approval/policy.ts';
import type { ApprovalAnswer, ApprovalItem, ApprovalReason, ApprovalRequest } from '../../agent/tool.ts';
import type { ApprovalMode } from './commands.ts';

/** What needs no question: `--approve all` is asked all the same, and says yes, so that the session records it. */
export function levelFor(mode: ApprovalMode): Exclude<ApprovalLevel, 'everything'> {
	return mode === 'none' ? 'ask' : 'edits';
}

/** Nobody sits there to be asked: what was given on the command line decides, and the model is told why. */
export class ApprovalDesk {
	readonly #mode: ApprovalMode;
	/** For what calls were refused, one for each of them. */
	readonly #refused: ApprovalReason[] = [];

	constructor(mode: ApprovalMode) {
		this.#mode = mode;
	}

	answer({ reason, items = [] }: Pick<ApprovalRequest, 'reason' | 'items'>): ApprovalAnswer {
		const asked = reason === 'several' ? items.map((item: ApprovalItem) => item.reason) : [reason];
		const refused = asked.filter(one => !this.#isAllowed(one));
		if (refused.length === 0) {
			return { allow: 'once' };
		}
		// One answer is for all of them.
		this.#refused.push(...asked);
		const words = [...new Set(refused)].map(one => REFUSALS[one]);
		const others = refused.length < asked.length ? ['Make the other calls again by themselves.'] : [];
		return { allow: 'no', instead: [...words, ...others].join(' ') };
	}

	/** What lets it through next time, for the user; undefined when nothing was refused. */
	advice(): string | undefined {
		const count = this.#refused.length;
		if (count === 0) {
			return undefined;
		}
		const kinds = new Set(this.#refused);
		const isEdits = kinds.delete('write');
		const objects = [...new Set([...kinds].map(kind => OBJECTS[kind]))];
		const ways = [
			...(isEdits ? ['To let the model change files of this folder, add --approve edits.'] : []),
			...(objects.length > 0 ? [`To let it have ${listed(objects)}, add --approve all.`] : []),
		];
		return `${count === 1 ? 'One call was' : `${count} calls were`} not allowed. ${ways.join(' ')}`;
	}

	#isAllowed(reason: ApprovalReason): boolean {
		return this.#mode === 'all' || (this.#mode === 'edits' && reason === 'write');
	}
}

/** For the model, behind "The user did not allow this and says". */
const REFUSALS: Readonly<Record<ApprovalReason, string>> = {
	write: 'nothing may be changed in this run. Go on without it, and say what you would change.',
	protected: 'protected files are out of bounds in this run. Say what you would change there.',
	secret: 'files that hold keys or passwords are out of bounds in this run. Go on without them.',
	outside: 'files outside the folder are out of bounds in this run. Work inside it.',
	system: 'folders of the system and of the account are out of bounds in this run. Work inside the folder.',
	schema: 'addresses of schemas may not be added in this run. Leave them out.',
	command:
		'only commands that plainly just read, such as "git log -5" or "ls src", may be run in this run. Use the other tools, and say which command would do the rest.',
	fetch: 'the web is out of bounds in this run. Go on without it, and say what you would look up.',
	search: 'the web is out of bounds in this run. Go on without it, and say what you would look up.',
	foreign: 'tools of others are out of bounds in this run. Go on without them.',
	several: 'these calls are out of bounds in this run. Go on without them.',
	unclear: 'it cannot be told what this would do, so it is out of bounds in this run. Try another way.',
};

/** For the user. */
const OBJECTS: Readonly<Record<ApprovalReason, string>> = {
	write: 'files of this folder',
	protected: 'protected files',
	secret: 'files with keys or passwords',
	outside: 'files outside the folder',
	system: 'files of the system',
	schema: 'addresses of schemas in files',
	command: 'commands',
	fetch: 'the web',
	search: 'the web',
	foreign: 'tools of others',
	several: 'what it asked for',
	unclear: 'what cannot be judged',
};

function listed(words: readonly string[]): string {
	const last = words.at(-1) ?? '';
	return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
