/** A real VS Code with the packed extension, driven through its page as a user would. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Browser, chromium, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { findBrowser } from '../workbench/browser.mjs';
import { editorHost } from '../workbench/editorHost.mjs';
import { BROWSER_ARGS, installExtension, type Server, startServer } from '../workbench/server.mjs';
import { poll } from './poll.ts';

/** The editor's slowest step here, its first drawing, takes 5 s on an idle machine and far more on a busy one. */
const START_TIMEOUT = 90_000;
const STEP_TIMEOUT = 40_000;
const PALETTE_TIMEOUT = 10_000;
const SCREENSHOTS = 'out/screenshots';

export interface WorkbenchOptions {
	/** Folder to copy and open. */
	readonly project: string;
	/** User settings besides the quiet ones. */
	readonly settings?: Readonly<Record<string, unknown>>;
	/** The folder is not trusted until the user says so. */
	readonly isRestricted?: boolean;
	readonly viewport?: { readonly width: number; readonly height: number };
}

export class Workbench {
	readonly page: Page;
	/** The workspace on disk: a copy that the test may change. */
	readonly folder: string;
	readonly #server: Server;
	readonly #browser: Browser;
	readonly #base: string;
	readonly #url: string;

	private constructor(parts: {
		page: Page;
		folder: string;
		server: Server;
		browser: Browser;
		base: string;
		url: string;
	}) {
		this.page = parts.page;
		this.folder = parts.folder;
		this.#server = parts.server;
		this.#browser = parts.browser;
		this.#base = parts.base;
		this.#url = parts.url;
	}

	/** Starts server and browser, installs the extension and opens a copy of the project. */
	static async open({
		project,
		settings,
		isRestricted = false,
		viewport = { width: 1280, height: 800 },
	}: WorkbenchOptions): Promise<Workbench> {
		const base = mkdtempSync(join(tmpdir(), 'openrouter-agent-ui-'));
		const [folder, dataFolder, extensionsFolder] = ['project', 'data', 'extensions'].map(name => join(base, name)) as [
			string,
			string,
			string,
		];
		cpSync(project, folder, { recursive: true });
		mkdirSync(dataFolder);
		mkdirSync(extensionsFolder);
		const host = await editorHost(console.log);
		await installExtension({ host, dataFolder, extensionsFolder, vsix: vsixPath() });
		const server = await startServer({
			host,
			dataFolder,
			extensionsFolder,
			isRestricted,
			// Settings files open as tabs: a window over the others leaves no way to the rest by keyboard.
			settings: { 'files.autoSave': 'off', 'workbench.editor.useModal': 'off', ...settings },
		});
		const browser = await chromium.launch({ executablePath: await findBrowser(console.log), args: BROWSER_ARGS });
		const page = await browser.newPage({ viewport });
		page.setDefaultTimeout(STEP_TIMEOUT);
		const url = `${server.url}/?folder=${encodeURIComponent(folder)}`;
		const workbench = new Workbench({ page, folder, server, browser, base, url });
		await page.goto(url);
		await workbench.#whenDrawn();
		return workbench;
	}

	/** The chat page. */
	get chat(): FrameLocator {
		return this.page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
	}

	get composer(): Locator {
		return this.chat.getByRole('textbox').last();
	}

	/** Opens the chat view and waits until one can write in it. */
	async openChat(): Promise<void> {
		if (!(await this.page.locator('iframe.webview').first().isVisible())) {
			await this.page.locator('.activitybar [aria-label^="OpenRouter Agent"]').first().click();
		}
		await this.composer.waitFor({ timeout: START_TIMEOUT });
	}

	/** Writes a message into the composer and sends it by the keyboard. */
	async send(text: string): Promise<void> {
		await this.composer.fill(text);
		await this.composer.press('Enter');
	}

	/** Stores a key through the command, as a user does, and waits until the chat has left the built-in assistant. */
	async setApiKey(key: string): Promise<void> {
		await this.openChat();
		await this.run('OpenRouter Agent: Set API Key');
		await this.answerInput('OpenRouter API key', key);
		await this.chat.getByText('Built-in, no model').waitFor({ state: 'hidden' });
	}

	/** Begins a session by command, and waits until it can be written in. */
	async newSession(): Promise<void> {
		await this.run('OpenRouter Agent: New Session');
		await this.chat.locator('.title-row').waitFor({ state: 'hidden' });
		await this.chat.locator('textarea:focus').waitFor();
	}

	/** The card that asks whether a file may be edited. */
	approvalOf(file: string): Locator {
		return this.chat.getByRole('heading', { name: `Edit ${file}?` });
	}

	/** Waits until a file's edit is asked for, and allows it once. */
	async allow(file: string): Promise<void> {
		await this.approvalOf(file).waitFor();
		await this.chat
			.getByRole('button', { name: /^Allow(?! in)/ })
			.first()
			.click();
	}

	/** Opens the palette with a command's title, and runs it by Enter. */
	async runByKeyboard(title: string): Promise<void> {
		await this.#palette(`>${title}`);
		await this.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: title }).waitFor();
		await this.page.keyboard.press('Enter');
	}

	/** The rows of the list that is open in the middle. */
	rowOf(text: string | RegExp): Locator {
		return this.page.locator('.quick-input-list .monaco-list-row', { hasText: text });
	}

	/** A message in the corner. */
	toast(text: string | RegExp): Locator {
		return this.page.locator('.notification-toast', { hasText: text });
	}

	/** Changes settings of the user in the editor's own file, as a user does who writes them by hand. */
	async writeSettings(changes: Readonly<Record<string, unknown>>): Promise<void> {
		const file = join(this.#base, 'data', 'User', 'settings.json');
		const settings: Record<string, unknown> = { ...JSON.parse(readFileSync(file, 'utf8')), ...changes };
		await this.run('Preferences: Open User Settings (JSON)');
		await this.editorOf('settings.json');
		await this.page.keyboard.press('Control+a');
		// Pasted, since the editor closes brackets and quotes that are typed.
		await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
		await this.page.evaluate(text => navigator.clipboard.writeText(text), JSON.stringify(settings));
		await this.page.keyboard.press('Control+v');
		await this.page.keyboard.press('Control+s');
		await poll(
			() => readFileSync(file, 'utf8'),
			text => isDeepStrictEqual(parsed(text), settings),
		);
	}

	/** What the user's own settings hold now. */
	userSetting(name: string): unknown {
		return JSON.parse(readFileSync(join(this.#base, 'data', 'User', 'settings.json'), 'utf8'))[name];
	}

	/** Runs a command by its title through the palette. */
	async run(title: string): Promise<void> {
		await this.#palette(`>${title}`);
		// By the whole title: the first row may be another command, of which this title is a part.
		await this.page.locator('.quick-input-list').getByText(title, { exact: true }).first().click();
	}

	/** Opens the palette with a text in it. It closes by itself when anything else takes the focus, so it may take two. */
	async #palette(text: string): Promise<void> {
		const input = this.page.locator('.quick-input-widget input').first();
		for (let attempt = 1; ; attempt++) {
			await this.page.keyboard.press('F1');
			try {
				await input.fill(text, { timeout: PALETTE_TIMEOUT });
				return;
			} catch (error) {
				if (attempt === 3) {
					throw error;
				}
			}
		}
	}

	/** Answers the input box with this title once it is open. */
	async answerInput(title: string, text: string): Promise<void> {
		await this.page.locator('.quick-input-title', { hasText: title }).waitFor();
		const input = this.page.locator('.quick-input-widget input').first();
		await input.waitFor();
		await input.fill(text);
		await input.press('Enter');
	}

	/** Opens a file of the workspace by the keyboard, see `editorOf`. */
	async openFile(path: string): Promise<Locator> {
		const input = this.page.locator('.quick-input-widget input').first();
		await this.#palette(path);
		const name = path.slice(path.lastIndexOf('/') + 1);
		await this.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: name }).waitFor();
		await input.press('Enter');
		return this.editorOf(name);
	}

	/** Waits until a file is open with the focus in its text. Gives the drawn lines. */
	async editorOf(name: string): Promise<Locator> {
		await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
		await this.page.locator('.editor-instance .monaco-editor.focused').first().waitFor();
		return this.page.locator('.editor-instance .view-lines').first();
	}

	/** Bytes of a workspace file on disk. */
	read(path: string): string {
		return readFileSync(join(this.folder, path), 'utf8');
	}

	/** Switches the colour theme, by its name in the editor's list: "Light Modern", "Dark High Contrast". */
	async setTheme(name: string): Promise<void> {
		await this.run('Preferences: Color Theme');
		const input = this.page.getByPlaceholder(/^Select Color Theme/);
		await input.fill(name);
		await this.page.locator('.quick-input-list .monaco-list-row.focused').getByText(name, { exact: true }).waitFor();
		await input.press('Enter');
		await input.waitFor({ state: 'hidden' });
	}

	/** Drags the border of the side bar until it is `width` pixels wide, as far as the editor lets it. */
	async setSideBarWidth(width: number): Promise<void> {
		const box = await this.page.locator('.part.sidebar').boundingBox();
		if (box === null) {
			throw new Error('The side bar is not open.');
		}
		const middle = box.y + box.height / 2;
		await this.page.mouse.move(box.x + box.width, middle);
		await this.page.mouse.down();
		// Two moves: the first starts the drag.
		await this.page.mouse.move(box.x + width - 1, middle);
		await this.page.mouse.move(box.x + width, middle);
		await this.page.mouse.up();
	}

	/** Files of the editor's data, the sessions among them, that hold a text. */
	filesHolding(text: string): string[] {
		return readdirSync(this.#base, { recursive: true, withFileTypes: true })
			.filter(entry => entry.isFile())
			.map(({ parentPath, name }) => join(parentPath, name))
			.filter(file => readFileSync(file).includes(text));
	}

	/** Keeps a picture of the window under `out/screenshots`. */
	async screenshot(name: string): Promise<void> {
		const path = join(SCREENSHOTS, `${name}.png`);
		mkdirSync(dirname(path), { recursive: true });
		await this.page.screenshot({ path });
	}

	/** Reloads the window, as a user does: the extension host ends and a new one starts. */
	async reload(): Promise<void> {
		await this.page.goto('about:blank');
		await this.page.goto(this.#url);
		await this.#whenDrawn();
	}

	/** Process ids of the extension hosts of this window; after a reload the old one lives on for a while. */
	extensionHosts(): readonly number[] {
		return descendants(this.#server.pid).filter(pid => commandLine(pid).includes('--type=extensionHost'));
	}

	/** Kills the extension host as a crash would (SIGKILL). VS Code starts another one by itself. */
	killExtensionHost(): void {
		const hosts = this.extensionHosts();
		if (hosts.length === 0) {
			throw new Error('There is no extension host to kill.');
		}
		for (const pid of hosts) {
			process.kill(pid, 'SIGKILL');
		}
	}

	async close(): Promise<void> {
		await this.#browser.close();
		this.#server.stop();
		rmSync(this.#base, { recursive: true, force: true, maxRetries: 5 });
	}

	async #whenDrawn(): Promise<void> {
		const icon = this.page.locator('.activitybar [aria-label^="OpenRouter Agent"]').first();
		await icon.waitFor({ timeout: START_TIMEOUT });
	}
}

/** Keeps a picture of the window for each test of the suite that fails. */
export function keepPictureOfFailure(workbench: () => Workbench | undefined): void {
	afterEach(async function () {
		if (this.currentTest?.state === 'failed') {
			await workbench()?.screenshot(`failed/${this.currentTest.title}`);
		}
	});
}

/** The runner packs the extension once and names the file. */
function vsixPath(): string {
	const path = process.env['OPENROUTER_AGENT_VSIX'];
	if (path === undefined) {
		throw new Error('OPENROUTER_AGENT_VSIX is not set. Run the UI tests by `npm test -- ui`.');
	}
	return path;
}

/** Undefined while it is half written. */
function parsed(json: string): unknown {
	try {
		return JSON.parse(json);
	} catch {
		return undefined;
	}
}

/** Processes below one, itself left out; read from /proc, so on Linux only. */
function descendants(root: number): number[] {
	const children = new Map<number, number[]>();
	for (const name of readdirSync('/proc').filter(entry => /^\d+$/.test(entry))) {
		const parent = parentOf(Number(name));
		children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
	}
	const below = (pid: number): number[] => (children.get(pid) ?? []).flatMap(child => [child, ...below(child)]);
	return below(root);
}

function parentOf(pid: number): number {
	try {
		// "pid (name) state ppid …"; the name may hold spaces and brackets.
		return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]);
	} catch {
		// It ended while we looked.
		return -1;
	}
}

function commandLine(pid: number): string {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
	} catch {
		return '';
	}
}
