import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { capture, run } from '../../workbench/processes.mjs';

const TIMEOUT_MS = 30_000;

describe('processes', function () {
	this.timeout(TIMEOUT_MS);

	it('gives the output and the code', async () => {
		const { code, output, timedOut } = await node("console.log('one'); console.error('two'); process.exitCode = 3;");
		assert.equal(code, 3);
		assert.deepEqual(output.trim().split('\n').sort(), ['one', 'two']);
		assert.equal(timedOut, false);
	});

	it('throws what a failing program said', async () => {
		const script = "console.error('disk is full'); process.exitCode = 1;";
		await assert.rejects(
			run(process.execPath, ['-e', script], { timeoutMs: TIMEOUT_MS }),
			/ended with code 1:\ndisk is full/,
		);
	});

	it('says so when there is no such program', async () => {
		await assert.rejects(run('no-such-program', [], { timeoutMs: TIMEOUT_MS }), /ENOENT/);
	});

	it('ends with a program the programs it started', async () => {
		// The grandchild holds a connection, whose end tells us of its own.
		const server = createServer();
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		const address = server.address();
		assert.ok(typeof address === 'object' && address !== null);
		const closed = once(server, 'connection').then(([socket]) => once(socket.resume(), 'close'));
		const grandchild = `require('net').connect(${address.port}, '127.0.0.1', () => process.send('connected'))`;
		const child = `
			const { spawn } = require('child_process');
			spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
				.on('message', () => process.exit());`;
		await node(child);
		await closed;
		server.close();
	});
});

function node(script: string): ReturnType<typeof capture> {
	return capture(process.execPath, ['-e', script], { timeoutMs: TIMEOUT_MS });
}
