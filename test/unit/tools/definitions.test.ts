import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import * as z from 'zod';
import { defineTool } from '../../../src/agent/tool.ts';
import { createTools, type ToolPorts, toolDefinition } from '../../../src/tools/index.ts';
import { everyTool, everyPort as ports } from '../../fakes/toolSets.ts';

const SNAPSHOT = 'test/unit/tools/definitions.snapshot.txt';

const unused = () => assert.fail('Nothing is called here.');
const definitions = everyTool.map(toolDefinition);

function namesWith(given: Partial<ToolPorts>, agent = { isDelegate: false, isReadOnly: false }): readonly string[] {
	return createTools({ onBug: unused, ...given }, agent).map(({ name }) => name);
}

describe('tool definitions', () => {
	it('are what was reviewed (UPDATE_SNAPSHOTS=1 writes them anew)', () => {
		const text = `${JSON.stringify(definitions, undefined, '\t')}\n`;
		if (process.env['UPDATE_SNAPSHOTS'] === '1') {
			writeFileSync(SNAPSHOT, text);
		}
		assert.equal(text, readFileSync(SNAPSHOT, 'utf8'));
	});

	it('take at most 2,400 tokens of every request, all tools there are', () => {
		const sent = definitions.map(definition => ({ type: 'function', function: definition }));
		const tokens = encode(JSON.stringify(sent)).length;
		assert.ok(tokens <= 2400, `${tokens} tokens`);
	});

	it('keep to the schema words that every provider takes', () => {
		const allowed = [
			...['type', 'properties', 'required', 'description', 'enum', 'items'],
			...['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems'],
		];
		const check = (schema: unknown): void => {
			assert.ok(typeof schema === 'object' && schema !== null);
			for (const [key, value] of Object.entries(schema)) {
				assert.ok(allowed.includes(key), key);
				if (key === 'properties') {
					Object.values(value).forEach(check);
				} else if (key === 'items') {
					check(value);
				} else if (key === 'type') {
					assert.equal(typeof value, 'string');
				}
			}
		};
		for (const { parameters } of definitions) {
			check(parameters);
		}
	});

	it('name a type for every object and never say what else it may hold', () => {
		const loose = defineTool({
			name: 'loose',
			description: '',
			effect: 'read',
			input: z.object({ inner: z.looseObject({ list: z.array(z.looseObject({})) }) }),
			paths: () => [],
			subject: () => '',
			run: unused,
		});
		assert.deepEqual(toolDefinition(loose).parameters, {
			type: 'object',
			properties: {
				inner: {
					type: 'object',
					properties: { list: { type: 'array', items: { type: 'object', properties: {} } } },
					required: ['list'],
				},
			},
			required: ['inner'],
		});
	});
});

describe('the list of tools', () => {
	const all = everyTool.map(({ name }) => name);

	it('has no name twice', () => {
		assert.equal(new Set(all).size, all.length);
	});

	it('has those that need no port in any case, and each other one with its port, always in the same order', () => {
		const bare = ['read', 'list', 'glob', 'grep', 'edit', 'write', 'apply_patch', 'batch', 'todo'];
		assert.deepEqual(namesWith({}), bare);
		const brought: Partial<Record<keyof ToolPorts, readonly string[]>> = {
			shell: ['bash'],
			web: ['webfetch'],
			search: ['websearch'],
			codeSearch: ['codesearch'],
			languages: ['symbols', 'diagnostics', 'rename'],
			foreign: ['toolSearch', 'useTool'],
			canDelegate: ['task'],
		};
		for (const [port, names] of Object.entries(brought)) {
			const given = namesWith({ [port]: ports[port as keyof ToolPorts] }); // Safe: the keys of `brought`.
			assert.deepEqual(
				given,
				all.filter(name => bare.includes(name) || names.includes(name)),
				port,
			);
		}
	});

	it('gives an agent that only reads nothing that changes or runs anything', () => {
		assert.deepEqual(
			createTools(ports, { isDelegate: true, isReadOnly: true }).map(({ name, effect }) => [name, effect]),
			[
				...['read', 'list', 'glob', 'grep', 'codesearch', 'symbols', 'diagnostics'].map(name => [name, 'read']),
				...['webfetch', 'websearch'].map(name => [name, 'network']),
				['batch', 'session'],
			],
		);
	});

	it('gives an agent that works for another all but the plan and agents of its own', () => {
		assert.deepEqual(
			namesWith(ports, { isDelegate: true, isReadOnly: false }),
			all.filter(name => name !== 'task' && name !== 'todo'),
		);
	});

	it('makes tools that keep something anew for each agent', () => {
		const others = createTools(ports, { isDelegate: false, isReadOnly: false });
		for (const name of ['edit', 'write', 'apply_patch', 'bash', 'webfetch']) {
			const find = (tools: typeof everyTool) => tools.find(tool => tool.name === name);
			assert.notEqual(find(everyTool), find(others), name);
		}
	});
});
