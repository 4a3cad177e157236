import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { systemClock } from '../../../src/agent/clock.ts';
import type { ModelClient } from '../../../src/agent/model.ts';
import { Session } from '../../../src/agent/session/session.ts';
import type { SessionOptions } from '../../../src/agent/session/sessionOptions.ts';
import { openJournalStore } from '../../../src/node/journal.ts';
import { MemoryWorkspace } from '../../fakes/memoryWorkspace.ts';
import { says, scriptedModel, waitsForStop } from '../../fakes/scriptedModel.ts';
import { plainRights } from '../../fakes/sessionParts.ts';
import { resolvedModel } from '../../fakes/turnHarness.ts';

describe('sessions on a disk and in windows that fail', () => {
	let folder: string;
	let ids = 0;
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'sessions-'));
	});
	afterEach(() => rm(folder, { recursive: true, force: true }));

	/** A window: each has its own store over the same folder. */
	function options(client: ModelClient, other: Partial<SessionOptions> = {}): SessionOptions {
		return {
			...plainRights([]),
			store: openJournalStore(folder),
			workspace: new MemoryWorkspace(),
			resolveModel: async () => resolvedModel(client),
			currentRules: async () => '',
			isTrusted: () => true,
			maxRequests: () => 5,
			clock: systemClock,
			newId: () => `id-${++ids}`,
			onBug: error => {
				throw error;
			},
			...other,
		};
	}

	/** Stores a session of one turn. @returns its id and bytes. */
	async function stored() {
		const session = await Session.create(options(scriptedModel(says('First answer.'))), {
			system: 'Rules.',
			workspace: [],
		});
		await session.send('First question.');
		await session.whenIdle();
		await session.dispose();
		return { id: session.id, file: join(folder, `${session.id}.jsonl`) };
	}

	const users = (session: Session) =>
		session.messages.flatMap(message => (message.role === 'user' ? [message.text] : []));

	it('keep every byte of a session that is closed as soon as it was opened, or while it is opened', async () => {
		const { id, file } = await stored();
		const before = await readFile(file);
		const opened = await Session.open(options(scriptedModel()), id);
		await opened.dispose();
		assert.deepEqual(await readFile(file), before);
		const [first, second] = await Promise.all([
			Session.open(options(scriptedModel()), id),
			Session.open(options(scriptedModel()), id),
		]);
		await Promise.all([first.dispose(), second.dispose()]);
		assert.deepEqual(await readFile(file), before);
	});

	it('only ever append to a turn that the window was closed in', async () => {
		const { id, file } = await stored();
		const before = await readFile(file);
		const session = await Session.open(options(scriptedModel(waitsForStop)), id);
		await session.send('Second question.');
		await session.dispose();
		const after = await readFile(file);
		assert.deepEqual(after.subarray(0, before.length), before);
		const again = await Session.open(options(scriptedModel()), id);
		assert.deepEqual(
			[users(again), again.state.lastEnd?.reason],
			[['First question.', 'Second question.'], 'interrupted'],
		);
		await again.dispose();
	});

	it('leave a session alone that cannot be read, list the others, and open it again when it can', async () => {
		const { id, file } = await stored();
		const { id: other } = await stored();
		const bytes = await readFile(file);
		// What stands there is no file any more, which fails to be read and to be written.
		await rm(file);
		await mkdir(file);
		await assert.rejects(Session.open(options(scriptedModel()), id));
		const healthy = await Session.open(options(scriptedModel()), other);
		assert.deepEqual(users(healthy), ['First question.']);
		await healthy.dispose();
		await rm(file, { recursive: true });
		await writeFile(file, bytes);
		const opened = await Session.open(options(scriptedModel()), id);
		assert.deepEqual([users(opened), opened.isReadOnly], [['First question.'], false]);
		await opened.dispose();
	});

	it('show as much as can be read of a session whose first record is lost, and never ask a model without the rules', async () => {
		const { id, file } = await stored();
		const [, ...rest] = (await readFile(file, 'utf8')).split('\n');
		await writeFile(file, `\ufeff${['garbage', ...rest].join('\n')}`);
		const before = await readFile(file);
		const client = scriptedModel(says('Second answer.'));
		const session = await Session.open(options(client), id);
		assert.deepEqual(users(session), ['First question.']);
		assert.ok(session.damage.records > 0);
		await session.send('Second question.').catch(() => undefined);
		await session.whenIdle();
		for (const { messages } of client.requests) {
			assert.equal(messages[0]?.role, 'system');
		}
		await session.dispose();
		assert.deepEqual((await readFile(file)).subarray(0, before.length), before);
	});

	it('stay free for another window when the tools of this one cannot be opened or closed', async () => {
		const { id } = await stored();
		const broken = new Error('No shell.');
		await assert.rejects(
			Session.open(options(scriptedModel(), { openTools: () => Promise.reject(broken) }), id),
			broken,
		);
		const closing = await Session.open(
			options(scriptedModel(), {
				openTools: async () => ({ tools: [], definitions: [], dispose: () => Promise.reject(broken) }),
			}),
			id,
		);
		assert.equal(closing.isReadOnly, false, 'free after tools that could not be opened');
		await assert.rejects(closing.dispose(), broken);
		const next = await Session.open(options(scriptedModel()), id);
		assert.equal(next.isReadOnly, false, 'free after tools that could not be closed');
		await next.dispose();
	});

	it('are read-only in the second of two windows that open one at once, and whole after both', async () => {
		const { id, file } = await stored();
		const windows = await Promise.all(
			Array.from({ length: 4 }, () => Session.open(options(scriptedModel(says('Second answer.'))), id)),
		);
		const writers = windows.filter(({ isReadOnly }) => !isReadOnly);
		assert.equal(writers.length, 1);
		const sent = await Promise.allSettled(windows.map(window => window.send('Second question.')));
		assert.equal(sent.filter(({ status }) => status === 'fulfilled').length, 1);
		await Promise.all(windows.map(window => window.whenIdle()));
		await Promise.all(windows.map(window => window.dispose()));
		const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
		assert.deepEqual(
			lines.map(line => JSON.parse(line).sequence),
			lines.map((_, index) => index),
		);
		assert.deepEqual(
			(await readdir(folder)).filter(name => name.includes('.lock')),
			[],
		);
	});

	it('can be locked once there is room again on a disk that was too full for the lock', async function () {
		if (process.platform === 'win32') {
			this.skip();
		}
		const { id } = await stored();
		const program = join(folder, 'program.mjs');
		buildSync({
			stdin: {
				contents: `
					import { FileLock } from ${JSON.stringify(resolve('src/node/fileLock.ts'))};
					await FileLock.take(process.argv[2]).then(() => process.stdout.write('taken'), ({ code }) => process.stdout.write(code));
				`,
				resolveDir: process.cwd(),
			},
			outfile: program,
			bundle: true,
			platform: 'node',
			format: 'esm',
			logLevel: 'silent',
		});
		// No file may hold a byte: names can be made, writing fails.
		const limit = 'ulimit -f 0; exec "$@"';
		const { stdout } = spawnSync(
			'/bin/sh',
			['-c', limit, 'sh', process.execPath, program, join(folder, `${id}.lock`)],
			{
				encoding: 'utf8',
			},
		);
		assert.equal(stdout, 'EFBIG');
		const session = await Session.open(options(scriptedModel()), id);
		assert.equal(session.isReadOnly, false);
		await session.dispose();
	});
});
