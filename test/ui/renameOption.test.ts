import assert from 'node:assert/strict';
import { type OpenRouterServer, startOpenRouterServer } from '../openrouter-server/openRouterServer.ts';
import { scenario } from '../openrouter-server/scenario.ts';
import renameOption from '../openrouter-server/scenarios/renameOption.json' with { type: 'json' };
import { callsWithoutOneResult } from './callResults.ts';
import { poll } from './poll.ts';
import { original, PROJECT, renamed } from './renamedProject.ts';
import { keepPictureOfFailure, Workbench } from './workbench.ts';

/** What the user types and does not save while the agent works on the same file. */
const NOTE = '// my own note';

describe('A task from question to undo, with a model', () => {
	let server: OpenRouterServer;
	let workbench: Workbench;

	before(async function () {
		this.timeout(180_000);
		server = await startOpenRouterServer({ scenario: scenario.parse(renameOption) });
		workbench = await Workbench.open({
			project: PROJECT,
			settings: {
				'openrouterAgent.approvals.level': 'ask',
				'openrouterAgent.baseUrl': server.url,
				'workbench.colorTheme': 'Default Dark Modern',
			},
		});
	});

	keepPictureOfFailure(() => workbench);

	after(async function () {
		this.timeout(60_000);
		await workbench?.close();
		await server?.close();
	});

	it('takes the key by command, checked and kept out of sight', async () => {
		await workbench.openChat();
		await workbench.screenshot('task/1-no-key');
		await workbench.run('OpenRouter Agent: Set API Key');
		await workbench.answerInput('OpenRouter API key', 'sk-or-v1-wrong');
		await workbench.page.locator('.notification-toast', { hasText: 'does not accept this key' }).waitFor();
		await workbench.setApiKey(` ${server.key}\n`);
		assert.ok(server.requests.some(({ path }) => path.endsWith('/key')));
		await workbench.run('Notifications: Clear All Notifications');
	});

	it('searches, reads, and edits three files after approval, one of them with unsaved text', async function () {
		this.timeout(120_000);
		const lines = await workbench.openFile('types/index.d.ts');
		await workbench.page.keyboard.press('Control+End');
		await workbench.page.keyboard.type(NOTE);
		await lines.getByText(/my.own.note/).waitFor();
		await workbench.openChat();
		await workbench.send('Rename the option `unlimited` to `repeated`');
		const { chat } = workbench;
		for (const file of ['index.js', 'index.d.ts', 'README.md']) {
			await workbench.approvalOf(file).waitFor();
			await workbench.screenshot(`task/2-approve-${file}`);
			await workbench.allow(file);
		}
		await chat.getByText('The tests still use the old name.').waitFor();
		await workbench.screenshot('task/3-done');
		assert.equal(workbench.read('index.js'), renamed('index.js'));
		assert.equal(workbench.read('README.md'), renamed('README.md'));
		// The user's unsaved work is not saved for them; the edit waits in the same buffer.
		assert.equal(workbench.read('types/index.d.ts'), original('types/index.d.ts'));
		await workbench.openFile('types/index.d.ts');
		await lines.getByText(/my.own.note/).waitFor();
		await workbench.page.keyboard.press('Control+Home');
		await lines.getByText(/repeated:.boolean;/).waitFor();
	});

	it('answers every call exactly once', () => {
		assert.equal(server.chats.length, 4);
		assert.deepEqual(callsWithoutOneResult(server.chats), []);
	});

	it('shows the key to nobody: not in requests but their header, not on disk, not on the page', async () => {
		const secret = server.key.slice(-16);
		assert.deepEqual(
			server.requests.filter(({ body }) => JSON.stringify(body ?? '').includes(secret)),
			[],
		);
		assert.deepEqual(workbench.filesHolding(secret), []);
		assert.ok(!(await workbench.chat.locator('html').innerHTML()).includes(secret));
	});

	it('undoes each edit and keeps what the user typed', async function () {
		this.timeout(60_000);
		await workbench.chat.getByRole('button', { name: /^Undo/ }).last().click();
		for (const path of ['index.js', 'README.md']) {
			await poll(
				() => workbench.read(path),
				text => text === original(path),
			);
		}
		const lines = await workbench.openFile('types/index.d.ts');
		await workbench.page.keyboard.press('Control+Home');
		await lines.getByText(/unlimited:.boolean;/).waitFor();
		await workbench.page.keyboard.press('Control+S');
		await poll(
			() => workbench.read('types/index.d.ts'),
			text => text !== original('types/index.d.ts'),
		);
		assert.equal(workbench.read('types/index.d.ts'), original('types/index.d.ts') + NOTE);
		await workbench.screenshot('task/4-undone');
	});

	it('changes nothing but the three files', () => {
		for (const path of ['test/emit-unlimited.test.js', 'package.json']) {
			assert.equal(workbench.read(path), original(path));
		}
	});
});
