/** From plain English to intents: an ordered list of phrase rules for each sentence, the first that fits counts. */
import { bareFileRule, findFilesRule, listRule, outlineRule, readRule } from './fileRules.ts';
import type { Intent } from './intent.ts';
import { maskQuotes, unmask } from './maskedText.ts';
import type { Rule } from './phrases.ts';
import type { Clause } from './references.ts';
import { replaceRule } from './replaceRule.ts';
import { countRule, definitionRule, findRule } from './searchRules.ts';
import { followUpRule, talkRule } from './talkRules.ts';
import { earlyTaskRule, taskRule } from './taskRules.ts';

/** Longer messages are prose or pasted text: only their beginning is looked at, in UTF-16 units. */
const MAX_MESSAGE = 4000;
/** Masked clauses longer than this ask for no search or edit; only what kind of work they mean is looked at. */
const MAX_CLAUSE = 300;
/** Requests served from one message. */
const MAX_CLAUSES = 4;

/** A rule comes before those that would misread its phrases. */
const RULES: readonly Rule[] = [
	talkRule,
	followUpRule,
	bareFileRule,
	replaceRule,
	earlyTaskRule,
	countRule,
	definitionRule,
	outlineRule,
	findFilesRule,
	listRule,
	readRule,
	findRule,
	taskRule,
];

export interface ParsedPart {
	readonly intent: Intent;
	/** The sentence, as the user wrote it. */
	readonly text: string;
}

/** What each sentence of the message asks for, in order. Never empty; never throws. */
export function parseIntents(message: string): readonly ParsedPart[] {
	const { text, quotes } = maskQuotes(message.slice(0, MAX_MESSAGE));
	const whole = parseClause({ text, quotes });
	const parts = splitClauses(text);
	if (whole.kind === 'talk' || parts.length < 2) {
		return [{ intent: whole, text: unmask(text, quotes).trim() }];
	}
	const intents = parts
		.slice(0, MAX_CLAUSES)
		.map(part => ({ intent: parseClause({ text: part, quotes }), text: unmask(part, quotes) }));
	return intents.some(({ intent }) => intent.kind !== 'unknown') ? intents : intents.slice(0, 1);
}

/** Sentences, lines, and "… and then …" or "… and show …". */
function splitClauses(text: string): string[] {
	return text
		.split(
			/(?<=[.!?;])\s+|\s*\n+\s*|,?\s+(?:and\s+)?then\s+|,?\s+and\s+(?=(?:show|list|find|rename|replace|outline|open|read|count|explain|fix|run|update|write|add|make|tell)\s)/i,
		)
		.map(part => part.trim())
		.filter(part => /[\p{L}\p{N}?\uE000]/u.test(part));
}

function parseClause(clause: Clause): Intent {
	const plain: Clause = { ...clause, text: withoutManners(clause.text) };
	const isLong = plain.text.length > MAX_CLAUSE;
	for (const rule of isLong ? [taskRule] : RULES) {
		const intent = rule({ ...plain, text: plain.text.slice(0, MAX_CLAUSE) });
		if (intent !== undefined) {
			return intent;
		}
	}
	return { kind: 'unknown' };
}

const OPENERS =
	/^(?:(?:hi|hello|hey|ok|okay|so|well|now|and|also|then|first|next|please|pls|kindly|just|maybe|but)\b[,!:]?|(?:can|could|would|will) (?:you|we|i)\b(?: please)?|(?:i|we)(?:'d| would)? (?:want|need|like|have)(?: (?:you|us))? to\b|let(?:'s|s| us| me)\b|help (?:me|us)(?: to)?\b|go ahead and\b|try to\b)\s+(?=\S)/i;

/** Without "could you please …?" around the request. */
function withoutManners(text: string): string {
	let rest = text.replace(/\s+/g, ' ').trim();
	for (let before = ''; before !== rest; ) {
		before = rest;
		rest = rest
			.replace(OPENERS, '')
			.replace(/(?<=\S)[\s,]*(?:\bplease|\bthanks|\bthank you|\bfor me|\bright now)[\s.!]*$/i, '')
			.replace(/(?<=[^\s.!?])[\s.!?…;:,]+$/, '');
	}
	return rest;
}
