import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenRouterServer, startOpenRouterServer } from '../openrouter-server/openRouterServer.ts';
import { poll } from './poll.ts';
import { PROJECT } from './renamedProject.ts';
import { keepPictureOfFailure, Workbench } from './workbench.ts';

const OPEN_MS = 240_000;
const MODEL = 'anthropic/claude-haiku-4.5';
const FILE = 'index.js';
/** What the author has not committed yet, at the end of the file. */
const ADDED = `
function formatAll (names) {
  console.log(names)
  for (let i = 0; i <= names.length; i++) format(names[i])
}
`;

describe('completions, commit message and review of changes', () => {
	let server: OpenRouterServer;
	let workbench: Workbench;
	/** The project in a repository of its own, with a change. */
	let project: string;

	before(async function () {
		this.timeout(OPEN_MS);
		project = mkdtempSync(join(tmpdir(), 'openrouter-agent-git-'));
		cpSync(PROJECT, project, { recursive: true });
		const git = (...args: readonly string[]) =>
			execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], { cwd: project });
		git('init', '--initial-branch=main');
		git('add', '.');
		git('commit', '--message', 'Begin');
		appendFileSync(join(project, FILE), ADDED);
		server = await startOpenRouterServer();
		const settings = {
			'openrouterAgent.baseUrl': server.url,
			'openrouterAgent.model': 'anthropic/claude-sonnet-4.6',
			'openrouterAgent.completions.model': MODEL,
		};
		workbench = await Workbench.open({ project, settings });
		await workbench.setApiKey(server.key);
		// The key is checked first: until then another input would take the place of its own.
		await workbench.chat.getByText('Connect a model').waitFor({ state: 'hidden' });
	});
	keepPictureOfFailure(() => workbench);
	afterEach(() => server.forgetScript());
	after(async function () {
		this.timeout(OPEN_MS);
		await workbench?.close();
		await server?.close();
		rmSync(project, { recursive: true, force: true });
	});

	const item = () =>
		workbench.page.locator('.statusbar-item[id="openrouter-agent.openrouter-agent.openrouterAgent.completions"]');

	it('suggests at the cursor, and says in the status bar who does and what it cost', async function () {
		this.timeout(OPEN_MS);
		const { page } = workbench;
		await workbench.openFile(FILE);
		assert.equal(await item().count(), 0, 'Who never had completions on sees nothing of them.');
		await workbench.run('OpenRouter Agent: Turn Inline Completions On or Off');
		await item().getByText('Completions').waitFor();
		await workbench.editorOf(FILE);
		await page.keyboard.press('Control+End');
		server.script({ text: '<insert>formatAll(names) {\n  return names.map(name => format(name))\n}</insert>' });
		await page.keyboard.type('\nfunction ', { delay: 20 });
		const ghost = page.locator('.ghost-text-decoration, .ghost-text').first();
		await ghost.waitFor();
		await page.mouse.move(640, 300);
		await workbench.screenshot('completions/1-ghost-text');
		await item().hover();
		const hover = page.locator('.workbench-hover', { hasText: 'Spent on completions today' });
		await hover.getByText(/Inline completions are on, by Claude Haiku/).waitFor();
		await hover.getByRole('link', { name: 'Turn off' }).waitFor();
		await hover.getByRole('link', { name: 'Settings' }).waitFor();
		await hover.getByText(/Spent on completions today: (?:\$0\.\d*[1-9]|<\$0\.001)/).waitFor();
		await workbench.screenshot('completions/2-status-hover');
		await item().click();
		await item().locator('.codicon-circle-slash').waitFor();
		const count = server.chats.length;
		const lines = page.locator('.editor-instance .view-lines').first();
		await lines.click();
		await page.keyboard.press('Control+End');
		await page.keyboard.type('later ', { delay: 20 });
		await lines.getByText('later').waitFor();
		await item().hover();
		await page.locator('.workbench-hover', { hasText: 'nothing is asked' }).waitFor();
		await workbench.screenshot('completions/3-off');
		assert.equal(server.chats.length, count);
		await page.mouse.move(640, 300);
		await workbench.run('File: Revert File');
	});

	it('writes the commit message where it belongs', async function () {
		this.timeout(OPEN_MS);
		const { page } = workbench;
		await page.locator('.activitybar [aria-label^="Source Control"]').first().click();
		const button = page
			.locator(
				'.scm-view .action-label[aria-label^="Write Commit Message"], .part.sidebar .action-label[aria-label^="Write Commit Message"]',
			)
			.first();
		await button.waitFor();
		server.script({ text: 'Format all names at once', headersDelayMs: 1 });
		await workbench.screenshot('completions/4-source-control');
		await button.click();
		await page.locator('.scm-editor').getByText('Format all names at once').waitFor();
		await workbench.screenshot('completions/5-commit-message');
	});

	it('shows what a review found at its lines, and mends it there', async function () {
		this.timeout(OPEN_MS);
		const { page } = workbench;
		const findings = [
			{
				path: FILE,
				line: 1,
				code: 'for (let i = 0; i <= names.length; i++) format(names[i])',
				severity: 'high',
				title: 'Loop runs past the end',
				text: 'With `<=` the last round reads `names[names.length]`, which is undefined. Use `<`.',
			},
			{
				path: FILE,
				line: 1,
				code: 'console.log(names)',
				severity: 'low',
				title: 'Debug output is left',
				text: 'Remove the call of `console.log`.',
			},
		];
		server.script({ text: JSON.stringify({ findings }) });
		await workbench.run('OpenRouter Agent: Review Uncommitted Changes');
		await workbench.toast('2 findings in 1 changed file.').waitFor();
		await workbench.openFile(FILE);
		await page.keyboard.press('Control+End');
		await page.locator('.review-widget').getByText('Loop runs past the end').first().waitFor();
		await workbench.screenshot('completions/6-findings');
		await workbench.run('Notifications: Clear All Notifications');
		await workbench.setTheme('Light Modern');
		await workbench.screenshot('completions/7-findings-light');
		await workbench.setTheme('Dark High Contrast');
		await workbench.screenshot('completions/8-findings-contrast');
		await workbench.setTheme('Dark Modern');
		const finding = page.locator('.review-widget', { hasText: 'Loop runs past the end' });
		server.script({ text: `\`\`\`js\n${ADDED.trim().replace('<=', '<')}\n\`\`\`` });
		await finding.locator('[aria-label^="Fix with Agent"]').click();
		await page.locator('.codelens-decoration a', { hasText: 'Refine…' }).first().waitFor();
		await finding.waitFor({ state: 'hidden' });
		await workbench.screenshot('completions/9-mended');
		await poll(
			() => workbench.read(FILE),
			text => text.includes('i < names.length') && text.includes('console.log(names)'),
		);
	});
});
