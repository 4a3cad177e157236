import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import fc from 'fast-check';
import { openJournalStore } from '../../../src/node/journal.ts';

/** A process of its own that appends as fast as it can and says what was acknowledged. */
const WRITER = `
import { openJournalStore } from ${JSON.stringify(resolve('src/node/journal.ts'))};
const [folder, seed] = process.argv.slice(2);
const store = openJournalStore(folder);
const { log, events } = await store.open('s').catch(async () => ({ log: await store.create('s'), events: [] }));
let state = Number(seed);
const random = limit => (state = (state * 48271) % 2147483647) % limit;
for (let count = events.length; ; count++) {
	const delta = count + ':' + 'x'.repeat(random(20) === 0 ? 70_000 : random(500));
	const hash = random(10) === 0 ? await store.putBlob(delta) : '';
	await log.append([{ type: 'text', delta }], random(3) === 0 ? 'buffered' : 'durable');
	process.stdout.write(count + ' ' + hash + '\\n');
}
`;

describe('The journal on disk, when its process is killed', () => {
	let folder: string;
	let writer: string;

	before(async () => {
		folder = await mkdtemp(join(tmpdir(), 'journal-'));
		writer = join(folder, 'writer.mjs');
		await build({
			stdin: { contents: WRITER, resolveDir: process.cwd() },
			outfile: writer,
			bundle: true,
			platform: 'node',
			format: 'esm',
		});
	});
	after(() => rm(folder, { recursive: true, force: true }));

	it('has all that was acknowledged, in order, and goes on at once', async function () {
		this.timeout(30_000);
		const sessions = join(folder, 'sessions');
		const store = openJournalStore(sessions);
		const [points = []] = fc.sample(
			fc.array(fc.record({ acknowledged: fc.integer({ min: 1, max: 25 }), turnsOfLoop: fc.nat(3) }), {
				minLength: 20,
				maxLength: 20,
			}),
			{ seed: 20_261_121, numRuns: 1 },
		);
		let last = -1;
		const blobs: { readonly hash: string; readonly count: number }[] = [];
		for (const [round, { acknowledged, turnsOfLoop }] of points.entries()) {
			const child = spawn(process.execPath, [writer, sessions, `${round + 1}`], {
				stdio: ['ignore', 'pipe', 'inherit'],
			});
			let seen = 0;
			for await (const line of createInterface({ input: child.stdout })) {
				const [count = '', hash = ''] = line.split(' ');
				last = Number(count);
				if (hash !== '') {
					blobs.push({ hash, count: last });
				}
				if (++seen === acknowledged) {
					for (let turn = 0; turn < turnsOfLoop; turn++) {
						await new Promise(setImmediate);
					}
					child.kill('SIGKILL');
				}
			}
			if (child.signalCode === null && child.exitCode === null) {
				await once(child, 'exit');
			}
			assert.equal(child.signalCode, 'SIGKILL');
			const { events, log } = await store.open('s');
			assert.ok(log, 'the lock of a dead process counts no more');
			assert.ok(events.length > last, `round ${round}: ${events.length} events, ${last} was acknowledged`);
			events.forEach(({ event, sequence }, index) => {
				assert.equal(sequence, index);
				assert.ok(event.type === 'text' && event.delta.startsWith(`${index}:`));
			});
			await log.close();
		}
		for (const { hash, count } of blobs) {
			assert.ok((await store.getBlob(hash))?.startsWith(`${count}:`));
		}
		assert.ok(blobs.length > 0);
	});
});
