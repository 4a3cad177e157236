import * as z from 'zod';
import { delimit } from '../agent/delimit.ts';
import { defineTool, type InnerCall, type InnerResult, type Tool, type ToolContext } from '../agent/tool.ts';
import { counted } from './counted.ts';
import type { EditProblems } from './language/editProblems.ts';
import { sliceWhole } from './limitText.ts';
import { fairShares, middleCut } from './middleCut.ts';
import { visibleText } from './visibleText.ts';

const MAX_CALLS = 20;
/** Characters of all results together: little more than the largest that one call brings by itself. */
const MAX_CHARACTERS = 60_000;
const MAX_NAME = 60;

const call = z.preprocess(
	readCall,
	z.object({
		tool: z.string().min(1).describe('Name of the tool'),
		arguments: z.looseObject({}).describe('As that tool takes them'),
	}),
);

const input = z.object({
	calls: z
		.array(call)
		.min(1)
		.refine(calls => calls.length <= MAX_CALLS, `at most ${MAX_CALLS} calls`),
});

/** @param problems told of once, when all edits are made. */
export function batchTool(problems?: EditProblems): Tool {
	return defineTool({
		name: 'batch',
		description: `Make up to ${MAX_CALLS} calls of other tools in one: reads side by side, changes in order. The user is asked once for all. Not for task or todo.`,
		effect: 'session',
		input,
		paths: () => [],
		subject: ({ calls }) => `${counted(calls.length, 'call')}: ${namesOf(calls)}`,
		async run({ calls }, context) {
			const inner = calls.map(one => ({ name: one.tool, arguments: JSON.stringify(one.arguments) }));
			const { value: results, told } = await runAll(inner, context, problems);
			const shares = fairShares(
				results.map(({ text }) => text.length),
				MAX_CHARACTERS,
			);
			const parts = results.map((result, index) => part(result, index, inner, shares[index] ?? 0));
			const failed = results.filter(({ outcome }) => outcome !== 'ok').length;
			return {
				text: [...parts, ...(told === '' ? [] : ['After all calls:', told])].join('\n'),
				view: {
					kind: 'note',
					note: `${counted(calls.length, 'call')}${failed > 0 ? `, ${failed} of them not done` : ''}`,
				},
			};
		},
	});
}

function runAll(inner: readonly InnerCall[], context: ToolContext, problems: EditProblems | undefined) {
	const work = () => context.call(inner);
	return problems === undefined ? work().then(value => ({ value, told: '' })) : problems.together(work, context);
}

const outcomes: Readonly<Record<InnerResult['outcome'], string>> = {
	ok: 'ok',
	error: 'failed',
	denied: 'not allowed',
	interrupted: 'interrupted',
};

/** In a fence that its text cannot close, so none can pass for another. */
function part({ outcome, text }: InnerResult, index: number, calls: readonly InnerCall[], share: number): string {
	const name = visibleText(sliceWhole(calls[index]?.name ?? '', MAX_NAME)).text;
	return delimit(
		`[call ${index + 1} of ${calls.length}, ${name}: ${outcomes[outcome]}]`,
		middleCut(text, share, 'so large a result needs a call of its own'),
	);
}

function namesOf(calls: readonly { readonly tool: string }[]): string {
	return visibleText([...new Set(calls.map(({ tool }) => sliceWhole(tool, MAX_NAME)))].join(', ')).text;
}

const NAMES = ['tool', 'name', 'tool_name', 'recipient_name'];
const ARGUMENTS = ['parameters', 'params', 'input', 'args'];

/**
 * Calls within a call are where models slip: they take the names of the protocol that they are called by, send arguments
 * as JSON text, or leave out the level of the arguments. Each has one meaning, and what it means is what is shown and
 * decided on.
 */
function readCall(given: unknown): unknown {
	if (!isRecord(given)) {
		return given;
	}
	const nameKey = NAMES.find(key => typeof given[key] === 'string');
	if (nameKey === undefined) {
		return given;
	}
	const { [nameKey]: tool, ...rest } = given;
	if (Object.hasOwn(rest, 'arguments')) {
		return { tool, arguments: parsed(rest['arguments']) };
	}
	const [key = '', ...more] = Object.keys(rest);
	// Beside others it is an argument itself, as `input` is one of useTool.
	return { tool, arguments: more.length === 0 && ARGUMENTS.includes(key) ? parsed(rest[key]) : rest };
}

function parsed(value: unknown): unknown {
	if (typeof value !== 'string') {
		return value;
	}
	try {
		return JSON.parse(value.trim() === '' ? '{}' : value);
	} catch {
		// The schema says what is wrong with it.
		return value;
	}
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
