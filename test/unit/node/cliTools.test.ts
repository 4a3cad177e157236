import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import * as z from 'zod';
import { GRACE_MS } from '../../../src/agent/checkpoint/collectTexts.ts';
import { parseLedgerLine } from '../../../src/agent/ledger/ledgerRecords.ts';
import { Blobs } from '../../../src/node/blobs.ts';
import { sessionFolder } from '../../../src/node/cli/workFolder.ts';
import { openJournalStore } from '../../../src/node/journal.ts';
import { TemporaryFolders } from '../../contracts/fileWorkspaceFixture.ts';
import { type OpenRouterServer, startOpenRouterServer } from '../../openrouter-server/openRouterServer.ts';
import { poll } from '../../ui/poll.ts';
import { blockOf, claudeLine } from './claudeLine.ts';
import { Cli } from './cliHarness.ts';

const MODEL = ['--model', 'z-ai/glm-4.7'];
const LINKED = 'the way to the key';

const reported = z.looseObject({
	sessionId: z.string(),
	text: z.string(),
	requests: z.number(),
	cost: z.number(),
	usage: z.looseObject({ promptTokens: z.number() }),
	changes: z.array(z.object({ path: z.string(), added: z.number(), removed: z.number() })),
	denied: z.array(z.string()),
});

describe('openrouter-agent, its tools', () => {
	const folders = new TemporaryFolders();
	let server: OpenRouterServer;
	let cli: Cli;
	/** A page on this machine, and how often somebody came for it. */
	let page: Server;
	let visits = 0;
	let pageUrl = '';

	before(async () => {
		server = await startOpenRouterServer({ lateRecords: 0 });
		page = createServer((_request, response) => {
			visits++;
			response.writeHead(200, { 'content-type': 'text/plain' }).end('The canary sings.');
		});
		await new Promise<void>(listening => page.listen(0, '127.0.0.1', listening));
		const address = page.address();
		assert.ok(typeof address === 'object' && address !== null);
		pageUrl = `http://127.0.0.1:${address.port}/`;
	});
	after(async () => {
		page.close();
		await server.close();
		await folders.remove();
	});
	beforeEach(async () => {
		cli = new Cli(await folders.make());
		visits = 0;
		await cli.put('a.txt', 'one\n');
	});
	afterEach(() => server.forgetScript());

	const env = { PATH: process.env['PATH'] ?? '' };
	const ask = (args: readonly string[], call: { readonly input?: string } = {}) =>
		cli.run([...MODEL, ...args], { server, env, ...call });
	const askJson = async (...args: readonly string[]) => {
		const result = await ask([...args, '--output', 'json', 'do it']);
		return { ...result, report: reported.parse(JSON.parse(result.stdout)) };
	};
	const toolCall = (name: string, args: Record<string, unknown>) => ({ name, arguments: args });
	const calls = (...toolCalls: ReturnType<typeof toolCall>[]) => ({ toolCalls });
	const bash = (command: string) => calls(toolCall('bash', { command }));
	const edit = (path: string, oldText: string, newText: string) =>
		toolCall('edit', { path, edits: [{ oldText, newText }] });
	/** What the model was told last of its calls. */
	const told = (at = -1): string => {
		const body = z.looseObject({ messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })) });
		const { messages } = body.parse(server.chats.at(at)?.body);
		return messages
			.filter(({ role }) => role === 'tool')
			.map(({ content }) => (typeof content === 'string' ? content : JSON.stringify(content)))
			.join('\n');
	};

	it('are all that make sense without an editor', async () => {
		server.script({ text: 'ok' });
		await ask(['hi']);
		const { tools } = z
			.looseObject({ tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }) })) })
			.parse(server.chats.at(-1)?.body);
		assert.deepEqual(tools.map(tool => tool.function.name).sort(), [
			...['apply_patch', 'bash', 'batch', 'codesearch', 'edit', 'glob', 'grep', 'list', 'read'],
			...['task', 'todo', 'webfetch', 'websearch', 'write'],
		]);
	});

	describe('commands', () => {
		it('run where they only read, whatever was approved', async () => {
			server.script(bash('cat a.txt'), { text: 'one' });
			const { report } = await askJson();
			assert.deepEqual(report.denied, []);
			assert.match(told(), /^exit code 0,[\s\S]*\none\n/);
		});

		for (const approve of ['none', 'edits']) {
			it(`are refused with words where they do more, with --approve ${approve}`, async () => {
				server.script(bash('touch PWNED'), { text: 'I could not.' });
				const { report, code, stderr } = await askJson('--approve', approve);
				assert.deepEqual([code, report.denied, await readdir(cli.folder)], [0, ['bash'], ['a.txt']]);
				assert.match(told(), /says: only commands that plainly just read, .* may be run in this run\./);
				assert.match(stderr, /^One call was not allowed\. To let it have commands, add --approve all\.$/m);
			});
		}

		it('run with --approve all, without the key in their environment', async () => {
			server.script(bash('env > seen; printf "%s" "$OPENROUTER_API_KEY" > key'), { text: 'Done.' });
			assert.deepEqual((await askJson('--approve', 'all')).report.denied, []);
			assert.equal(await readFile(join(cli.folder, 'key'), 'utf8'), '');
			assert.ok(!(await readFile(join(cli.folder, 'seen'), 'utf8')).includes(server.key));
		});

		it('are reported with what they changed, of which the earlier texts are kept with the session', async () => {
			server.script(bash('sed -i s/one/two/ a.txt && echo new > b.txt'), { text: 'Done.' });
			const { report } = await askJson('--approve', 'all');
			assert.deepEqual(report.changes, [
				{ path: 'a.txt', added: 1, removed: 1 },
				{ path: 'b.txt', added: 1, removed: 0 },
			]);
			const store = openJournalStore(sessionFolder(join(cli.home, 'sessions'), cli.folder));
			const { events, log } = await store.open(report.sessionId);
			await log?.close();
			const texts = events.flatMap(({ event }) =>
				event.type === 'change' ? [[event.origin, event.before, event.after].map(part => part ?? '')] : [],
			);
			const read = async (hash = '') => (hash === '' ? '' : store.getBlob(hash));
			assert.deepEqual(
				await Promise.all(texts.map(async ([origin, ...hashes]) => [origin, ...(await Promise.all(hashes.map(read)))])),
				[
					['command', 'one\n', 'two\n'],
					['command', '', 'new\n'],
				],
			);
		});

		it('go on while texts that no session needs any more are removed', async () => {
			const folder = join(sessionFolder(join(cli.home, 'sessions'), cli.folder), 'blobs');
			const hash = await new Blobs(folder, () => Date.now() - 2 * GRACE_MS).put('forgotten');
			server.script(bash('until [ -e go ]; do sleep 0.02; done'), { text: 'Done.' });
			const run = askJson('--approve', 'all');
			await poll(
				() => new Blobs(folder).get(hash),
				text => text === undefined,
			);
			await cli.put('go', '');
			assert.deepEqual((await run).report.denied, []);
		});

		it('get the variables that the settings name', async () => {
			await mkdir(cli.home, { recursive: true });
			await writeFile(join(cli.home, 'settings.json'), '{"commands.allowedVariables": ["NPM_TOKEN"]}');
			server.script(bash('printf "%s/%s" "$NPM_TOKEN" "$GH_TOKEN" > seen'), { text: 'Done.' });
			const tokens = { ...env, NPM_TOKEN: 'for npm', GH_TOKEN: 'for others' };
			await cli.run([...MODEL, '--approve', 'all', 'do it'], { server, env: tokens });
			assert.equal(await readFile(join(cli.folder, 'seen'), 'utf8'), 'for npm/');
		});

		it('are refused in Ask mode, whatever was approved', async () => {
			server.script(
				calls(toolCall('bash', { command: 'touch PWNED' }), toolCall('write', { path: 'b.txt', content: 'x' })),
				bash('cat a.txt'),
				{ text: 'I would.' },
			);
			const { report } = await askJson('--approve', 'all', '--mode', 'ask');
			assert.deepEqual([report.denied, await readdir(cli.folder)], [['bash', 'write'], ['a.txt']]);
			assert.match(told(), /Ask mode[\s\S]*exit code 0/);
		});

		it('keep the mode when the session is resumed, until another one is given', async () => {
			server.script({ text: 'ok' }, bash('touch PWNED'), { text: 'No.' }, bash('touch MADE'), { text: 'Yes.' });
			await askJson('--approve', 'all', '--mode', 'ask');
			await askJson('--approve', 'all', '--resume', 'last');
			assert.deepEqual(await readdir(cli.folder), ['a.txt']);
			await askJson('--approve', 'all', '--resume', 'last', '--mode', 'agent');
			assert.deepEqual(await readdir(cli.folder), ['MADE', 'a.txt']);
		});
	});

	describe('the web', () => {
		beforeEach(async () => {
			await mkdir(cli.home, { recursive: true });
			await writeFile(
				join(cli.home, 'settings.json'),
				JSON.stringify({ 'web.loopbackPorts': [Number(new URL(pageUrl).port)] }),
			);
		});
		const look = () => calls(toolCall('webfetch', { url: pageUrl }), toolCall('websearch', { query: 'canaries' }));

		for (const approve of ['none', 'edits']) {
			it(`is out of bounds with --approve ${approve}, and the model is told why`, async () => {
				server.script(look(), { text: 'I could not.' });
				const asked = server.chats.length;
				const { report, stderr } = await askJson('--approve', approve);
				assert.deepEqual([report.denied, visits], [['webfetch', 'websearch'], 0]);
				assert.equal(server.chats.length, asked + 2, 'nobody searched');
				assert.match(told(), /says: the web is out of bounds in this run\./);
				assert.match(stderr, /2 calls were not allowed\. To let it have the web, add --approve all\./);
			});
		}

		it('is reached with --approve all', async () => {
			server.script(calls(toolCall('webfetch', { url: pageUrl })), { text: 'It sings.' });
			const { report } = await askJson('--approve', 'all');
			assert.deepEqual([report.denied, visits], [[], 1]);
			assert.match(told(), /The canary sings\./);
		});

		it('is searched by a small request that is in the ledger of the session', async () => {
			server.script(calls(toolCall('websearch', { query: 'canaries' })), { text: 'They sing.' }, { text: 'Done.' });
			const { report } = await askJson('--approve', 'all');
			assert.match(told(), /They sing\./);
			const booked = await reservations();
			assert.deepEqual(
				booked.map(({ purpose }) => purpose),
				['turn', 'search', 'turn'],
			);
			assert.equal(new Set(booked.map(({ sessionId }) => sessionId)).size, 1);
			assert.equal(booked[0]?.sessionId, report.sessionId);
		});
	});

	it('keep away from our own folder and from what leads there', async () => {
		await mkdir(cli.home, { recursive: true });
		await writeFile(join(cli.home, 'credentials.json'), LINKED);
		await symlink(join(cli.home, 'credentials.json'), join(cli.folder, 'notes.txt'));
		server.script(
			calls(
				toolCall('read', { path: join(cli.home, 'credentials.json') }),
				toolCall('read', { path: 'notes.txt' }),
				toolCall('bash', { command: 'cat notes.txt' }),
				toolCall('bash', { command: `cat ${join(cli.home, 'credentials.json')}` }),
			),
			{ text: 'No.' },
		);
		const { report } = await askJson('--approve', 'edits');
		assert.deepEqual(report.denied, ['read', 'read', 'bash', 'bash']);
		assert.ok(!JSON.stringify(server.chats.at(-1)?.body).includes(LINKED));
	});

	describe('several calls as one', () => {
		it('are decided each by itself, and told by the name of each', async () => {
			await cli.put('package.json', '{"name":"one"}\n');
			const inner = [
				{ tool: 'read', arguments: { path: 'a.txt' } },
				{ tool: 'edit', arguments: { path: 'a.txt', edits: [{ oldText: 'one', newText: 'two' }] } },
				{ tool: 'edit', arguments: { path: 'package.json', edits: [{ oldText: 'one', newText: 'two' }] } },
				{ tool: 'bash', arguments: { command: 'touch PWNED' } },
			];
			server.script(calls(toolCall('batch', { calls: inner })), { text: 'Half of it.' });
			const { report, stderr } = await askJson('--approve', 'edits');
			assert.deepEqual(
				[report.changes.map(({ path }) => path), report.denied, existsSync(join(cli.folder, 'PWNED'))],
				[['a.txt'], ['edit', 'bash'], false],
			);
			assert.match(
				stderr,
				/2 calls were not allowed\. To let it have protected files and commands, add --approve all\./,
			);
		});

		it('are one call in the form of Claude Code', async () => {
			const inner = [
				{ tool: 'read', arguments: { path: 'a.txt' } },
				{ tool: 'read', arguments: { path: 'missing.txt' } },
			];
			server.script(calls(toolCall('batch', { calls: inner })), { text: 'One.' });
			const lines = await claudeLines();
			assert.deepEqual(
				lines.map(line => (line.type === 'system' || line.type === 'result' ? line.subtype : blockOf(line))),
				['init', 'tool_use', 'tool_result', 'text', 'success'],
			);
			assertPaired(lines);
		});
	});

	describe('another agent', () => {
		const work = () => {
			server.script(
				calls(toolCall('task', { title: 'Change both', prompt: 'Change a.txt and package.json.' })),
				calls(edit('a.txt', 'one', 'two'), toolCall('bash', { command: 'touch PWNED' })),
				{ text: 'I changed a.txt.' },
				{ text: 'All done.' },
			);
		};

		it('counts in the report: its requests, cost, changes and what it was refused', async () => {
			work();
			const { report, code, stderr } = await askJson('--approve', 'edits');
			assert.equal(code, 0, stderr);
			assert.deepEqual([report.text, report.requests, report.denied], ['All done.', 4, ['bash']]);
			assert.deepEqual(report.changes, [{ path: 'a.txt', added: 1, removed: 1 }]);
			assert.match(told(), /I changed a\.txt\./);
			assert.match(stderr, /One call was not allowed\./);
			const own = server.stats.slice(-4);
			assert.equal(own.length, 4);
			const booked = await reservations();
			assert.deepEqual(
				booked.map(({ purpose, account }) => [purpose, account]),
				[
					['turn', undefined],
					['task', report.sessionId],
					['task', report.sessionId],
					['turn', undefined],
				],
			);
			assert.ok(report.cost > 0 && report.usage.promptTokens > 0);
		});

		it('has a session of its own, which is neither listed nor the last one', async () => {
			work();
			const { report } = await askJson();
			server.script({ text: 'Again.' });
			const again = reported.parse(JSON.parse((await ask(['--resume', 'last', '-o', 'json', 'again'])).stdout));
			assert.equal(again.sessionId, report.sessionId);
			const { stdout } = await cli.run(['sessions', '--json']);
			const { sessions } = z
				.looseObject({ sessions: z.array(z.looseObject({ id: z.string() })) })
				.parse(JSON.parse(stdout));
			assert.deepEqual(
				sessions.map(({ id }) => id),
				[report.sessionId],
			);
		});

		it('speaks under the id of its call in the form of Claude Code', async () => {
			work();
			const lines = await claudeLines();
			const messages = lines.flatMap(line =>
				line.type === 'assistant' || line.type === 'user' ? [{ kind: blockOf(line), of: line.parent_tool_use_id }] : [],
			);
			const [task] = lines.flatMap(line => (line.type === 'assistant' ? line.message.content : []));
			assert.ok(task?.type === 'tool_use');
			assert.deepEqual(messages, [
				{ kind: 'tool_use', of: null },
				{ kind: 'tool_use', of: task.id },
				{ kind: 'tool_use', of: task.id },
				{ kind: 'tool_result', of: task.id },
				{ kind: 'tool_result', of: task.id },
				{ kind: 'text', of: task.id },
				{ kind: 'tool_result', of: null },
				{ kind: 'text', of: null },
			]);
			assertPaired(lines);
			const result = lines.at(-1);
			assert.ok(result?.type === 'result' && result.result === 'All done.' && result.num_turns === 2);
			assert.equal(result.permission_denials.length, 2);
		});

		it('stands beside the events of the session in our own stream, not among them', async () => {
			work();
			const { stdout } = await ask(['--output', 'stream', 'do it']);
			const lines = stdout
				.trimEnd()
				.split('\n')
				.map(line => z.looseObject({ sequence: z.number().optional() }).parse(JSON.parse(line)));
			const sequences = lines.flatMap(({ sequence }) => sequence ?? []);
			assert.deepEqual(
				sequences,
				sequences.map((_, index) => (sequences[0] ?? 0) + index),
			);
			assert.ok(lines.some(line => 'delegate' in line));
		});
	});

	describe('called directly', () => {
		const direct = (args: readonly string[], ...tools: readonly { readonly name: string; readonly params: object }[]) =>
			cli.run([...args, '-o', 'json'], { input: JSON.stringify({ tools }), env });
		const outcomes = ({ stdout }: { readonly stdout: string }) =>
			z
				.looseObject({ tools: z.array(z.looseObject({ outcome: z.string(), text: z.string() })) })
				.parse(JSON.parse(stdout)).tools;

		it('keep to what was approved and to the mode', async () => {
			const make = { name: 'bash', params: { command: 'touch MADE' } };
			const look = { name: 'bash', params: { command: 'cat a.txt' } };
			const kinds = async (...args: readonly string[]) =>
				outcomes(await direct(args, make, look)).map(({ outcome }) => outcome);
			assert.deepEqual(await kinds(), ['denied', 'ok']);
			assert.deepEqual(await kinds('--approve', 'edits'), ['denied', 'ok']);
			assert.deepEqual(await kinds('--approve', 'all', '--mode', 'ask'), ['denied', 'ok']);
			assert.deepEqual(await readdir(cli.folder), ['a.txt']);
			assert.deepEqual(await kinds('--approve', 'all'), ['ok', 'ok']);
			assert.deepEqual(await readdir(cli.folder), ['MADE', 'a.txt']);
		});

		it('have no other agent and no search engine, for which a model is needed', async () => {
			const results = outcomes(
				await direct(
					['--approve', 'all'],
					{ name: 'task', params: { title: 't', prompt: 'p' } },
					{ name: 'websearch', params: { query: 'canaries' } },
				),
			);
			assert.ok(results.every(({ outcome, text }) => outcome === 'error' && text.startsWith('There is no tool')));
		});

		it('give one result for a batch', async () => {
			const results = outcomes(
				await direct([], {
					name: 'batch',
					params: {
						calls: [
							{ tool: 'read', arguments: { path: 'a.txt' } },
							{ tool: 'list', arguments: {} },
						],
					},
				}),
			);
			assert.equal(results.length, 1);
			assert.match(results[0]?.text ?? '', /one[\s\S]*a\.txt/);
		});
	});

	async function claudeLines() {
		const { stdout } = await ask(['--json-standard', 'claude', 'do it']);
		return stdout
			.trimEnd()
			.split('\n')
			.map(line => claudeLine.parse(JSON.parse(line)));
	}

	/** Each result belongs to a call that was told before, under the same parent, and each call has one. */
	function assertPaired(lines: readonly z.infer<typeof claudeLine>[]): void {
		const open = new Map<string, string | null>();
		for (const line of lines) {
			if (line.type !== 'assistant' && line.type !== 'user') {
				continue;
			}
			const [block] = line.message.content;
			if (block.type === 'tool_use') {
				assert.ok(!open.has(block.id));
				open.set(block.id, line.parent_tool_use_id);
			} else if (block.type === 'tool_result') {
				assert.equal(open.get(block.tool_use_id), line.parent_tool_use_id);
				open.delete(block.tool_use_id);
			}
		}
		assert.equal(open.size, 0);
	}

	/** What the ledger holds of requests, in their order. */
	async function reservations() {
		const folder = join(cli.home, 'ledger');
		const texts = await Promise.all((await readdir(folder)).map(name => readFile(join(folder, name), 'utf8')));
		return texts
			.join('\n')
			.split('\n')
			.flatMap(line => {
				const record = parseLedgerLine(line);
				return record?.type === 'reserved' ? [record] : [];
			});
	}
});
