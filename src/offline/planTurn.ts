/** From a turn's messages to what the assistant does next. */

import type { Intent, Scope } from './intents/intent.ts';
import { isIdentifier } from './intents/names.ts';
import { parseIntents } from './intents/parseIntent.ts';
import type { PlanContext } from './plans/context.ts';
import { asPlainText } from './plans/markdown.ts';
import { advance, type Next, type Plan } from './plans/plan.ts';
import { morePlan, outlinePlan, readPlan } from './plans/readPlans.ts';
import { replacePlan } from './plans/replacePlan.ts';
import { definitionPlan, findFilesPlan, findPlan, listPlan } from './plans/searchPlans.ts';
import { needsModelPlan, talk, unknown } from './plans/talkPlans.ts';
import { parseRead } from './plans/toolText.ts';
import { currentFile, type Exchange, parseCall, type Turn } from './turn.ts';

/** The next step or the answer. A pure function of the turn; never throws. */
export function planTurn(turn: Turn): Next {
	const context: PlanContext = { current: currentFile(turn), nextLines: linesAfter(turn.earlier) };
	return advance(planMessage(turn, context), turn.now.rounds);
}

function* planMessage({ now, earlier }: Turn, context: PlanContext): Plan {
	const parts = parseIntents(now.message).map(part => ({ ...part, intent: resolve(part.intent, earlier) }));
	const answers: string[] = [];
	for (const { intent, text } of parts) {
		const isOneOfSeveral = parts.length > 1 && intent.kind === 'unknown';
		answers.push(isOneOfSeveral ? unknown(text) : yield* planIntent(intent, context));
	}
	return [...answers, ...leftOver(earlier.at(-1))].join('\n\n');
}

function planIntent(intent: Intent, context: PlanContext): Plan {
	switch (intent.kind) {
		case 'find':
			return findPlan(intent, context);
		case 'definition':
			return definitionPlan(intent, context);
		case 'findFiles':
			return findFilesPlan(intent, context);
		case 'list':
			return listPlan(intent, context);
		case 'read':
			return readPlan(intent, context);
		case 'outline':
			return outlinePlan(intent, context);
		case 'replace':
			return replacePlan(intent, context);
		case 'needsModel':
			return needsModelPlan(intent, context);
		case 'more':
			return morePlan(context);
		case 'talk':
			return say(talk(intent.topic));
		case 'again':
			return say('There is no earlier request to repeat.');
		case 'unknown':
			return say(unknown());
	}
}

// biome-ignore lint/correctness/useYield: an answer that needs no call is a plan as well.
function* say(text: string): Plan {
	return text;
}

/** Fills in what a request leaves to the one before: all of it, or the name that "it" stands for. */
function resolve(intent: Intent, earlier: readonly Exchange[]): Intent {
	const before = earlier.flatMap(({ message }) => parseIntents(message).map(part => part.intent));
	if (intent.kind === 'again') {
		const last = before.findLast(({ kind }) => !['again', 'more', 'talk', 'unknown', 'needsModel'].includes(kind));
		return last === undefined || intent.scope === undefined ? (last ?? intent) : moveTo(last, intent.scope);
	}
	if (intent.kind === 'definition' && isPronoun(intent.name)) {
		return { ...intent, name: lastName(before) ?? intent.name };
	}
	if (intent.kind === 'find' && intent.search.isWholeWord && isPronoun(intent.search.text)) {
		return { ...intent, search: { ...intent.search, text: lastName(before) ?? intent.search.text } };
	}
	return intent;
}

function isPronoun(word: string): boolean {
	return /^(?:it|this|that)$/i.test(word);
}

/** The name asked about last. */
function lastName(intents: readonly Intent[]): string | undefined {
	return intents
		.map(intent => {
			switch (intent.kind) {
				case 'definition':
				case 'needsModel':
					return intent.name;
				case 'find':
					return intent.search.isRegex ? undefined : intent.search.text;
				case 'replace':
					return intent.to;
				default:
					return undefined;
			}
		})
		.findLast(name => name !== undefined && isIdentifier(name) && !isPronoun(name));
}

function moveTo(intent: Intent, scope: Scope): Intent {
	switch (intent.kind) {
		case 'find':
		case 'definition':
		case 'findFiles':
		case 'replace':
			return { ...intent, scope };
		case 'list':
			return { ...intent, folder: scope };
		case 'read':
		case 'outline':
			return scope.kind === 'glob' ? intent : { ...intent, file: scope };
		default:
			return intent;
	}
}

/** Where the file shown last goes on. */
function linesAfter(earlier: readonly Exchange[]): PlanContext['nextLines'] {
	for (const { rounds } of earlier.toReversed()) {
		for (const { calls, results } of rounds.toReversed()) {
			const index = calls.findLastIndex(({ name }) => name === 'read');
			const input = parseCall(calls[index]?.arguments ?? '');
			const path = input['path'];
			if (typeof path === 'string') {
				const offset = typeof input['offset'] === 'number' ? input['offset'] : 1;
				const read = parseRead(results[index] ?? '', offset);
				return { path, from: read.kind === 'text' ? read.from + read.lines.length : offset };
			}
		}
	}
	return undefined;
}

/** Says that the request before was not brought to its end: it is not taken up again unasked. */
function leftOver(previous: Exchange | undefined): string[] {
	if (
		previous === undefined ||
		previous.isAnswered ||
		parseIntents(previous.message).every(({ intent }) => intent.kind === 'talk')
	) {
		return [];
	}
	const [first = ''] = previous.message.split('\n');
	return first === ''
		? []
		: [
				`_Your message before this one, “${asPlainText(first.slice(0, 80))}”, was not finished. Send it again if you still want it._`,
			];
}
