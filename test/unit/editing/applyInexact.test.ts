import { check, lines } from './editing.ts';

const text = lines(
	'import a from "a";',
	'// Opens the connection to the server.',
	'function openConnection(options) {',
	'  const connectionString = options.url;',
	'  log(connectionString);',
	'  retries = 3;',
	'  return connect(connectionString);',
	'}',
	'',
	'export function close() {',
	'  shut();',
	'  return done;',
	'}',
);

describe('apply: inexact quotes', () => {
	describe('code left out', () => {
		check([
			{
				name: 'in both: the change is in the part shown',
				content: text,
				edit: {
					oldText: lines(
						'function openConnection(options) {',
						'  const connectionString = options.url;',
						'  // ... existing code ...',
						'export function close() {',
						'  shut();',
					),
					newText: lines(
						'function openConnection(options) {',
						'  const connectionString = options.uri;',
						'  // ... existing code ...',
						'export function close() {',
						'  shut();',
					),
				},
				gives: text.replace('options.url', 'options.uri'),
				how: 'elided',
			},
			{
				name: 'in both, a piece in two places',
				content: `${text}${lines('export function close() {', '  shut();')}`,
				edit: {
					oldText: lines(
						'  const connectionString = options.url;',
						'  // ... existing code ...',
						'export function close() {',
						'  shut();',
					),
					newText: lines(
						'  const connectionString = 1;',
						'  // ... existing code ...',
						'export function close() {',
						'  shut();',
					),
				},
				refused: 'ambiguous',
			},
			...[
				'// ... existing code ...',
				'  // ...',
				'/* ... rest of the function ... */',
				'# ... unchanged ...',
				'// rest of the code',
				'...',
				'{/* ... */}',
				'<!-- ... -->',
				'// [existing code]',
			].map(marker => ({
				name: `in the new text alone: ${marker}`,
				content: text,
				edit: {
					oldText: lines('  const connectionString = options.url;', '  log(connectionString);', '  retries = 3;'),
					newText: lines('  const connectionString = options.uri;', marker),
				},
				refused: 'elision',
			})),
			...['  ...rest,', '// Loading existing users...', '...args', '// The other code path'].map(line => ({
				name: `is not: ${line}`,
				content: text,
				edit: { oldText: '  retries = 3;', newText: `  retries = 3;\n${line}` },
				gives: text.replace('  retries = 3;', `  retries = 3;\n${line}`),
			})),
			{
				name: 'a body of Python is not',
				content: lines('class A:', '    def f(self):', '        return 1', '', '        # x'),
				path: 'a.py',
				edit: { oldText: '    def f(self):\n        return 1\n', newText: '    def f(self):\n        ...\n' },
				gives: lines('class A:', '    def f(self):', '        ...', '', '        # x'),
			},
			{
				name: 'in the quote alone',
				content: text,
				edit: {
					oldText: lines('  log(connectionString);', '  // ... existing code ...', '}'),
					newText: lines('  log(1);', '}'),
				},
				refused: 'elision',
			},
		]);
	});

	describe('a line that stays', () => {
		check([
			{
				name: 'a word of its comment is wrong',
				content: text,
				edit: {
					oldText: lines(
						'// Opens the link to the server.',
						'function openConnection(options) {',
						'  const connectionString = options.url;',
					),
					newText: lines(
						'// Opens the link to the server.',
						'function openConnection(options) {',
						'  const connectionString = options.uri;',
					),
				},
				gives: text.replace('options.url', 'options.uri'),
				how: 'typo',
			},
			{
				name: 'a letter of its name is wrong',
				content: text,
				edit: {
					oldText: lines('  log(connectoinString);', '  retries = 3;'),
					newText: lines('  log(connectoinString);', '  retries = 4;'),
				},
				gives: text.replace('= 3', '= 4'),
				how: 'typo',
			},
			{
				name: 'a letter of its name is wrong in the quote alone',
				content: text,
				edit: {
					oldText: lines('  log(connectionStrung);', '  retries = 3;'),
					newText: lines('  log(connectionString);', '  retries = 4;'),
				},
				gives: text.replace('= 3', '= 4'),
			},
			{
				name: 'is left out of the quote',
				content: text,
				edit: {
					oldText: lines(
						'  const connectionString = options.url;',
						'  retries = 3;',
						'  return connect(connectionString);',
					),
					newText: lines(
						'  const connectionString = options.url;',
						'  retries = 4;',
						'  return connect(connectionString);',
					),
				},
				gives: text.replace('= 3', '= 4'),
				how: 'missingLine',
			},
			{
				name: 'is left out where lines are added',
				content: text,
				edit: {
					oldText: lines('  const connectionString = options.url;', '  retries = 3;'),
					newText: lines('  const connectionString = options.url;', '  added();', '  retries = 3;'),
				},
				refused: 'unclear',
			},
			{
				name: 'is cut short as the last one, in both',
				content: text,
				edit: { oldText: '  retries = 3;\n  return conn', newText: '  retries = 4;\n  return conn' },
				gives: text.replace('= 3', '= 4'),
			},
			{
				name: 'is cut short as the last one, in the quote alone',
				content: text,
				edit: {
					oldText: '  retries = 3;\n  return conn',
					newText: '  retries = 4;\n  return connect(connectionString);',
				},
				gives: text.replace('= 3', '= 4'),
			},
			{
				name: 'is cut short as the last one, and the new text goes on behind it',
				content: text,
				edit: {
					oldText: '  retries = 3;\n  return conn',
					newText: '  retries = 3;\n  return connect(connectionString);\n  // end\n',
				},
				gives: text.replace('connect(connectionString);', 'connect(connectionString);\n  // end'),
			},
		]);
	});

	describe('a line that changes', () => {
		const near = (line: string) => ({
			oldText: lines('  log(connectionString);', line),
			newText: lines('  log(connectionString);', '  changed();'),
		});
		check([
			{ name: 'has another number', content: text, edit: near('  retries = 5;'), refused: 'notFound' },
			{ name: 'has another word', content: text, edit: near('  attempts = 3;'), refused: 'notFound' },
			{ name: 'has another case', content: text, edit: near('  Retries = 3;'), refused: 'notFound' },
			{
				name: 'has a slip in its name',
				content: text,
				edit: {
					oldText: lines('  log(connectoinString);', '  retries = 3;'),
					newText: lines('  log(1);', '  retries = 3;'),
				},
				refused: 'unclear',
			},
			{
				name: 'has another character on top',
				content: text,
				edit: { oldText: '  retries = 3;\n  return connects(connectionString);', newText: '  x\n  y' },
				refused: 'notFound',
			},
		]);
	});

	describe('another block', () => {
		const siblings = (name: string) => lines(`function ${name}(x) {`, '  start(x);', '  return stop(x);', '}');
		const change = (name: string) => ({ oldText: siblings(name), newText: siblings(name).replace('start', 'begin') });
		check([
			...[
				['readFile', 'readLine'],
				['handlerA', 'handlerB'],
				['getUserName', 'setUserName'],
				['loadUser', 'loadUsers'],
				['parseV1', 'parseV2'],
			].map(([own = '', other = '']) => ({
				name: `with another name: ${other} for ${own}`,
				content: siblings(own),
				edit: change(other),
				refused: 'notFound',
			})),
			{
				name: 'with a name that the file has elsewhere',
				content: `${siblings('connectionPool')}connectionPoll();\n`,
				edit: change('connectionPoll'),
				refused: 'notFound',
			},
			{
				name: 'of which the first and the last line are the same',
				content: text,
				edit: {
					oldText: lines('export function close() {', '  open();', '}'),
					newText: lines('export function close() {', '  open2();', '}'),
				},
				refused: 'notFound',
			},
			{
				name: 'of which every second line is another',
				content: text,
				edit: {
					oldText: lines(
						'function openConnection(options) {',
						'  x();',
						'  log(connectionString);',
						'  y();',
						'  return connect(connectionString);',
					),
					newText: 'z\n',
				},
				refused: 'notFound',
			},
		]);
	});
});
