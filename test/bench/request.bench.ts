/** What a model is sent, in o200k tokens: the system prompt, all tools there are, and whole files. */
import { readdirSync, readFileSync } from 'node:fs';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { buildSystemPrompt } from '../../src/agent/prompt.ts';
import { buildBody } from '../../src/openrouter/request/requestBody.ts';
import { toolDefinition } from '../../src/tools/index.ts';
import { readTool } from '../../src/tools/read.ts';
import { MemoryWorkspace } from '../fakes/memoryWorkspace.ts';
import { toolContext } from '../fakes/toolContext.ts';
import { everyTool as tools } from '../fakes/toolSets.ts';
import { report } from './row.ts';

const PROJECTS = ['test/fixtures/projects/process-warning', 'src/agent', 'src/tools'];

/** Of both limits in tokens together, at four characters each. */
const CHARACTERS = 4 * (1_000 + 2_400);

const system = buildSystemPrompt(
	{ operatingSystem: 'linux', roots: ['project'], date: '2026-01-01', isTrusted: true, canRunCommands: true },
	[],
);
const body = buildBody({
	model: 'anthropic/claude-sonnet-5',
	sessionId: 'session',
	messages: [{ role: 'system', text: system }],
	tools: tools.map(toolDefinition),
});
const limit = { peer: 'limit', unit: 'tokens', reach: 1 } as const;
report({ name: 'system prompt', measured: tokensOf(system), against: 1000, ...limit });
report({
	name: `${tools.length} tools`,
	measured: tokensOf(JSON.stringify(body['tools'])),
	against: 2400,
	...limit,
});

report({
	name: 'first request as sent, without a question',
	measured: JSON.stringify(body).length,
	against: CHARACTERS,
	...limit,
	unit: 'characters',
});

for (const folder of PROJECTS) {
	const { shown, raw, files } = await readAll(folder);
	report({
		name: `whole files read: ${files} of ${folder.split('/').at(-1)}`,
		measured: shown,
		against: raw,
		peer: 'raw text',
		unit: 'tokens',
		reach: 1.05,
	});
}

/** Reads each file of a folder by the tool. Sums of tokens, so that a small file weighs what it is. */
async function readAll(folder: string): Promise<{ shown: number; raw: number; files: number }> {
	const texts = readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter(entry => entry.isFile())
		.map(entry => readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8'));
	let shown = 0;
	let raw = 0;
	for (const [index, text] of texts.entries()) {
		const path = `file${index}.txt`;
		const workspace = new MemoryWorkspace({ files: { [path]: text } });
		const output = await readTool().run({ path }, toolContext({ workspace }));
		shown += tokensOf(output.text);
		raw += tokensOf(text);
	}
	return { shown, raw, files: texts.length };
}

function tokensOf(text: string): number {
	return encode(text).length;
}
