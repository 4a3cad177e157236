import { readFileSync } from 'node:fs';
import axe from 'axe-core';
import { build } from 'esbuild';
import { type Browser, chromium, type Page, type Route } from 'playwright-core';
import { bundles } from '../../../esbuild.mjs';
import type { HostMessage, PageMessage } from '../../../src/protocol/messages.ts';
import { findBrowser } from '../../workbench/browser.mjs';

export type ThemeName = 'dark' | 'light' | 'hc' | 'hc-light';

export interface PageOptions {
	readonly theme?: ThemeName;
	/** Pixels. */
	readonly width?: number;
	readonly height?: number;
	readonly direction?: 'rtl';
	readonly reducedMotion?: boolean;
}

/** A name that never resolves: every request for it is answered by the harness. */
const ORIGIN = 'http://page.test';
const NONCE = 'bm9uY2U';
const OUT = 'out/page-harness';

/** The document as the host makes it, with what the editor adds around it. */
function documentOf(theme: ThemeName, direction: string): string {
	const { bodyClass, variables } = JSON.parse(readFileSync(`test/fixtures/themes/${theme}.json`, 'utf8')) as {
		bodyClass: string;
		variables: Record<string, string>;
	};
	const policy = [
		"default-src 'none'",
		`script-src ${ORIGIN} 'nonce-${NONCE}'`,
		`style-src ${ORIGIN}`,
		`font-src ${ORIGIN}`,
		`img-src ${ORIGIN} data:`,
		"form-action 'none'",
		"base-uri 'none'",
		"require-trusted-types-for 'script'",
	].join('; ');
	return `<!DOCTYPE html>
<html lang="en" dir="${direction}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>OpenRouter Agent</title>
<link rel="stylesheet" href="${ORIGIN}/webview-defaults.css">
<link rel="stylesheet" href="${ORIGIN}/dist/page/chat.css">
<script nonce="${NONCE}">
	for (const [name, value] of Object.entries(${JSON.stringify(variables)})) {
		document.documentElement.style.setProperty(name, value);
	}
	globalThis.posted = [];
	globalThis.acquireVsCodeApi = () => ({
		postMessage: message => void posted.push(structuredClone(message)),
		getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
		setState: state => sessionStorage.setItem('state', JSON.stringify(state)),
	});
</script>
<script type="module" nonce="${NONCE}" src="${ORIGIN}/dist/page/page.js"></script>
</head>
<body class="${bodyClass}"><div id="app"></div></body>
</html>`;
}

/** The browser and the page's bundle, shared by the tests of a file. */
export class PageHarness {
	readonly #browser: Browser;

	private constructor(browser: Browser) {
		this.#browser = browser;
	}

	/** Builds the page as it ships and starts a browser. */
	static async start(browserOptions: readonly string[] = []): Promise<PageHarness> {
		await build(bundles({ outdir: `${OUT}/dist`, production: true }).page);
		const browser = await chromium.launch({
			executablePath: await findBrowser(console.log),
			args: ['--no-sandbox', '--disable-dev-shm-usage', ...browserOptions],
		});
		return new PageHarness(browser);
	}

	async stop(): Promise<void> {
		await this.#browser.close();
	}

	/** Runs something and gives Chromium's trace of the page's tasks meanwhile. */
	async trace(chat: ChatPage, run: () => Promise<void>): Promise<unknown> {
		await this.#browser.startTracing(chat.page, { categories: ['toplevel'] });
		await run();
		return JSON.parse((await this.#browser.stopTracing()).toString());
	}

	async open(options: PageOptions = {}): Promise<ChatPage> {
		const { theme = 'dark', width = 400, height = 720, direction = 'ltr', reducedMotion = true } = options;
		const context = await this.#browser.newContext({
			viewport: { width, height },
			reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
		});
		const page = await context.newPage();
		const chat = new ChatPage(page);
		await page.route('**/*', route => chat.answer(route, documentOf(theme, direction)));
		await page.goto(`${ORIGIN}/`);
		await chat.waitFor('ready');
		return chat;
	}
}

/** One page, with the test in the role of the host. */
export class ChatPage {
	readonly page: Page;
	/** Addresses that were asked for outside the page's own files. */
	readonly foreignRequests: string[] = [];
	/** What the page or the browser complained about: errors, violations of the policy. */
	readonly complaints: string[] = [];

	constructor(page: Page) {
		this.page = page;
		page.on('pageerror', error => this.complaints.push(String(error)));
		page.on('console', message => {
			if (message.type() === 'error' || message.type() === 'warning') {
				this.complaints.push(message.text());
			}
		});
	}

	async answer(route: Route, document: string): Promise<void> {
		const url = new URL(route.request().url());
		if (url.origin !== ORIGIN) {
			this.foreignRequests.push(url.href);
			return route.abort();
		}
		if (url.pathname === '/') {
			return route.fulfill({ contentType: 'text/html', body: document });
		}
		await route.fulfill({ path: fileOf(url.pathname) });
	}

	/** Sends messages of the host, in order, and waits until what they changed is loaded and painted. */
	async send(...messages: readonly HostMessage[]): Promise<void> {
		await this.page.evaluate(async all => {
			for (const message of all) {
				postMessage(message, '*');
			}
			await new Promise(resolve => setTimeout(resolve));
			do {
				await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)));
			} while (document.querySelector('.loading-part') !== null);
		}, messages);
	}

	/** All that the page posted since the last call. */
	async takePosted(): Promise<PageMessage[]> {
		return this.page.evaluate(() => (globalThis as unknown as { posted: PageMessage[] }).posted.splice(0));
	}

	/** Waits until the page has posted a message of this type, and gives it. */
	async waitFor<T extends PageMessage['type']>(type: T): Promise<Extract<PageMessage, { type: T }>> {
		const handle = await this.page.waitForFunction(
			wanted => (globalThis as unknown as { posted: PageMessage[] }).posted.find(message => message.type === wanted),
			type,
		);
		// The function above gave a message of this type.
		return (await handle.jsonValue()) as Extract<PageMessage, { type: T }>;
	}

	/** Violations of the accessibility rules, in words; none is the only good answer. */
	async accessibilityViolations(): Promise<string[]> {
		// By the debugger, which the policy of the page does not bind.
		await this.page.evaluate(axe.source);
		return this.page.evaluate(async () => {
			const { axe: checker } = globalThis as unknown as { axe: typeof import('axe-core') };
			const { violations } = await checker.run(document, {
				runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
			});
			return violations.flatMap(({ id, nodes }) =>
				nodes.map(node => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
			);
		});
	}

	async close(): Promise<void> {
		await this.page.context().close();
	}
}

function fileOf(path: string): string {
	if (path === '/webview-defaults.css') {
		return 'test/fixtures/themes/webview-defaults.css';
	}
	if (path.endsWith('.ttf')) {
		return 'node_modules/@vscode/codicons/dist/codicon.ttf';
	}
	return path.startsWith('/dist/') ? `${OUT}${path}` : `.${path}`;
}
