/**
 * What a streamed answer costs the page's main thread, in the page as it ships: the message, parsing, DOM, style, layout
 * and following the end. Text comes in chunks of 4 characters, gathered for a frame; frames are not held back to the
 * screen's rate. Times are the thread's own, so that waiting for a busy machine does not count. Beside it: lexing the whole
 * text anew with each frame, without showing it.
 */
import { build } from 'esbuild';
import type { CDPSession } from 'playwright-core';
import * as z from 'zod';
import type { HostMessage } from '../../src/protocol/messages.ts';
import { type ChatPage, PageHarness } from '../ui/pageHarness/openPage.ts';
import { idle } from '../ui/pageHarness/states.ts';
import { median, report } from './row.ts';

/** A fast model: 60 frames of this are 1,900 characters a second. */
const CHARACTERS_PER_FRAME = 32;
/** Ten times the text may cost so much more. */
const MAX_GROWTH = 12;
/** Milliseconds. */
const MAX_TASK = 50;

interface Cost {
	/** Milliseconds of the main thread in all, and of its longest task. */
	readonly total: number;
	readonly longest: number;
}

const prose = `The loop called \`next()\` **twice** for each word, so every second one was lost. See [the file](src/parse.ts#L41).\n\n`;
const code = `\`\`\`ts\nexport function parse(text: string): Token[] {\n\treturn words(text).map((word, at) => ({ word, at }));\n}\n\`\`\`\n\n`;
const list = '1. First the *iterator* moved\n   - nested `point`\n2. then it moved again\n\n';
const table = '| case | before | after |\n|---|---:|---:|\n| tabs | 1 | 2 |\n| none | 0 | 0 |\n\n';

/** Answers that grow in all the ways an answer can: the last four are one block without end. */
const texts: Readonly<Record<string, (size: number) => string>> = {
	mixed: size => repeat(`## Part\n\n${prose}${prose}${list}${code}${table}`, size),
	'one code block': size => `\`\`\`ts\n${repeat('\tconst value = compute(index, `text`); // as before\n', size)}`,
	'one line of code': size => `\`\`\`js\n${repeat('function a(b){return b.map(c=>c*2)};', size)}`,
	'one paragraph': size => repeat('a **bold** word and `code` in a text without end ', size),
	'one list': size => repeat('- an item of a *list* without end\n', size),
	'one table': size => `| case | value |\n|---|---|\n${repeat('| `tabs` | 12 |\n', size)}`,
};

/** The part of Chromium's trace that is read here. */
const traceSchema = z.object({
	traceEvents: z.array(
		z.object({
			name: z.string(),
			pid: z.number(),
			tid: z.number(),
			/** Microseconds of the thread's own time. */
			tdur: z.number().optional(),
			args: z.object({ name: z.string().optional() }).optional(),
		}),
	),
});

const harness = await PageHarness.start(['--disable-frame-rate-limit', '--disable-gpu-vsync']);
try {
	await warmUp();
	for (const [name, make] of Object.entries(texts)) {
		await compareSizes(name, make(20_000), make(200_000));
	}
	for (const size of [20_000, 100_000, 200_000]) {
		await compareWithLexing(size);
	}
} finally {
	await harness.stop();
}

function repeat(unit: string, size: number): string {
	return unit.repeat(Math.ceil(size / unit.length)).slice(0, size);
}

/** The first page of a browser compiles what later ones have. */
async function warmUp(): Promise<void> {
	await measure(repeat(prose + code, 4000));
}

/** The short text is measured three times: what else the machine does weighs more in it. */
async function compareSizes(name: string, short: string, long: string): Promise<void> {
	const small = [await measure(short), await measure(short), await measure(short)];
	const large = await measure(long);
	report({
		name: `streamed answer, ${name}, 200 kB`,
		measured: large.total,
		against: median(small.map(({ total }) => total)),
		peer: '20 kB',
		unit: 'ms',
		reach: MAX_GROWTH,
	});
	report({
		name: `streamed answer, ${name}, longest task`,
		measured: Math.max(large.longest, ...small.map(({ longest }) => longest)),
		against: MAX_TASK,
		peer: 'limit',
		unit: 'ms',
		reach: 1,
	});
}

async function measure(text: string): Promise<Cost> {
	const chat = await harness.open({ reducedMotion: false });
	const state = { ...idle, activity: 'running' } as const;
	const item = { kind: 'text', id: 't', text: '', state: 'streaming' } as const;
	await chat.send({ type: 'snapshot', state, total: 1, from: 0, items: [item], view: 'chat' });
	const session = await chat.page.context().newCDPSession(chat.page);
	await session.send('Performance.enable', { timeDomain: 'threadTicks' });
	const before = await mainThreadTime(session);
	const trace = await harness.trace(chat, () => stream(chat, text));
	const total = (await mainThreadTime(session)) - before;
	await chat.close();
	return { total, longest: longestTask(trace) };
}

/** Milliseconds of all tasks of the main thread so far. */
async function mainThreadTime(session: CDPSession): Promise<number> {
	const { metrics } = await session.send('Performance.getMetrics');
	return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
}

/** Streams a text, one message a frame. */
function stream(chat: ChatPage, text: string): Promise<void> {
	return chat.page.evaluate(
		async ({ all, step }) => {
			for (let at = 0; at < all.length; at += step) {
				let gathered = '';
				for (let part = at; part < Math.min(at + step, all.length); part += 4) {
					gathered += all.slice(part, Math.min(part + 4, at + step));
				}
				const message: HostMessage = { type: 'deltas', deltas: [{ type: 'append', index: 0, text: gathered }] };
				postMessage(message, '*');
				await new Promise(resolve => requestAnimationFrame(resolve));
			}
			await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));
		},
		{ all: text, step: CHARACTERS_PER_FRAME },
	);
}

/** Milliseconds of the longest task of a renderer's main thread. */
function longestTask(trace: unknown): number {
	const { traceEvents } = traceSchema.parse(trace);
	const main = new Set(
		traceEvents
			.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
			.map(({ pid, tid }) => `${pid}:${tid}`),
	);
	const tasks = traceEvents.filter(
		({ name, pid, tid }) => name === 'ThreadControllerImpl::RunTask' && main.has(`${pid}:${tid}`),
	);
	return tasks.reduce((longest, { tdur = 0 }) => Math.max(longest, tdur / 1000), 0);
}

/** Beside what the same lexer would take if each frame parsed all that has come. Every hundredth frame is measured. */
async function compareWithLexing(size: number): Promise<void> {
	const { outputFiles } = await build({
		stdin: { contents: "import { Lexer } from 'marked'; globalThis.Lexer = Lexer;", resolveDir: '.' },
		bundle: true,
		minify: true,
		format: 'iife',
		write: false,
	});
	const text = texts['mixed']?.(size) ?? '';
	const chat = await harness.open();
	// By the debugger, which the policy of the page does not bind.
	await chat.page.evaluate(outputFiles[0]?.text ?? '');
	const lexing = await chat.page.evaluate(
		({ all, step }) => {
			const { Lexer } = globalThis as unknown as { Lexer: { lex(source: string): unknown } };
			let total = 0;
			for (let at = step; at <= all.length; at += step * 100) {
				const start = performance.now();
				Lexer.lex(all.slice(0, at));
				total += (performance.now() - start) * 100;
			}
			return total;
		},
		{ all: text, step: CHARACTERS_PER_FRAME },
	);
	await chat.close();
	const { total } = await measure(text);
	report({
		name: `streamed answer, ${size / 1000} kB, all it takes`,
		measured: total,
		against: lexing,
		peer: 'lexing all with each frame',
		unit: 'ms',
		reach: 1,
	});
}
