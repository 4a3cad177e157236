/**
 * What the client adds between the end of the model's stream and the next request, beside a client that does nothing
 * else; and how many tokens the first request has.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { estimateTokenCount } from 'tokenx';
import * as z from 'zod';
import { systemClock } from '../../src/agent/clock.ts';
import { buildSystemPrompt } from '../../src/agent/prompt.ts';
import { Session } from '../../src/agent/session.ts';
import { openJournalStore } from '../../src/node/journal.ts';
import { createOpenRouterClient } from '../../src/openrouter/openRouterClient.ts';
import { toolDefinition, tools } from '../../src/tools/index.ts';
import { readTool } from '../../src/tools/read.ts';
import { MemoryWorkspace } from '../fakes/memoryWorkspace.ts';
import { compare, median } from './report.ts';

const TURNS = 80;
const WARM_UP = 10;
const FIXTURES = 'test/fixtures/projects/process-warning';

/** A model that calls `read` again and again, and notes how long each next request took to come. */
class LoopingModel {
	readonly gaps: number[] = [];
	firstRequest = '';
	#server: Server | undefined;
	#sentAt = 0;
	#requests = 0;

	async listen(): Promise<string> {
		const server = createServer(async (request, response) => {
			const arrived = performance.now();
			const body = await textOf(request);
			this.#requests++;
			if (this.#requests === 1) {
				this.firstRequest = body;
			} else {
				this.gaps.push(arrived - this.#sentAt);
			}
			response.setHeader('content-type', 'text/event-stream');
			const isLast = this.#requests === TURNS;
			for (const chunk of isLast ? [textChunk, finish('stop')] : [callChunk(this.#requests), finish('tool_calls')]) {
				response.write(`data: ${JSON.stringify(chunk)}\n\n`);
			}
			this.#sentAt = performance.now();
			response.end('data: [DONE]\n\n');
		});
		this.#server = server;
		await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
		// A server that listens on a port has an address of this form.
		return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	}

	close(): void {
		this.#server?.close();
		this.#server?.closeAllConnections();
	}
}

const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110, cost: 0.0001 };
const textChunk = { id: 'gen-1', choices: [{ index: 0, delta: { content: 'Done.' }, finish_reason: null }] };
const finish = (reason: string) => ({
	id: 'gen-1',
	choices: [{ index: 0, delta: {}, finish_reason: reason }],
	usage,
});
const callChunk = (number: number) => ({
	id: 'gen-1',
	choices: [
		{
			index: 0,
			delta: {
				// Different lines each time: a client may break a loop of equal calls.
				tool_calls: [
					{
						index: 0,
						id: `call_${number}`,
						type: 'function',
						function: { name: 'read', arguments: JSON.stringify({ path: 'index.js', offset: number, limit: 5 }) },
					},
				],
			},
			finish_reason: null,
		},
	],
});

async function textOf(request: IncomingMessage): Promise<string> {
	const parts: Buffer[] = [];
	for await (const part of request) {
		parts.push(part);
	}
	return Buffer.concat(parts).toString('utf8');
}

async function ours(): Promise<LoopingModel> {
	const model = new LoopingModel();
	const baseUrl = await model.listen();
	const folder = mkdtempSync(join(tmpdir(), 'openrouter-agent-bench-'));
	const workspace = new MemoryWorkspace({ files: { 'index.js': readFileSync(`${FIXTURES}/index.js`, 'utf8') } });
	const client = createOpenRouterClient({ baseUrl, getKey: async () => 'sk-or-v1-bench' });
	const session = await Session.create(
		{
			store: openJournalStore(folder),
			workspace,
			tools,
			definitions: tools.map(toolDefinition),
			resolveModel: async () => ({ client, model: { id: 'vendor/model', name: 'Model', isBuiltIn: false } }),
			isTrusted: () => true,
			maxRequests: () => TURNS,
			clock: systemClock,
			newId: () => crypto.randomUUID(),
			onBug: error => console.error(error),
		},
		{
			system: buildSystemPrompt(
				{ operatingSystem: 'linux', roots: ['project'], date: '2026-01-01', isTrusted: true },
				[],
			),
			workspace: [],
		},
	);
	await session.send('Read the file.');
	await session.whenIdle();
	await session.dispose();
	model.close();
	rmSync(folder, { recursive: true, force: true });
	return model;
}

/** The least a client can do: split the events, run the tool, keep the messages, ask again. Nothing is checked or kept. */
async function floor(): Promise<LoopingModel> {
	const model = new LoopingModel();
	const baseUrl = await model.listen();
	const lines = readFileSync(`${FIXTURES}/index.js`, 'utf8').split('\n');
	const messages: unknown[] = [{ role: 'user', content: 'Read the file.' }];
	const chunkSchema = z.object({
		choices: z.array(
			z.object({ delta: z.object({ tool_calls: z.array(z.looseObject({ id: z.string() })).optional() }) }),
		),
	});
	for (let isDone = false; !isDone; ) {
		const response = await fetch(`${baseUrl}/chat/completions`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', authorization: 'Bearer sk-or-v1-bench' },
			body: JSON.stringify({ model: 'vendor/model', stream: true, messages }),
		});
		const events = (await response.text()).split('\n\n').filter(event => event.startsWith('data: {'));
		const calls = events.flatMap(
			event => chunkSchema.parse(JSON.parse(event.slice(6))).choices[0]?.delta.tool_calls ?? [],
		);
		isDone = calls.length === 0;
		messages.push({ role: 'assistant', content: null, tool_calls: calls });
		for (const { id } of calls) {
			messages.push({ role: 'tool', tool_call_id: id, content: lines.slice(0, 5).join('\n') });
		}
	}
	model.close();
	return model;
}

const [own, least] = [await ours(), await floor()];
const gap = (model: LoopingModel) => median(model.gaps.slice(WARM_UP));
compare(
	'end of stream to next request',
	{ value: gap(own), unit: 'ms' },
	{ name: 'a client that does nothing else', value: gap(least) },
	2,
);

const first = z
	.object({ messages: z.array(z.object({ role: z.string(), content: z.unknown() })), tools: z.array(z.unknown()) })
	.parse(JSON.parse(own.firstRequest));
const tokens = (value: unknown) => estimateTokenCount(typeof value === 'string' ? value : JSON.stringify(value));
compare(
	'system prompt (estimate)',
	{ value: tokens(first.messages[0]?.content), unit: 'tokens' },
	{ name: 'limit', value: 1000 },
	1,
);
compare('tools (estimate)', { value: tokens(first.tools), unit: 'tokens' }, { name: 'limit', value: 2400 }, 1);
for (const file of ['index.js', 'README.md', 'types/index.d.ts']) {
	const text = readFileSync(`${FIXTURES}/${file}`, 'utf8');
	const { text: shown } = await readTool.run(readTool.input.parse({ path: file }), {
		workspace: new MemoryWorkspace({ files: { [file]: text } }),
		signal: new AbortController().signal,
		recordChange: async () => {
			throw new Error('Reading changes nothing.');
		},
	});
	compare(`read ${file}`, { value: tokens(shown), unit: 'tokens' }, { name: 'the text', value: tokens(text) }, 1.05);
}
