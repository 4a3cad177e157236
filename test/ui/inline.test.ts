import assert from 'node:assert/strict';
import { type OpenRouterServer, startOpenRouterServer } from '../openrouter-server/openRouterServer.ts';
import { poll } from './poll.ts';
import { original, PROJECT } from './renamedProject.ts';
import { keepPictureOfFailure, Workbench } from './workbench.ts';

const OPEN_MS = 240_000;
const FILE = 'index.js';
const FUNCTION = /function createWarning[\s\S]*?\n}\n/;
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
	const lens = (text: string) => workbench.page.locator('.codelens-decoration a', { hasText: text }).first();

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
		server.script({ text: `\`\`\`js\n${EDITED}\`\`\`\n`, pieces: 'event', delayMs: 20 });
		await workbench.page.keyboard.press('Control+Alt+k');
		await input().waitFor();
		await workbench.page.keyboard.type('Throw type errors and freeze it');
		await workbench.screenshot('inline/1-input');
		await workbench.page.keyboard.press('Control+Enter');
		await onDisk(text => text.includes('Object.freeze'));
		await lens('Refine…').waitFor();
		await workbench.screenshot('inline/2-hunks-dark');
	});

	it('takes a decision about each hunk by keyboard', async function () {
		this.timeout(OPEN_MS);
		await workbench.run('OpenRouter Agent: Go to Next Change');
		await workbench.run('OpenRouter Agent: Reject Change');
		await onDisk(text => !text.includes('TypeError') && text.includes('Object.freeze'));
		await workbench.screenshot('inline/3-one-rejected');
	});

	it('is refined at the same place', async function () {
		this.timeout(OPEN_MS);
		const refined = EDITED.replace('TypeError', 'RangeError');
		server.script({ text: `\`\`\`js\n${refined}\`\`\`\n`, pieces: 'event', delayMs: 20 });
		await workbench.run('OpenRouter Agent: Refine Inline Edit…');
		await input().waitFor();
		await workbench.page.keyboard.type('Range errors instead');
		await workbench.screenshot('inline/4-refine');
		await workbench.page.keyboard.press('Control+Enter');
		await onDisk(text => text.includes('RangeError'));
		await lens('Refine…').waitFor();
		await workbench.setTheme('Light Modern');
		await workbench.screenshot('inline/5-hunks-light');
		await workbench.setTheme('Dark High Contrast');
		await workbench.screenshot('inline/6-hunks-contrast');
		await workbench.setTheme('Dark Modern');
		await workbench.run('OpenRouter Agent: Accept Inline Edit');
		await lens('Refine…').waitFor({ state: 'hidden' });
		assert.ok(workbench.read(FILE).includes('RangeError'));
	});

	it('leaves the box by Escape', async function () {
		this.timeout(OPEN_MS);
		const before = workbench.read(FILE);
		await goToFunction();
		await workbench.page.keyboard.press('Control+Alt+k');
		await input().waitFor();
		await workbench.page.keyboard.press('Escape');
		await input().waitFor({ state: 'hidden' });
		await workbench.page.locator('.editor-instance .monaco-editor.focused').first().waitFor();
		assert.equal(workbench.read(FILE), before);
	});

	it('is cancelled by Escape, and nothing of it is left', async function () {
		this.timeout(OPEN_MS);
		const before = workbench.read(FILE);
		await goToFunction();
		server.script({
			text: `\`\`\`js\n${EDITED.replace('TypeError', 'SyntaxError')}\`\`\`\n`,
			pieces: 'event',
			delayMs: 400,
		});
		await workbench.page.keyboard.press('Control+Alt+k');
		await input().waitFor();
		await workbench.page.keyboard.type('Throw syntax errors');
		await workbench.page.keyboard.press('Control+Enter');
		const lines = workbench.page.locator('.editor-instance .view-lines').first();
		await lines.getByText('SyntaxError').waitFor();
		await workbench.screenshot('inline/7-running');
		await workbench.page.keyboard.press('Escape');
		await lines.getByText('SyntaxError').waitFor({ state: 'hidden' });
		await lens('Editing').waitFor({ state: 'hidden' });
		assert.equal(workbench.read(FILE), before);
	});
});
