import * as z from 'zod';
import { defineTool, type PlanItem } from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';
import { visibleText } from './visibleText.ts';

const MAX_ITEMS = 50;
/** Characters of one item: a line or two. */
const MAX_TEXT = 300;

/** What models call the states of a plan elsewhere. There is one meaning each, so no call is lost over the word. */
const ALIASES: Readonly<Record<string, PlanItem['status']>> = {
	pending: 'open',
	todo: 'open',
	in_progress: 'active',
	doing: 'active',
	completed: 'done',
	complete: 'done',
};

const input = z.object({
	items: z.array(
		z.object({
			text: z.string().min(1),
			status: z.preprocess(
				word => (typeof word === 'string' && Object.hasOwn(ALIASES, word) ? ALIASES[word] : word),
				z.enum(['open', 'active', 'done']),
			),
		}),
	),
});

/**
 * The plan that the user sees. It is sent whole each time, so there is nothing to get out of step. Several items may be
 * active, as agents may work side by side.
 */
export const todoTool = defineTool({
	name: 'todo',
	description: 'Show the user your plan, for work of three steps or more. Send all items each time one changes.',
	effect: 'session',
	input,
	paths: () => [],
	subject: ({ items }) => progress(items),
	async run({ items }) {
		if (items.length > MAX_ITEMS) {
			throw new ToolError(`At most ${MAX_ITEMS} items: join steps that belong together.`);
		}
		const long = items.findIndex(({ text }) => text.length > MAX_TEXT);
		if (long !== -1) {
			throw new ToolError(`items[${long}].text has more than ${MAX_TEXT} characters: say it in a line.`);
		}
		const shown = items.map(({ text, status }) => ({
			text: visibleText(text.replace(/\s+/g, ' ').trim()).text,
			status,
		}));
		return { text: `The user sees the plan: ${progress(items)}.`, view: { kind: 'plan', items: shown } };
	},
});

/** "2 of 5 done". */
function progress(items: readonly PlanItem[]): string {
	return `${items.filter(({ status }) => status === 'done').length} of ${items.length} done`;
}
