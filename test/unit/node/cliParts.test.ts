import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { SessionEvent } from '../../../src/agent/events.ts';
import type { ModelErrorKind } from '../../../src/agent/model.ts';
import type { ApprovalReason } from '../../../src/agent/tool.ts';
import { ApprovalDesk } from '../../../src/node/cli/approvals.ts';
import { CliError } from '../../../src/node/cli/cliError.ts';
import { exitCodeOfFailure } from '../../../src/node/cli/exitCodes.ts';
import { failureWords } from '../../../src/node/cli/failureWords.ts';
import { parseInput, readInput } from '../../../src/node/cli/input.ts';
import { RunTally } from '../../../src/node/cli/output/runTally.ts';
import { TextOutput } from '../../../src/node/cli/output/textOutput.ts';
import { findPlaces } from '../../../src/node/cli/places.ts';
import { readSettingsFile } from '../../../src/node/cli/settingsFile.ts';
import { Stopper } from '../../../src/node/cli/stopper.ts';
import { printable } from '../../../src/node/cli/terminal.ts';
import { TemporaryFolders } from '../../contracts/fileWorkspaceFixture.ts';

describe('places of the command line', () => {
	const linux = (environment: Record<string, string>) =>
		findPlaces({ environment, home: '/home/me', platform: 'linux' });
	it('are those of the XDG specification', () => {
		const { settings, credentials, sessions, cache } = linux({});
		assert.deepEqual(
			[settings, credentials, sessions, cache],
			[
				'/home/me/.config/openrouter-agent/settings.json',
				'/home/me/.config/openrouter-agent/credentials.json',
				'/home/me/.local/share/openrouter-agent/sessions',
				'/home/me/.cache/openrouter-agent',
			],
		);
		assert.equal(linux({ XDG_CONFIG_HOME: '/etc/me' }).settings, '/etc/me/openrouter-agent/settings.json');
		assert.equal(linux({ XDG_CONFIG_HOME: 'relative' }).settings, settings);
	});
	it('are in one folder where it is named', () => {
		const { settings, ledger, cache } = linux({ OPENROUTER_AGENT_HOME: '/srv/agent', XDG_DATA_HOME: '/x' });
		assert.deepEqual([settings, ledger, cache], ['/srv/agent/settings.json', '/srv/agent/ledger', '/srv/agent/cache']);
	});
});

describe('settings file of the command line', () => {
	const folders = new TemporaryFolders();
	after(() => folders.remove());
	const read = async (text: string | undefined) => {
		const path = join(await folders.make(), 'settings.json');
		if (text !== undefined) {
			await writeFile(path, text);
		}
		const { settings, faults } = await readSettingsFile(path);
		return { settings, faults: faults.map(fault => fault.replace(path, 'FILE')) };
	};
	it('need not exist', async () => {
		const { settings, faults } = await read(undefined);
		assert.deepEqual(faults, []);
		assert.equal(settings.maxRequestsPerTurn, 50);
	});
	it('gives what is in it, comments passed over', async () => {
		const { settings, faults } = await read(
			'{ // mine\n"model": "a/b", "budget": {"day": 2}, /* x */ "modelSettings": {"*": {"temperature": 0.2}}}',
		);
		assert.deepEqual(faults, []);
		assert.deepEqual(
			[settings.model, settings.budget, settings.modelSettings],
			['a/b', { day: 2 }, { '*': { temperature: 0.2 } }],
		);
	});
	for (const [text, fault] of [
		['{\n\t"model": "a/b"\n\t"budget": {}\n}', 'FILE:3:2: expected "," or "}". The file is left out'],
		['{"a": "é", x}', 'FILE:1:12: expected a property name in double quotes.'],
		['/* all of it */', 'FILE:1:16: expected a value'],
		['[]', 'FILE: expected an object'],
	] as const) {
		it(`names the place of the fault in ${JSON.stringify(text)}`, async () => {
			const { settings, faults } = await read(text);
			assert.ok(faults[0]?.startsWith(fault), faults[0]);
			assert.deepEqual([settings.model, faults.length], ['', 1]);
		});
	}
	it('takes what commands and pages are allowed', async () => {
		const { settings, faults } = await read('{"commands.allowedVariables": ["NPM_TOKEN"], "web.loopbackPorts": [0]}');
		assert.deepEqual([settings['commands.allowedVariables'], settings['web.loopbackPorts']], [['NPM_TOKEN'], []]);
		assert.match(faults[0] ?? '', /web\.loopbackPorts: /);
	});
	it('leaves out what is wrong and keeps the rest', async () => {
		const { settings, faults } = await read(
			'{"modle": "a/b", "maxRequestsPerTurn": 0, "baseUrl": "nowhere", "modelSettings": {"*": {"temperature": 9, "topP": 0.5}}, "budget": {"day": "2"}}',
		);
		assert.deepEqual(settings.modelSettings, { '*': { topP: 0.5 } });
		assert.deepEqual([settings.maxRequestsPerTurn, settings.baseUrl], [50, 'https://openrouter.ai/api/v1']);
		const all = faults.join('\n');
		for (const words of [
			/modle: there is no such setting; did you mean "model"\?/,
			/maxRequestsPerTurn: /,
			/baseUrl: /,
			/modelSettings\.\*\.temperature: /,
			/budget\.day: /,
		]) {
			assert.match(all, words);
		}
		assert.equal(faults.length, 5);
	});
});

describe('standard input of the command line', () => {
	const message = (text: string) => parseInput(text).message;
	it('is a prompt, also where it only looks like JSON', () => {
		for (const text of ['fix it\n', '{ int x; }', '{"a": 1}', '[1, 2]', '']) {
			assert.equal(message(text), text);
		}
	});
	it('is a request with a message and tools', () => {
		const tools = [{ name: 'grep', params: { pattern: 'x' } }];
		assert.deepEqual(parseInput(JSON.stringify({ message: 'm', tools })), { message: 'm', tools });
		assert.deepEqual(parseInput('{"tools": [{"name": "list"}]}'), {
			message: '',
			tools: [{ name: 'list', params: {} }],
		});
	});
	it('names what is wrong with a request', () => {
		assert.throws(() => parseInput('{"message": "m",\n "tools": [}'), /expected a value at line 2, column 12/);
		assert.throws(() => parseInput('{"message": 1}'), /at "message"/);
		assert.throws(() => parseInput('{"message": "m", "tool": []}'), /[Uu]nrecognized key/);
		assert.throws(() => parseInput('{"tools": [{"name": "grep", "params": []}]}'), /at "tools\.0\.params"/);
	});
	it('is read as UTF-8 or as UTF-16 with its mark, and only so far', async () => {
		assert.equal(await readInput(Readable.from([Buffer.from([0xc3]), Buffer.from([0xa9])])), 'é');
		assert.equal(await readInput(Readable.from([Buffer.from('\uFEFFé', 'utf16le')])), 'é');
		await assert.rejects(readInput(Readable.from([Buffer.alloc(6e6), Buffer.alloc(6e6)])), CliError);
	});
});

describe('failures on the command line', () => {
	const codes: Readonly<Record<ModelErrorKind | 'internal', number>> = {
		auth: 3,
		credits: 4,
		keyLimit: 4,
		budget: 4,
		rateLimit: 6,
		freeQuota: 4,
		contextLength: 5,
		modelNotFound: 5,
		noRoute: 5,
		unsupported: 5,
		moderation: 7,
		forbidden: 7,
		badRequest: 1,
		unavailable: 6,
		network: 6,
		cut: 6,
		silent: 6,
		notAnAnswer: 6,
		malformed: 6,
		aborted: 130,
		internal: 1,
	};
	for (const [kind, code] of Object.entries(codes) as [keyof typeof codes, number][]) {
		it(`ends with ${code} for ${kind}, and says what to do`, () => {
			assert.equal(exitCodeOfFailure(kind), code);
			const words = failureWords(
				{ kind, message: 'It failed.', fields: { status: 400 } },
				'openrouter-agent --resume abc',
			);
			assert.match(words, /\. [A-Z].*\.$/s);
			// Buttons of the panel mean nothing here.
			assert.doesNotMatch(words, /undefined|button|panel/i);
		});
	}
	it('names the amount that a budget must be raised to', () => {
		const budget = { scope: 'session', limit: 0.1, spent: 0.09, needed: 0.05 } as const;
		const words = failureWords({ kind: 'budget', message: 'Too dear.', fields: { budget } });
		assert.match(words, /Give --budget 0\.2\b/);
		const day = failureWords({ kind: 'budget', message: 'Too dear.', fields: { budget: { ...budget, scope: 'day' } } });
		assert.match(day, /Set budget\.day to 0\.2 in the settings file/);
	});
});

describe('text on a terminal', () => {
	it('holds nothing that works the terminal', () => {
		assert.equal(printable('a\u001b]52;c;eA==\u0007b\u009b2Jc\r\n\td'), 'a]52;c;eA==b2Jc\n\td');
	});

	const play = (isLive: boolean, events: readonly SessionEvent[]): string => {
		let out = '';
		const terminal = {
			isLive,
			write: (text: string) => {
				out += text;
			},
			note: () => undefined,
			progress: () => undefined,
			flush: async () => undefined,
		};
		const output = new TextOutput(terminal);
		const tally = new RunTally();
		for (const [sequence, event] of events.entries()) {
			tally.apply(event);
			output.event({ sequence, generation: 1, at: 0, event }, tally);
		}
		output.end({ exitCode: 0, durationMs: 1 }, tally, undefined);
		return out;
	};
	const text = (delta: string): SessionEvent => ({ type: 'text', delta });
	const begin = (requestId: string): SessionEvent => ({ type: 'requestStart', requestId });
	const whole = (requestId: string): SessionEvent => ({
		type: 'response',
		requestId,
		finish: 'stop',
		toolCalls: [],
		durationMs: 1,
	});
	const broken = (requestId: string): SessionEvent => ({
		type: 'requestFailed',
		requestId,
		failure: { kind: 'cut', message: 'Cut.', fields: {} },
	});
	const retried = [begin('1'), text('The ans'), broken('1'), begin('2'), text('The '), text('answer.'), whole('2')];

	it('shows a person what came of an answer that broke, and then the whole one', () => {
		assert.equal(play(true, retried), 'The ans […]\n\nThe answer.\n');
	});
	it('gives a program each answer once', () => {
		assert.equal(play(false, retried), 'The answer.\n');
	});
	it('gives a program what there is of an answer that never became whole', () => {
		assert.equal(play(false, [begin('1'), text('Half an'), broken('1')]), 'Half an\n');
	});
	it('keeps requests besides the turn out of it', () => {
		const summary: SessionEvent = { type: 'requestStart', requestId: '2', purpose: 'compaction' };
		assert.equal(play(false, [begin('1'), text('Done.'), whole('1'), summary, whole('2')]), 'Done.\n');
		assert.equal(play(true, [begin('1'), text('Done.'), whole('1'), summary, broken('2')]), 'Done.\n');
	});
	it('parts the answers of a turn', () => {
		const events = [begin('1'), text('I will look.'), whole('1'), begin('2'), text('Done.\n'), whole('2')];
		assert.equal(play(true, events), 'I will look.\n\nDone.\n');
		assert.equal(play(false, events), 'I will look.\n\nDone.\n');
	});
});

describe('approvals on the command line', () => {
	const REASONS: Readonly<Record<ApprovalReason, true>> = {
		...{ write: true, protected: true, secret: true, outside: true, system: true, schema: true },
		...{ command: true, fetch: true, search: true, foreign: true, several: true, unclear: true },
	};
	// Its keys are the reasons, by its type.
	const reasons = Object.keys(REASONS) as ApprovalReason[];

	for (const mode of ['none', 'edits'] as const) {
		it(`refuse with words for every reason under --approve ${mode}, and say what would let it through`, () => {
			for (const reason of reasons.filter(one => one !== 'several' && (mode === 'none' || one !== 'write'))) {
				const desk = new ApprovalDesk(mode);
				const answer = desk.answer({ reason });
				assert.ok(answer.allow === 'no');
				// It follows "The user did not allow this and says:".
				assert.match(answer.instead ?? '', /^[a-z].*\. ?.*\.$/);
				assert.match(desk.advice() ?? '', /^One call was not allowed\. To let .* add --approve (edits|all)\.$/);
			}
		});
	}
	it('say yes to everything under --approve all, and to edits under --approve edits', () => {
		const all = new ApprovalDesk('all');
		assert.ok(reasons.every(reason => all.answer({ reason, items: [] }).allow === 'once'));
		assert.equal(all.advice(), undefined);
		assert.deepEqual(new ApprovalDesk('edits').answer({ reason: 'write' }), { allow: 'once' });
	});
	it('give one answer for several calls: the strictest, and say what can be made again', () => {
		const item = (reason: ApprovalReason) => ({ callId: 'c', name: 'n', subject: 's', reason });
		const desk = new ApprovalDesk('edits');
		const several = (...asked: readonly ApprovalReason[]) => desk.answer({ reason: 'several', items: asked.map(item) });
		assert.deepEqual(several('write', 'write'), { allow: 'once' });
		const mixed = several('write', 'command', 'command');
		assert.ok(mixed.allow === 'no');
		assert.match(
			mixed.instead ?? '',
			/^only commands that plainly just read.*Make the other calls again by themselves\.$/,
		);
		assert.equal((mixed.instead ?? '').split('plainly').length, 2, 'each reason once');
	});
});

describe('stopper', () => {
	it('tidies up before the process is ended at once, for a moment, and at the third signal not even that', async () => {
		let signal: () => void = () => undefined;
		const codes: number[] = [];
		let ended: () => void = () => undefined;
		const isEnded = new Promise<void>(done => {
			ended = done;
		});
		const stopper = new Stopper(
			(name, listener) => {
				signal = name === 'SIGINT' ? listener : signal;
			},
			code => {
				codes.push(code);
				ended();
			},
		);
		stopper.listen(() => undefined);
		const taken = stopper.beforeEnd(async () => assert.fail('It was taken back.'));
		taken();
		let tidy: () => void = () => undefined;
		stopper.beforeEnd(
			() =>
				new Promise<void>(done => {
					tidy = done;
				}),
		);
		signal();
		assert.deepEqual(codes, []);
		signal();
		assert.deepEqual(codes, [], 'it still tidies up');
		tidy();
		await isEnded;
		assert.deepEqual(codes, [130]);
		signal();
		await Promise.resolve();
		assert.deepEqual(codes, [130, 130]);
	});
	it('keeps the code of the first signal', () => {
		const listeners = new Map<string, () => void>();
		const stopper = new Stopper((signal, listener) => listeners.set(signal, listener));
		let told = 0;
		stopper.listen(() => told++);
		listeners.get('SIGTERM')?.();
		assert.deepEqual([stopper.exitCode, stopper.signal.aborted, told], [143, true, 1]);
	});
});
