/** Small talk, and messages that lean on the one before. */
import type { TalkTopic } from './intent.ts';
import { captured, fits, phrases, type Rule } from './phrases.ts';
import { parseScope } from './references.ts';

const TOPICS: readonly (readonly [TalkTopic, readonly RegExp[]])[] = [
	[
		'help',
		phrases(
			'help|\\?+|commands?|usage|examples?',
			'what (?:can|do) you(?: do| know| understand)*|what can i (?:do|ask)(?: here)?',
			'how do you work|(?:who|what) are you',
		),
	],
	['hello', phrases('(?:hi|hello|hey|good (?:morning|afternoon|evening))(?: there)?')],
	[
		'thanks',
		phrases(
			'(?:thanks?|thank you|thx|cheers|great|nice|perfect|cool|good|well done|awesome|super)(?:[ ,!]+(?:thanks?|thank you|so much|a lot|very much|job|work))*',
		),
	],
	[
		'stop',
		phrases('(?:stop|cancel|abort|quit|halt|never ?mind|forget (?:it|that)|wait|enough)(?: (?:it|that|now|please))?'),
	],
	[
		'undo',
		phrases(
			'undo|revert|roll ?back|take (?:it|that) back',
			'(?:undo|revert) (?:it|that|this|(?:the |your )?(?:last )?(?:changes?|edits?|rename|all))',
		),
	],
	['yesOrNo', phrases('yes|no|y|n|yep|nope|sure|ok|okay|fine|do it|go')],
	[
		'problems',
		phrases(
			'(?:(?:show|list|find|get|what are|are there|any|which|tell me)(?: me)? )?(?:(?:all|any|the|current|open|of|about) )*(?:problems?|diagnostics?|(?:compiler? |type |lint(?:er)? )?(?:errors|warnings))(?: (?:panel|view|there|in .+))?',
		),
	],
];

export const talkRule: Rule = ({ text }) => {
	const topic = TOPICS.find(([, patterns]) => fits(patterns, text))?.[0];
	return topic && { kind: 'talk', topic };
};

const MORE = phrases(
	'(?:show )?(?:me )?(?:some )?more(?: (?:lines|of it))?|next(?: (?:page|lines))?|(?:show )?the rest',
	'continue|go on|carry on|keep going',
);
const REPEAT =
	'(?:(?:do (?:it|that|this) )?again|(?:the )?same(?: again| thing)?|repeat(?: that| it)?|once more|retry|try again|redo(?: it)?)';
const AGAIN = phrases(REPEAT);
const AGAIN_IN = phrases(
	`(?:${REPEAT}|what about|how about) (?:(?:but )?(?:only )?(?:in|for|with|under) )?<text>`,
	'(?:but )?only (?:in|under) <text>',
	'in <text>',
);

export const followUpRule: Rule = ({ text, quotes }) => {
	if (fits(MORE, text)) {
		return { kind: 'more' };
	}
	if (fits(AGAIN, text)) {
		return { kind: 'again' };
	}
	const where = captured(AGAIN_IN, text);
	const scope = where === undefined ? undefined : parseScope(where, quotes);
	if (scope === undefined) {
		return undefined;
	}
	return scope === 'everywhere' ? { kind: 'again' } : { kind: 'again', scope };
};
