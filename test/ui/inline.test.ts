import assert from 'node:assert/strict';
import { type OpenRouterServer, startOpenRouterServer } from '../openrouter-server/openRouterServer.ts';
import { poll } from './poll.ts';
import { original, PROJECT } from './renamedProject.ts';
import { keepPictureOfFailure, Workbench } from './workbench.ts';

const OPEN_MS = 240_000;
const FILE = 'index.js';
/** With its comment, as it is taken when the cursor is in it. */
const FUNCTION = /\/\*\*\n \* Creates a warning item[\s\S]*?\n}\n/;
/** Two changes apart: one is rejected, the other accepted. */
const EDITED = (FUNCTION.exec(original(FILE))?.[0] ?? '')
	.replace(
		"if (!name) throw new Error('Warning name must not be empty')",
		"if (!name) throw new TypeError('A warning needs a name')",
	)
	.replace('return warning', 'return Object.freeze(warning)');

describe('inline edit by keyboard', () => {
	let server: OpenRouterServer;
	let workbench: Workbench;

	before(async function () {
		this.timeout(OPEN_MS);
		server = await startOpenRouterServer();
		const settings = { 'openrouterAgent.baseUrl': server.url, 'openrouterAgent.model': 'anthropic/claude-sonnet-4.6' };
		workbench = await Workbench.open({ project: PROJECT, settings });
		await workbench.setApiKey(server.key);
		await workbench.setTheme('Dark Modern');
	});
	keepPictureOfFailure(() => workbench);
	after(async function () {
		this.timeout(OPEN_MS);
		await workbench?.close();
		await server?.close();
	});

	const input = () =>
		workbench.page.locator('.review-widget .monaco-editor.focused, .comment-form .monaco-editor.focused');
	const onDisk = (isSo: (text: string) => boolean) => poll(() => workbench.read(FILE), isSo);
	const status = (text: string) => workbench.page.locator('.statusbar-item', { hasText: text }).first().waitFor();
	const lens = (text: string) => workbench.page.locator('.codelens-decoration a', { hasText: text }).first();

	/** What the model answers to the next request, slowly enough to be seen. */
	function answer(text: string, delayMs = 20): void {
		server.forgetScript();
		server.script({ text: `\`\`\`js\n${text}\`\`\`\n`, pieces: 'event', delayMs });
	}

	/** Opens the box under the line. A window that is still starting asks at its top instead; then it is tried again. */
	async function openInput(open: () => Promise<void>): Promise<void> {
		const top = workbench.page.locator('.quick-input-title', { hasText: /Edit with|Refine/ });
		for (let attempt = 1; ; attempt++) {
			await open();
			await input().or(top).first().waitFor();
			if (attempt === 3 || !(await top.isVisible())) {
				break;
			}
			await workbench.page.keyboard.press('Escape');
			await top.waitFor({ state: 'hidden' });
			await workbench.editorOf(FILE);
		}
		await input().waitFor();
	}

	/** The text has the focus again afterwards. */
	async function leaveInput(): Promise<void> {
		await workbench.page.keyboard.press('Escape');
		await input().waitFor({ state: 'hidden' });
		await workbench.editorOf(FILE);
	}

	const startInput = () => openInput(() => workbench.page.keyboard.press('Control+Alt+k'));

	async function goToFunction(): Promise<void> {
		await workbench.openFile(FILE);
		const line =
			original(FILE)
				.split('\n')
				.findIndex(text => text.startsWith('function createWarning')) + 2;
		await workbench.page.keyboard.press('Control+g');
		await workbench.page.locator('.quick-input-widget input').first().fill(`:${line}`);
		await workbench.page.keyboard.press('Enter');
		await workbench.page.locator('.editor-instance .monaco-editor.focused').first().waitFor();
	}

	it('asks at the line, and shows the answer as hunks', async function () {
		this.timeout(OPEN_MS);
		await goToFunction();
		answer(EDITED);
		await startInput();
		await workbench.page.keyboard.type('Throw type errors and freeze it');
		await workbench.screenshot('inline/1-input');
		await workbench.page.keyboard.press('Control+Enter');
		await onDisk(text => text.includes('Object.freeze'));
		await lens('Refine…').waitFor();
		await workbench.screenshot('inline/2-hunks-dark');
	});

	it('takes a decision about each hunk by keyboard', async function () {
		this.timeout(OPEN_MS);
		await workbench.page.keyboard.press('Control+F7');
		await status('Change 2 of 2');
		await workbench.page.keyboard.press('Control+Shift+F8');
		await onDisk(text => !text.includes('Object.freeze') && text.includes('TypeError'));
		await status('Change 1 of 1');
		await workbench.screenshot('inline/3-one-rejected');
	});

	it('is refined at the same place, and accepted', async function () {
		this.timeout(OPEN_MS);
		answer(EDITED.replace('TypeError', 'RangeError'));
		await openInput(() => workbench.runByKeyboard('OpenRouter Agent: Refine Inline Edit…'));
		await workbench.page.keyboard.type('Range errors instead');
		await workbench.screenshot('inline/4-refine');
		await workbench.page.keyboard.press('Control+Enter');
		await onDisk(text => text.includes('RangeError'));
		await lens('Refine…').waitFor();
		await workbench.setTheme('Light Modern');
		await workbench.screenshot('inline/5-hunks-light');
		await workbench.setTheme('Dark High Contrast');
		await workbench.screenshot('inline/6-hunks-contrast');
		await workbench.runByKeyboard('OpenRouter Agent: Accept Inline Edit');
		await lens('Refine…').waitFor({ state: 'hidden' });
		assert.ok(workbench.read(FILE).includes('RangeError'));
	});

	it('asks in every theme', async function () {
		this.timeout(OPEN_MS);
		for (const [theme, name] of [
			['Dark High Contrast', 'contrast'],
			['Light Modern', 'light'],
			['Dark Modern', 'dark'],
		] as const) {
			await workbench.setTheme(theme);
			await goToFunction();
			await startInput();
			await workbench.screenshot(`inline/7-empty-input-${name}`);
			await leaveInput();
		}
	});

	it('offers the instructions given before', async function () {
		this.timeout(OPEN_MS);
		await goToFunction();
		await startInput();
		await workbench.page.keyboard.press('Alt+ArrowUp');
		await workbench.rowOf('Range errors instead').waitFor();
		await workbench.rowOf('Throw type errors and freeze it').waitFor();
		await workbench.screenshot('inline/8-earlier');
		await workbench.page.keyboard.press('Escape');
		await workbench.rowOf('Range errors instead').waitFor({ state: 'hidden' });
		await workbench.editorOf(FILE);
		await leaveInput();
	});

	it('leaves the box by Escape', async function () {
		this.timeout(OPEN_MS);
		const before = workbench.read(FILE);
		await goToFunction();
		await startInput();
		await leaveInput();
		assert.equal(workbench.read(FILE), before);
	});

	it('is cancelled by Escape, and nothing of it is left', async function () {
		this.timeout(OPEN_MS);
		const before = workbench.read(FILE);
		await goToFunction();
		answer(EDITED.replace('TypeError', 'SyntaxError'), 400);
		await startInput();
		await workbench.page.keyboard.type('Throw syntax errors');
		await workbench.page.keyboard.press('Control+Enter');
		const lines = workbench.page.locator('.editor-instance .view-lines').first();
		await lines.getByText('SyntaxError').waitFor();
		await workbench.screenshot('inline/9-running');
		await workbench.page.keyboard.press('Escape');
		await lines.getByText('SyntaxError').waitFor({ state: 'hidden' });
		await lens('Editing').waitFor({ state: 'hidden' });
		assert.equal(workbench.read(FILE), before);
	});
});
