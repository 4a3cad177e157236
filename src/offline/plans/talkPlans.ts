/** Answers that search nothing, and what to say where a model is needed. */

import type { TalkTopic } from '../intents/intent.ts';
import type { IntentOf, PlanContext } from './context.ts';
import { code } from './markdown.ts';
import type { Plan } from './plan.ts';
import { outlinePlan } from './readPlans.ts';
import { definitionPlan } from './searchPlans.ts';

const NATURE = 'I am the built-in assistant: rules, no model, no network.';
const SET_KEY = 'Choose a model, after **Set API Key**, for that.';

const EXAMPLES = [
	'“find every TODO in src”, “which files use zod”, “how many files mention createWarning”',
	'“where is parseArgs defined”, then “where is it used”',
	'“what files are there in src”, “find *.test.ts”',
	'“show src/app.ts lines 10-40”, then “more”',
	'“outline this file”, “list the exports of src/app.ts”',
	'“rename oldName to newName in src/**”, “replace `a` with `b` in *.md”',
];

const HELP = `${NATURE} I find, list, show, outline and replace text with the same tools a model would use:\n\n${EXAMPLES.map(example => `- ${example}`).join('\n')}\n\nEdits ask first unless you allowed them, and each can be undone. Explaining, writing and fixing code needs a model: ${SET_KEY.charAt(0).toLowerCase()}${SET_KEY.slice(1)}`;

const ANSWERS: Readonly<Record<TalkTopic, string>> = {
	help: HELP,
	hello: `Hello. ${NATURE} Try “find every TODO”, “what files are there” or “help”.`,
	thanks: 'You are welcome.',
	stop: 'Stopped. What was changed before stays changed; each edit has an Undo on its row.',
	undo: 'Each edit above has an Undo on its row, and the changes strip undoes them all. I do not undo by message.',
	moveFile:
		'I do not rename or move files, only text inside them: rename the file in the Explorer, then ask me to replace its old name.',
	needsQuotes:
		'Put both texts in quotes, so that I know where they begin and end: replace “old text” with “new text” in src.',
	problems: 'I cannot see the Problems view; it is under View › Problems. I can search, for example “find every TODO”.',
	yesOrNo: 'I have no question open. Say what to find, show or replace, or “help”.',
};

const UNKNOWN = `I did not understand that. ${NATURE} I know requests such as “find parseArgs in src”, “show README.md”, “outline src/app.ts” and “rename a to b”; “help” lists them. A model understands free text. ${SET_KEY}`;

export function talk(topic: TalkTopic): string {
	return ANSWERS[topic];
}

/** @param part the sentence, where others of the message were understood. */
export function unknown(part?: string): string {
	return part === undefined ? UNKNOWN : `I did not understand ${code(part.slice(0, 100))}.`;
}

/** Says what needs a model, and shows what rules can: the declaration of the name, or the outline of the file. */
export function* needsModelPlan({ task, file, name }: IntentOf<'needsModel'>, context: PlanContext): Plan {
	const sentence = `${task} needs a model, and I follow rules only. ${SET_KEY}`;
	if (name !== undefined) {
		const shown = yield* definitionPlan({ kind: 'definition', name }, context);
		return `${sentence}\n\nWhat I can do is find it. ${shown}`;
	}
	if (file !== undefined && (file.kind === 'path' || context.current !== undefined)) {
		const shown = yield* outlinePlan({ kind: 'outline', file }, context);
		return `${sentence}\n\nWhat I can do is outline the file. ${shown}`;
	}
	return `${sentence}\n\nWhat I can do: find, list, show, outline and replace text. “help” has examples.`;
}
