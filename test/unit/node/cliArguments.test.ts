import assert from 'node:assert/strict';
import { commandOptions, parseCommandLine } from '../../../src/node/cli/arguments.ts';
import { CliError } from '../../../src/node/cli/cliError.ts';
import { HELP } from '../../../src/node/cli/help.ts';

const parse = (...args: readonly string[]) => parseCommandLine(args);
const run = (...args: readonly string[]) => {
	const command = parse(...args);
	return command.kind === 'run' ? command.options : assert.fail(`${command.kind} is no run`);
};
const refusal = (...args: readonly string[]): string => {
	try {
		parse(...args);
	} catch (error) {
		assert.ok(error instanceof CliError);
		assert.equal(error.exitCode, 2);
		return error.message;
	}
	return assert.fail(`${args.join(' ')} was taken`);
};

describe('command line', () => {
	it('reads a prompt with every option', () => {
		assert.deepEqual(
			run(
				...['-m', 'z-ai/glm-4.7', '--cwd=/src', '--approve', 'edits', '--budget', '$0.50', '--resume', 'last'],
				...['--image', 'a.png', '--image', 'b.png', '--effort', 'high', '--max-requests', '7', '-o', 'json', '-q'],
				...['fix', 'the bug'],
			),
			{
				prompt: 'fix the bug',
				readsInput: false,
				model: 'z-ai/glm-4.7',
				cwd: '/src',
				approve: 'edits',
				budget: 0.5,
				resume: 'last',
				images: ['a.png', 'b.png'],
				effort: 'high',
				maxRequests: 7,
				output: 'json',
				isClaudeForm: false,
				isQuiet: true,
			},
		);
	});
	it('changes nothing and prints text unless told otherwise', () => {
		const { approve, output, prompt } = run();
		assert.deepEqual([approve, output, prompt], ['none', 'text', '']);
	});
	it('sends standard input along for a dash', () => {
		assert.deepEqual([run('explain', '-').prompt, run('explain', '-').readsInput], ['explain', true]);
	});
	it('streams in the form of Claude Code unless another output is named', () => {
		assert.equal(run('--json-standard', 'claude', 'x').output, 'stream');
		assert.equal(run('--json-standard', 'claude', '-o', 'json', 'x').output, 'json');
		assert.match(refusal('--json-standard', 'claude', '-o', 'text', 'x'), /form of JSON/);
	});
	it('knows its commands, and lets a prompt begin with their names', () => {
		assert.equal(parse('models', 'claude', 'opus').kind, 'models');
		assert.equal(parse('auth', 'list').kind, 'listKeys');
		assert.equal(parse('auth', 'logout').kind, 'logout');
		assert.equal(run('--', 'models').prompt, 'models');
		assert.equal(run('auth is broken, mend it').prompt, 'auth is broken, mend it');
		assert.equal(run('auth', 'is', 'broken').prompt, 'auth is broken');
		assert.match(refusal('auth', 'logn'), /Did you mean auth login\?/);
		assert.match(refusal('auth'), /auth login, auth list or auth logout/);
	});
	it('takes a key from standard input', () => {
		assert.deepEqual(parse('auth', 'login', '--key', '-'), {
			kind: 'login',
			options: { key: '-', imports: false, opensBrowser: true },
		});
	});
	it('names the nearest option', () => {
		assert.match(refusal('--modle', 'x', 'hello'), /--modle is no option\. Did you mean --model\?/);
		assert.match(refusal('models', '--tols'), /no option of "models"\. Did you mean --tools\?/);
		assert.match(refusal('--frobnicate', 'x'), /--frobnicate is no option\. See/);
	});
	it('refuses options of another command', () => {
		assert.match(refusal('--key', 'x', 'hello'), /--key is no option/);
	});
	for (const [args, problem] of [
		[['--model'], /--model wants a value/],
		[['--model', '--quiet', 'x'], /--model wants a value/],
		[['--quiet=yes', 'x'], /--quiet takes no value/],
		[['--approve', 'some', 'x'], /one of none, edits, all; "some" is none of them/],
		[['--mode', 'plan', 'x'], /one of ask, agent; "plan" is none of them/],
		[['--effort', 'hi', 'x'], /one of none, minimal/],
		[['--budget', 'cheap', 'x'], /US dollars/],
		[['--budget', '0', 'x'], /US dollars/],
		[['--max-requests', '1.5', 'x'], /whole number from 1 to 200/],
		[['auth', 'list', 'all'], /takes nothing more/],
		[['--resume', 'last', '--system-append', 'Be kind.', 'x'], /new session/],
	] as const) {
		it(`refuses ${args.join(' ')}`, () => assert.match(refusal(...args), problem));
	}
	it('answers help and version whatever stands beside them', () => {
		assert.equal(parse('models', '--help').kind, 'help');
		assert.equal(parse('-V').kind, 'version');
	});
	it('tells of every option in the help', () => {
		for (const name of new Set(Object.values(commandOptions).flat())) {
			assert.ok(HELP.includes(`--${name}`), name);
		}
		assert.ok(HELP.split('\n').every(line => line.length <= 120));
	});
});
