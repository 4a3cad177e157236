/**
 * Which lines of a file begin something worth listing, one list of patterns a language. Line rules know no grammar: they
 * are right for code formatted as people usually do, and never claim more than "this line looks like …".
 */
import type { OutlineFilter } from '../intents/intent.ts';

export interface OutlineRule {
	/** Has the groups `name` and, where the depth is not the indentation, `level`. */
	readonly pattern: RegExp;
	/** `entry`: a key, a selector or what else needs no word for its kind. */
	readonly kind: OutlineFilter | 'method' | 'module' | 'value' | 'entry';
	/** Only lines without indentation. */
	readonly isTopLevel?: boolean;
}

const NOT_KEYWORD =
	'(?!(?:if|for|while|switch|catch|return|function|with|else|do|try|super|await|new|typeof|throw|case)\\b)';

const JS_START = '^\\s*(?:export\\s+)?(?:default\\s+)?(?:declare\\s+)?';
const JS_NAME = '(?<name>[\\w$]+)';
const JS_MEMBER_WORDS =
	'(?:(?:public|private|protected|static|readonly|override|abstract|async|get|set|declare)\\s+)*\\*?\\s*';
/** Parentheses that close again, with one level inside: a call that opens a callback does not fit. */
const CLOSED = '\\((?:[^()]|\\([^()]*\\))*\\)';
const TYPE_PARAMETERS = '(?:<[^>]*>)?';
const A_FUNCTION = `(?:async\\s*)?(?:function\\b|${TYPE_PARAMETERS}${CLOSED}\\s*(?::[^=]+)?=>|[\\w$]+\\s*=>)`;

const JAVASCRIPT: readonly OutlineRule[] = [
	{ pattern: /^\s*(?:describe|suite|it|test)(?:\.\w+)?\(\s*(?<quote>['"`])(?<name>.+?)\k<quote>/, kind: 'test' },
	{ pattern: new RegExp(`${JS_START}(?:async\\s+)?function\\s*\\*?\\s*${JS_NAME}`), kind: 'function' },
	{ pattern: new RegExp(`${JS_START}(?:abstract\\s+)?class\\s+${JS_NAME}`), kind: 'class' },
	{
		pattern: new RegExp(`${JS_START}(?:interface|type|(?:const\\s+)?enum)\\s+${JS_NAME}(?=\\s*[<={]|\\s+extends\\b|$)`),
		kind: 'type',
	},
	{
		pattern: new RegExp(`${JS_START}(?:namespace|module)\\s+(?<name>[\\w$.]+|'[^']+'|"[^"]+")\\s*\\{`),
		kind: 'module',
	},
	{
		pattern: new RegExp(`${JS_START}(?:const|let|var)\\s+${JS_NAME}\\s*(?::[^=]+)?=\\s*${A_FUNCTION}`),
		kind: 'function',
		isTopLevel: true,
	},
	{
		pattern: new RegExp(`${JS_START}(?:const|let|var)\\s+${JS_NAME}\\s*(?:[:=;]|$)`),
		kind: 'value',
		isTopLevel: true,
	},
	{ pattern: /^(?:module\.)?exports\.(?<name>[\w$]+)\s*=(?!=)/, kind: 'export', isTopLevel: true },
	{ pattern: /^module\.(?<name>exports)\s*=(?!=)/, kind: 'export', isTopLevel: true },
	{
		pattern:
			/^export\s+(?<name>\*(?:\s+as\s+\w+)?\s+from\s+\S+?|(?:type\s+)?\{[^}]*\}?(?:\s+from\s+\S+?)?|default\s+[\w$]+);?\s*$/,
		kind: 'export',
		isTopLevel: true,
	},
	{ pattern: new RegExp(`^\\s*(?:[\\w$]+\\.)+${JS_NAME}\\s*=\\s*${A_FUNCTION}`), kind: 'function' },
	// A signature in an interface or an abstract class.
	{
		pattern: new RegExp(
			`^\\s+${JS_MEMBER_WORDS}${NOT_KEYWORD}${JS_NAME}\\??\\s*${TYPE_PARAMETERS}${CLOSED}\\s*:\\s*[^;{}=]+[;,]?$`,
		),
		kind: 'method',
	},
	{
		pattern: new RegExp(
			`^\\s+${JS_MEMBER_WORDS}${NOT_KEYWORD}(?<name>[\\w$#]+)\\s*${TYPE_PARAMETERS}${CLOSED}\\s*(?::[^;{}]+)?\\{\\s*$`,
		),
		kind: 'method',
	},
];

const MODIFIERS =
	'(?:(?:public|private|protected|internal|static|final|abstract|sealed|virtual|override|async|partial|readonly|synchronized|default|open|data|inline|suspend|extern|unsafe|native|const|new|implicit|lazy|case|fileprivate|mutating)\\s+)*';

const JAVA_LIKE: readonly OutlineRule[] = [
	{ pattern: new RegExp(`^\\s*${MODIFIERS}(?:class|record|object|struct|actor)\\s+(?<name>\\w+)`), kind: 'class' },
	{
		pattern: new RegExp(
			`^\\s*${MODIFIERS}(?:@?interface|enum(?:\\s+class)?|trait|protocol|typealias)\\s+(?<name>\\w+)`,
		),
		kind: 'type',
	},
	{ pattern: /^\s*(?:extension|namespace)\s+(?<name>[\w.]+)/, kind: 'module' },
	{ pattern: new RegExp(`^\\s*${MODIFIERS}(?:fun|func|def)\\s+(?:<[^>]*>\\s*)?(?<name>[\\w.]+)`), kind: 'function' },
	{
		pattern: new RegExp(
			`^\\s+${MODIFIERS}(?:<[^>]+>\\s*)?[\\w.<>\\[\\],?]+\\s+${NOT_KEYWORD}(?<name>\\w+)\\s*\\([^;=]*\\)?\\s*(?:throws\\s+[\\w.,\\s]+)?\\{?\\s*$`,
		),
		kind: 'method',
	},
];

const C_LIKE: readonly OutlineRule[] = [
	{
		pattern: /^\s*(?:typedef\s+)?(?:class|struct|union)\s+(?:\w+\s+)?(?<name>\w+)\s*(?::[^;]*)?\{?\s*$/,
		kind: 'class',
	},
	{ pattern: /^\s*(?:typedef\s+)?enum\s+(?:class\s+)?(?<name>\w+)/, kind: 'type' },
	{ pattern: /^\s*namespace\s+(?<name>[\w:]+)/, kind: 'module' },
	{ pattern: /^#\s*define\s+(?<name>\w+)/, kind: 'value' },
	{
		pattern: /^(?!\s|#|return\b|else\b|typedef\b)[\w:<>,&*\s]*?[\s*&](?<name>~?[\w:]+)\s*\([^;]*$/,
		kind: 'function',
	},
];

const RULES: Readonly<Record<string, readonly OutlineRule[]>> = {
	js: JAVASCRIPT,
	py: [
		{ pattern: /^\s*class\s+(?<name>\w+)/, kind: 'class' },
		{ pattern: /^\s*(?:async\s+)?def\s+(?<name>test_\w+)/, kind: 'test' },
		{ pattern: /^\s*(?:async\s+)?def\s+(?<name>\w+)/, kind: 'function' },
		{ pattern: /^(?<name>[A-Z][A-Z0-9_]+)\s*(?::[^=]+)?=(?!=)/, kind: 'value', isTopLevel: true },
	],
	go: [
		{ pattern: /^func\s+(?:\([^)]*\)\s*)?(?<name>Test\w*)\s*\(/, kind: 'test' },
		{ pattern: /^func\s+(?:\([^)]*\)\s*)?(?<name>\w+)/, kind: 'function' },
		{ pattern: /^type\s+(?<name>\w+)\s+struct\b/, kind: 'class' },
		{ pattern: /^type\s+(?<name>\w+)/, kind: 'type' },
		{ pattern: /^(?:const|var)\s+(?<name>\w+)/, kind: 'value' },
	],
	rs: [
		{
			pattern:
				/^\s*(?:pub(?:\([^)]*\))?\s+)?(?:default\s+)?(?:const\s+)?(?:async\s+)?(?:unsafe\s+)?(?:extern\s+"[^"]*"\s+)?fn\s+(?<name>\w+)/,
			kind: 'function',
		},
		{ pattern: /^\s*(?:pub(?:\([^)]*\))?\s+)?(?:struct|union)\s+(?<name>\w+)/, kind: 'class' },
		{ pattern: /^\s*(?:pub(?:\([^)]*\))?\s+)?(?:unsafe\s+)?(?:enum|trait|type)\s+(?<name>\w+)/, kind: 'type' },
		{ pattern: /^\s*(?:unsafe\s+)?(?<name>impl\b[^{]*?)\s*(?:\{|where\b|$)/, kind: 'module' },
		{ pattern: /^\s*(?:pub(?:\([^)]*\))?\s+)?mod\s+(?<name>\w+)/, kind: 'module' },
		{ pattern: /^\s*macro_rules!\s*(?<name>\w+)/, kind: 'function' },
		{ pattern: /^(?:pub(?:\([^)]*\))?\s+)?(?:const|static)\s+(?:mut\s+)?(?<name>\w+)/, kind: 'value' },
	],
	java: JAVA_LIKE,
	c: C_LIKE,
	rb: [
		{ pattern: /^\s*class\s+(?<name>[\w:]+)/, kind: 'class' },
		{ pattern: /^\s*module\s+(?<name>[\w:]+)/, kind: 'module' },
		{ pattern: /^\s*def\s+(?<name>[\w.?!=]+)/, kind: 'function' },
		{ pattern: /^\s*(?:describe|context|it)\s+(?<quote>['"])(?<name>.+?)\k<quote>/, kind: 'test' },
	],
	php: [
		{ pattern: /^\s*(?:abstract\s+|final\s+|readonly\s+)*class\s+(?<name>\w+)/, kind: 'class' },
		{ pattern: /^\s*(?:interface|trait|enum)\s+(?<name>\w+)/, kind: 'type' },
		{
			pattern: /^\s*(?:(?:public|private|protected|static|abstract|final)\s+)*function\s+&?(?<name>\w+)/,
			kind: 'function',
		},
	],
	sh: [{ pattern: /^\s*(?:function\s+)?(?<name>[\w:-]+)\s*\(\)\s*\{?/, kind: 'function' }],
	md: [{ pattern: /^ {0,3}(?<level>#{1,6})\s+(?<name>.+?)\s*#*\s*$/, kind: 'heading' }],
	css: [
		{
			pattern: /^\s*(?<name>@(?:media|keyframes|supports|layer|container|mixin|include|function)\b[^{]*?)\s*\{/,
			kind: 'entry',
		},
		{ pattern: /^\s*(?<name>[^\s@{}/][^{};]*?)\s*[{,]\s*$/, kind: 'entry' },
	],
	json: [{ pattern: /^(?: {1,4}|\t)"(?<name>[^"]+)"\s*:/, kind: 'entry' }],
	yaml: [{ pattern: /^(?<name>[\w.$"'/@-]+)\s*:(?:\s|$)/, kind: 'entry', isTopLevel: true }],
	toml: [{ pattern: /^\s*\[{1,2}(?<name>[^\]]+)\]{1,2}/, kind: 'entry' }],
	sql: [
		{
			pattern:
				/^\s*create\s+(?:or\s+replace\s+)?(?:temp(?:orary)?\s+)?(?:unique\s+)?(?:table|view|index|function|procedure|trigger|type)\s+(?:if\s+not\s+exists\s+)?(?<name>[\w."]+)/i,
			kind: 'type',
		},
	],
};

const SAME_RULES: Readonly<Record<string, string>> = {
	...same('js', ['jsx', 'mjs', 'cjs', 'ts', 'tsx', 'mts', 'cts', 'vue', 'svelte']),
	...same('java', ['kt', 'kts', 'cs', 'scala', 'swift', 'dart', 'gradle']),
	...same('c', ['h', 'cc', 'cpp', 'cxx', 'hh', 'hpp']),
	...same('sh', ['bash', 'zsh']),
	...same('md', ['mdx']),
	...same('css', ['scss', 'less']),
	...same('json', ['jsonc']),
	...same('yaml', ['yml']),
};

function same(rules: string, extensions: readonly string[]): Record<string, string> {
	return Object.fromEntries(extensions.map(extension => [extension, rules]));
}

export interface Language {
	readonly rules: readonly OutlineRule[];
	readonly comments: 'slash' | 'hash' | 'markdown' | 'none';
}

/** The rules for a file by its extension; undefined where there are none. */
export function languageOf(path: string): Language | undefined {
	const extension = /\.([A-Za-z0-9]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
	const name = Object.hasOwn(SAME_RULES, extension) ? (SAME_RULES[extension] ?? extension) : extension;
	const rules = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
	return rules && { rules, comments: commentsOf(name) };
}

function commentsOf(name: string): Language['comments'] {
	if (name === 'md') {
		return 'markdown';
	}
	if (name === 'json') {
		return 'none';
	}
	return ['py', 'rb', 'sh', 'yaml', 'toml'].includes(name) ? 'hash' : 'slash';
}
