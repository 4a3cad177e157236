import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { findPlaces } from '../../../src/node/cli/places.ts';
import { sessionFolder } from '../../../src/node/cli/workFolder.ts';
import { openJournalStore } from '../../../src/node/journal.ts';
import { TemporaryFolders } from '../../contracts/fileWorkspaceFixture.ts';
import { type OpenRouterServer, startOpenRouterServer } from '../../openrouter-server/openRouterServer.ts';
import { blockOf, claudeLine } from './claudeLine.ts';
import { Cli, type CliResult } from './cliHarness.ts';

const MODEL = ['--model', 'z-ai/glm-4.7'];

const reported = z.looseObject({
	version: z.literal(1),
	sessionId: z.string().optional(),
	exitCode: z.number(),
	reason: z.string(),
	text: z.string(),
	cost: z.number(),
	requests: z.number(),
	changes: z.array(z.object({ path: z.string(), added: z.number(), removed: z.number() })),
	denied: z.array(z.string()),
	problem: z.object({ kind: z.string(), message: z.string() }).optional(),
});

describe('openrouter-agent, the command', () => {
	const folders = new TemporaryFolders();
	let server: OpenRouterServer;
	let cli: Cli;

	before(async () => {
		server = await startOpenRouterServer({ lateRecords: 0 });
	});
	after(async () => {
		await server.close();
		await folders.remove();
	});
	beforeEach(async () => {
		cli = new Cli(await folders.make());
	});
	afterEach(() => server.forgetScript());

	const ask = (args: readonly string[], call: { readonly input?: string } = {}) =>
		cli.run([...MODEL, ...args], { server, ...call });
	const lastUser = (): string => {
		const body = z.looseObject({ messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })) });
		const { messages } = body.parse(server.chats.at(-1)?.body);
		return JSON.stringify(messages.findLast(({ role }) => role === 'user')?.content);
	};
	const editCall = (path: string, oldText: string, newText: string) => ({
		toolCalls: [{ name: 'edit', arguments: { path, edits: [{ oldText, newText }] } }],
	});

	describe('input and output', () => {
		it('prints the answer to a prompt, and nothing else', async () => {
			server.script({ text: 'Hello from the model.' });
			assert.deepEqual(await ask(['say', 'hello']), { code: 0, stdout: 'Hello from the model.\n', stderr: '' });
			assert.match(lastUser(), /say hello/);
		});

		it('takes the prompt from standard input, and with a dash along with the prompt', async () => {
			server.script({ text: 'a' }, { text: 'b' });
			await ask([], { input: 'piped prompt\n' });
			assert.match(lastUser(), /piped prompt/);
			await ask(['explain this', '-'], { input: 'line of a log\n' });
			assert.match(lastUser(), /explain this.*standard input.*line of a log/);
		});

		it('runs tools of a JSON request first and hands their results to the model', async () => {
			await cli.put('src/a.ts', 'const needle = 1;\n');
			server.script({ text: 'It is in a.ts.' });
			const input = JSON.stringify({
				message: 'Where is it?',
				tools: [{ name: 'grep', params: { pattern: 'needle' } }],
			});
			const { code, stdout } = await ask([], { input });
			assert.deepEqual([code, stdout], [0, 'It is in a.ts.\n']);
			assert.match(lastUser(), /Where is it\?.*grep.*needle.*const needle = 1;/);
		});

		it('prints what tools say when there is no message, without a key and without a model', async () => {
			await cli.put('a.txt', 'one\n');
			const input = JSON.stringify({
				tools: [
					{ name: 'read', params: { path: 'a.txt' } },
					{ name: 'read', params: { path: 'missing.txt' } },
					{ name: 'write', params: { path: 'b.txt', content: 'x' } },
				],
			});
			const { code, stdout } = await cli.run(['--output', 'json'], { input });
			assert.match((await cli.run([], { input })).stdout, /^one\n\nread: There is no "missing\.txt".*\n\nwrite: .*\n$/);
			const { tools } = z
				.object({ tools: z.array(z.object({ name: z.string(), outcome: z.string() })) })
				.parse(JSON.parse(stdout));
			assert.deepEqual(
				tools.map(({ outcome }) => outcome),
				['ok', 'error', 'denied'],
			);
			assert.equal(code, 1);
			assert.deepEqual(await readdir(cli.folder), ['a.txt']);
		});

		it('reports one JSON object, with cost, changes and the session', async () => {
			server.script({ text: 'Fine.' });
			const { code, stdout, stderr } = await ask(['--output', 'json', 'hi']);
			const report = reported.parse(JSON.parse(stdout));
			assert.deepEqual([code, stderr, report.text, report.reason, report.requests], [0, '', 'Fine.', 'done', 1]);
			assert.ok(report.cost > 0 && report.sessionId !== undefined);
		});

		it('streams its events as JSON lines with a version, and a result at the end', async () => {
			server.script({ text: 'Fine.' });
			const { stdout } = await ask(['--output', 'stream', 'hi']);
			const lines = stdout
				.trimEnd()
				.split('\n')
				.map(line => z.looseObject({ version: z.literal(1) }).parse(JSON.parse(line)));
			const types = lines.flatMap(({ event }) => z.object({ type: z.string() }).safeParse(event).data?.type ?? []);
			assert.deepEqual(
				[Object.keys(lines[0] ?? {}), Object.keys(lines.at(-1) ?? {})],
				[
					['version', 'session'],
					['version', 'result'],
				],
			);
			assert.deepEqual([types.includes('text'), types.at(-1)], [true, 'turnEnd']);
		});

		it('streams in the form of Claude Code', async () => {
			await cli.put('a.txt', 'one\n');
			server.script(
				{ text: 'Let me look.', toolCalls: [{ name: 'read', arguments: { path: 'a.txt' } }] },
				{ text: 'One.' },
			);
			const { code, stdout } = await ask(['--json-standard', 'claude', 'what is in a.txt?']);
			const lines = stdout
				.trimEnd()
				.split('\n')
				.map(line => claudeLine.parse(JSON.parse(line)));
			assert.equal(code, 0);
			assert.deepEqual(
				lines.map(line => (line.type === 'system' || line.type === 'result' ? line.subtype : blockOf(line))),
				['init', 'text', 'tool_use', 'tool_result', 'text', 'success'],
			);
			const result = lines.at(-1);
			assert.ok(result?.type === 'result' && result.result === 'One.' && result.num_turns === 2);
			assert.ok(result.total_cost_usd > 0 && !result.is_error);
			assert.equal(new Set(lines.map(({ session_id }) => session_id)).size, 1);
		});

		it('sends a picture along', async () => {
			await cli.put(
				'dot.png',
				Buffer.from(
					'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
					'base64',
				),
			);
			server.script({ text: 'A dot.' });
			assert.equal((await ask(['--model', 'openai/gpt-4o-mini', '--image', 'dot.png', 'what is it?'])).code, 0);
			assert.match(lastUser(), /data:image\/png;base64,iVBOR/);
			await cli.put('note.png', 'no picture');
			const { code, stderr } = await ask(['--image', 'note.png', 'what is it?']);
			assert.deepEqual([code, /is no picture/.test(stderr)], [2, true]);
		});
	});

	describe('approvals', () => {
		beforeEach(async () => {
			await cli.put('a.txt', 'one\n');
			await cli.put('package.json', '{"name":"one"}\n');
		});
		const run = async (...args: readonly string[]) => {
			server.script(editCall('a.txt', 'one', 'two'), editCall('package.json', 'one', 'two'), { text: 'Done.' });
			const result = await ask([...args, '--output', 'json', 'change them']);
			const { changes, denied } = reported.parse(JSON.parse(result.stdout));
			return { ...result, changed: changes.map(({ path }) => path), denied };
		};

		it('changes nothing by default, tells the model, and tells the user what would', async () => {
			const { code, changed, denied, stderr } = await run();
			assert.deepEqual([code, changed, denied], [0, [], ['edit', 'edit']]);
			assert.match(stderr, /2 calls were not allowed.*--approve edits/);
			assert.match(JSON.stringify(server.chats.at(-1)?.body), /nothing may be changed in this run/);
			assert.equal(await readFile(join(cli.folder, 'a.txt'), 'utf8'), 'one\n');
		});
		it('changes unprotected files with --approve edits', async () => {
			const { code, changed, denied, stderr } = await run('--approve', 'edits');
			assert.deepEqual([code, changed, denied], [0, ['a.txt'], ['edit']]);
			assert.match(stderr, /protected files.*--approve all/);
			assert.equal(await readFile(join(cli.folder, 'a.txt'), 'utf8'), 'two\n');
		});
		it('changes whatever the model asks for with --approve all', async () => {
			const { code, changed, denied } = await run('--approve', 'all');
			assert.deepEqual([code, changed, denied], [0, ['a.txt', 'package.json'], []]);
		});
	});

	describe('sessions', () => {
		it('goes on with the last session of the folder', async () => {
			server.script({ text: 'Your name is Ada.' }, { text: 'Ada.' });
			const first = reported.parse(JSON.parse((await ask(['-o', 'json', 'my name is Ada'])).stdout));
			const { stdout } = await ask(['--resume', 'last', '-o', 'json', 'what is my name?']);
			const second = reported.parse(JSON.parse(stdout));
			assert.deepEqual([second.sessionId, second.text, second.requests], [first.sessionId, 'Ada.', 1]);
			assert.match(JSON.stringify(server.chats.at(-1)?.body), /my name is Ada.*Your name is Ada\..*what is my name/);
			const listed = await cli.run(['sessions', '--json']);
			assert.match(listed.stdout, new RegExp(`"id":"${first.sessionId}","title":"my name is Ada"`));
		});

		it('leaves a session alone that another process has', async () => {
			server.script({ text: 'Hello.' });
			const { stdout } = await ask(['-o', 'json', 'hello']);
			const { sessionId = '' } = reported.parse(JSON.parse(stdout));
			const store = openJournalStore(sessionFolder(join(cli.home, 'sessions'), cli.folder));
			const { log } = await store.open(sessionId);
			try {
				const { code, stderr } = await ask(['--resume', sessionId.slice(0, 8), 'go on']);
				assert.deepEqual([code, /Another process works on session/.test(stderr)], [2, true]);
			} finally {
				await log?.close();
			}
		});

		it('holds the budget of a session when it is resumed', async () => {
			server.script({ text: 'Hello.' });
			await ask(['--budget', '0.5', 'hello']);
			const { code, stderr } = await ask(['--resume', 'last', '--budget', '0.000001', 'go on']);
			assert.deepEqual([code, /session budget/.test(stderr)], [4, true]);
			const again = await ask(['--resume', 'last', 'go on']);
			assert.deepEqual([again.code, /session budget/.test(again.stderr)], [4, true]);
		});

		it('says so when there is no such session', async () => {
			const { code, stderr } = await ask(['--resume', 'last', 'go on']);
			assert.deepEqual([code, /no session of this folder/.test(stderr)], [2, true]);
		});
	});

	describe('failures', () => {
		it('wants a key, and names the ways on', async () => {
			const { code, stdout, stderr } = await cli.run(['hello']);
			assert.deepEqual([code, stdout], [3, '']);
			assert.match(stderr, /OPENROUTER_API_KEY.*auth login.*--model built-in/);
		});
		it('works without a model when told to', async () => {
			await cli.put('src/a.ts', 'const needle = 1;\n');
			const { code, stdout } = await cli.run(['--model', 'built-in', 'find needle']);
			assert.equal(code, 0);
			assert.match(stdout, /src\/a\.ts/);
		});
		it('takes the prefix of other tools, and names models that are near', async () => {
			server.script({ text: 'Yes.' });
			assert.equal((await cli.run(['--model', 'openrouter/z-ai/glm-4.7', 'hi'], { server })).code, 0);
			assert.match(JSON.stringify(server.chats.at(-1)?.body), /"model":"z-ai\/glm-4\.7"/);
			const asked = server.chats.length;
			const { code, stderr } = await cli.run(['--model', 'z-ai/glm-4.77', 'hi'], { server });
			assert.equal(code, 5);
			assert.match(stderr, /no model "z-ai\/glm-4\.77".*z-ai\/glm-4\.7/);
			assert.equal(server.chats.length, asked);
		});
		it('stops at the budget before anything is asked, and says how to raise it', async () => {
			const asked = server.chats.length;
			const { code, stderr } = await ask(['--budget', '0.000001', 'hi']);
			assert.equal(code, 4, stderr);
			assert.match(stderr, /session budget.*--budget \d/);
			assert.equal(server.chats.length, asked);
		});
		for (const [what, answer, code, words] of [
			['credit that is used up', { refuse: 'credits' }, 4, /Add credits/],
			['a key that is refused', { error: '401-user-not-found.json' }, 3, /does not accept the key/],
			['a model without a provider', { error: '404-data-policy.json' }, 5, /provider/],
		] as const) {
			it(`ends with ${code} for ${what}`, async () => {
				server.script(answer);
				const result = await ask(['hi']);
				assert.equal(result.code, code, result.stderr);
				assert.match(result.stderr, words);
				assert.ok(!/\n\s+at /.test(result.stderr), result.stderr);
			});
		}
		it('ends with 8 at the limit of requests', async () => {
			await cli.put('a.txt', 'one\n');
			server.script({ toolCalls: [{ name: 'read', arguments: { path: 'a.txt' } }] });
			const { code, stderr } = await ask(['--max-requests', '1', 'read on']);
			assert.deepEqual([code, /--max-requests.*--resume/.test(stderr)], [8, true]);
		});
		it('names line and column of a settings file that is broken, and goes on', async () => {
			await mkdir(cli.home, { recursive: true });
			await writeFile(join(cli.home, 'settings.json'), '{\n\t"model": "z-ai/glm-4.7",\n\t"budget": }\n');
			server.script({ text: 'Hi.' });
			const { code, stdout, stderr } = await ask(['hi']);
			assert.deepEqual([code, stdout], [0, 'Hi.\n']);
			assert.match(stderr, /settings\.json:3:12: expected a value/);
		});
		it('refuses a folder that is none', async () => {
			const { code, stderr } = await ask(['--cwd', 'missing', 'hi']);
			assert.deepEqual([code, /cannot be opened \(ENOENT\)/.test(stderr)], [2, true]);
		});
	});

	describe('the key', () => {
		it('is checked, stored for its owner alone, listed by its end, and forgotten', async () => {
			const login = await cli.run(['auth', 'login', '--key', '-'], {
				input: `${server.key}\n`,
				env: { OPENROUTER_BASE_URL: server.url },
			});
			assert.equal(login.code, 0, login.stderr);
			const { credentials } = findPlaces({
				environment: { OPENROUTER_AGENT_HOME: cli.home },
				home: '',
				platform: 'linux',
			});
			assert.equal((await stat(credentials)).mode & 0o777, 0o600);
			const listed = await cli.run(['auth', 'list']);
			assert.equal(listed.stdout, `${credentials}  …${server.key.slice(-4)}  used\n`);
			await chmod(credentials, 0o640);
			const open = await cli.run(['hello']);
			assert.deepEqual([open.code, /read by others \(mode 0640\).*chmod 600/.test(open.stderr)], [3, true]);
			assert.equal((await cli.run(['auth', 'logout'])).code, 0);
			assert.equal((await cli.run(['auth', 'list'])).code, 3);
			assertNoKey([login, listed, open]);
		});
		it('is not stored when the service refuses it', async () => {
			const { code, stderr } = await cli.run(['auth', 'login', '--key', '-'], {
				input: 'sk-or-v1-wrong-wrong-wrong',
				env: { OPENROUTER_BASE_URL: server.url },
			});
			assert.deepEqual([code, /Nothing was stored/.test(stderr)], [3, true]);
			assert.deepEqual(await readdir(cli.home).catch(() => []), []);
		});
		function assertNoKey(results: readonly CliResult[]): void {
			for (const { stdout, stderr } of results) {
				assert.ok(!stdout.includes(server.key) && !stderr.includes(server.key));
			}
		}
	});

	it('lists models by words and abilities, with their prices', async () => {
		const { code, stdout } = await cli.run(['models', 'glm-4.7', '--tools', '--json'], { server });
		const listed = z
			.object({
				version: z.literal(1),
				source: z.string(),
				models: z.array(z.looseObject({ id: z.string(), tools: z.boolean() })),
			})
			.parse(JSON.parse(stdout));
		assert.deepEqual([code, listed.source], [0, 'live']);
		assert.ok(listed.models.some(({ id }) => id === 'z-ai/glm-4.7'));
		assert.ok(listed.models.every(({ id, tools }) => id.includes('glm-4.7') && tools));
		assert.match((await cli.run(['models', 'glm-4.7'], { server })).stdout, /^model +context +in \/M +out \/M +tier\n/);
	});
});
