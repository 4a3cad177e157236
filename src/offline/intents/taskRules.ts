/** Requests that only a model can serve, seen by the verb they begin with. */
import type { ModelTask } from './intent.ts';
import { isQuotation, unmask, wordsOf } from './maskedText.ts';
import { isIdentifier, looksLikeCode } from './names.ts';
import type { Rule } from './phrases.ts';
import { findFileMention } from './references.ts';

const TASKS: readonly (readonly [RegExp, ModelTask])[] = [
	[
		/^(?:write|add|create|generate|make|extend|improve)\b.*\b(?:tests?|specs?|coverage)\b|^test\b|^cover\b/i,
		'Writing tests',
	],
	[
		/^(?:document|comment)\b|^(?:write|add|create|generate|update|improve)\b.*\b(?:docs?|documentation|comments?|docstrings?|jsdoc|readme|changelog)\b/i,
		'Writing documentation',
	],
	[/^(?:fix|repair|debug|solve|mend|resolve|correct|patch)\b/i, 'Fixing problems'],
	[
		/^(?:review|check|audit|verify|validate|analy[sz]e)\b|^(?:find|look for|search for|spot)(?: (?:the|any|all|some|possible|potential))* (?:bugs?|errors?|mistakes?|problems?|issues?|vulnerabilit\w+|security)\b/i,
		'Reviewing code',
	],
	[/^(?:commit|push|pull|merge|rebase|stash|checkout|git)\b|\bcommit message\b/i, 'Working with Git'],
	[/^(?:run|execute|start|build|compile|install|launch|deploy|npm|npx|node|yarn|pnpm)\b/i, 'Running commands'],
	[
		/^(?:refactor|simplify|clean|tidy|restructure|split|extract|inline|optimi[sz]e|speed|improve|convert|migrate|port|translate|rewrite|reorgani[sz]e|modernise|modernize|upgrade|format|deduplicate)\b/i,
		'Refactoring',
	],
	[
		/^(?:write|add|create|generate|make|build|implement|design|develop|support|remove|delete|change|update|edit|modify|insert|set|use|turn|replace|rename|complete|finish|move|handle|allow|enable|disable|keep)\b/i,
		'Writing code',
	],
	[
		/^(?:explain|describe|summari[sz]e|sum up|walk me|what does|what do|what is|what's|what are|how does|how do|how is|how are|why|understand|show me how|interpret|elaborate|go through)\b/i,
		'Explaining code',
	],
	[
		/^(?:how|who|when|which|what|should|could|is|are|does|do|did|was|were|has|have|where|am|tell)\b/i,
		'Answering questions',
	],
];

/** These read like searches or readings, but need understanding. */
const EARLY_TASKS = TASKS.filter(
	([, task]) => task === 'Reviewing code' || task === 'Fixing problems' || task === 'Writing tests',
).concat([
	[
		/^show me how\b|^explain\b|^what does (?!.* (?:export|define|declare)$)|^why\b|^how (?:does|do|can|should|to)\b/i,
		'Explaining code',
	],
]);

/** Asked before the rules that search and read. */
export const earlyTaskRule: Rule = modelTask(EARLY_TASKS);
/** Asked after all others. */
export const taskRule: Rule = modelTask(TASKS);

/** A question or a job that is understood as one, with the code it is about. */
function modelTask(tasks: readonly (readonly [RegExp, ModelTask])[]): Rule {
	return clause => {
		const task = tasks.find(([pattern]) => pattern.test(clause.text))?.[1];
		if (task === undefined) {
			return undefined;
		}
		const mention = findFileMention(clause);
		const names = Array.from(wordsOf(mention?.rest ?? clause.text), ([words]) => ({
			isQuoted: isQuotation(words),
			name: unmask(words, clause.quotes).replace(/\(.*$/, ''),
		}));
		const name = names.find(word => isIdentifier(word.name) && (word.isQuoted || looksLikeCode(word.name)))?.name;
		return { kind: 'needsModel', task, ...(mention && { file: mention.file }), ...(name !== undefined && { name }) };
	};
}
