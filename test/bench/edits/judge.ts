import type { EditCase, EditClass, Engine } from './editCase.ts';

export type Outcome = 'correct' | 'refused' | 'cosmetic' | 'wrong' | 'threw';

export interface Judged {
	readonly outcome: Outcome;
	readonly ms: number;
	/** The text that was written, or why none was. */
	readonly got: string;
}

/** What the engines made of all cases of a class. */
export interface Tally {
	readonly editClass: EditClass;
	readonly cases: number;
	readonly counts: Readonly<Record<Outcome, number>>;
	/** Cases that took longer than anyone waits. */
	readonly slow: number;
}

/** The most that one edit may take, whatever it is. */
const SLOW_MS = 2000;

/** Runs an engine on a case and compares with what is right. A text that nothing was to be written to is wrong. */
export function judge(engine: Engine, editCase: EditCase): Judged {
	const { expected, editClass, at, ...input } = editCase;
	const start = performance.now();
	try {
		const result = engine(input);
		const ms = performance.now() - start;
		return result.ok
			? { outcome: compare(result.content, expected), ms, got: result.content }
			: { outcome: 'refused', ms, got: result.reason };
	} catch (error) {
		return { outcome: 'threw', ms: performance.now() - start, got: String(error) };
	}
}

/** Whether the outcome is what the class asks for. */
export function isKept({ required }: EditClass, outcome: Outcome): boolean {
	return outcome === 'refused' ? required !== 'apply' : outcome === 'correct' && required !== 'refuse';
}

export function tallyOf(editClass: EditClass, judged: readonly Judged[]): Tally {
	const count = (outcome: Outcome) => judged.filter(each => each.outcome === outcome).length;
	return {
		editClass,
		cases: judged.length,
		counts: {
			correct: count('correct'),
			refused: count('refused'),
			cosmetic: count('cosmetic'),
			wrong: count('wrong'),
			threw: count('threw'),
		},
		slow: judged.filter(({ ms }) => ms > SLOW_MS).length,
	};
}

function compare(content: string, expected: readonly string[]): Outcome {
	if (expected.includes(content)) {
		return 'correct';
	}
	const bare = withoutLooks(content);
	return expected.some(text => withoutLooks(text) === bare) ? 'cosmetic' : 'wrong';
}

/** A text without byte-order mark, carriage returns, space at the end of lines, and blank lines. */
function withoutLooks(text: string): string {
	return text
		.replace(/^\uFEFF/, '')
		.split('\n')
		.map(line => line.trimEnd())
		.filter(line => line !== '')
		.join('\n');
}
