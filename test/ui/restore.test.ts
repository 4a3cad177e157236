import { type OpenRouterServer, startOpenRouterServer } from '../openrouter-server/openRouterServer.ts';
import { poll } from './poll.ts';
import { original, PROJECT } from './renamedProject.ts';
import { keepPictureOfFailure, Workbench } from './workbench.ts';

const OPEN_MS = 240_000;
const README = 'README.md';
const CODE = 'index.js';
/** What the user types and saves after the agent's edits. */
const NOTE = '// my own note';

const headed = original(README).replace('# process-warning', '# Process warnings');
const typed = original(CODE).replace('throw new Error', 'throw new TypeError');

describe('going back to before a message, by keyboard', () => {
	let server: OpenRouterServer;
	let workbench: Workbench;

	before(async function () {
		this.timeout(OPEN_MS);
		server = await startOpenRouterServer();
		const settings = {
			'openrouterAgent.baseUrl': server.url,
			'openrouterAgent.model': 'anthropic/claude-sonnet-4.6',
			// A bracket or quote that closes by itself would be part of the note.
			'editor.autoClosingBrackets': 'never',
		};
		workbench = await Workbench.open({ project: PROJECT, settings });
		await workbench.setApiKey(server.key);
	});
	keepPictureOfFailure(() => workbench);
	after(async function () {
		this.timeout(OPEN_MS);
		await workbench?.close();
		await server?.close();
	});

	const onDisk = (path: string, text: string) =>
		poll(
			() => workbench.read(path),
			found => found === text,
		);
	const message = (text: string) => workbench.chat.locator('.bubble', { hasText: text });
	const restoreButtons = () => workbench.chat.getByRole('button', { name: 'Restore to before this message…' });

	async function ask(text: string, path: string, oldText: string, newText: string): Promise<void> {
		server.script(
			{ toolCalls: [{ name: 'edit', arguments: { path, edits: [{ oldText, newText }] } }] },
			{ text: `Done: ${text}` },
		);
		await workbench.send(text);
		await workbench.chat.getByText(`Done: ${text}`).waitFor();
	}

	async function choose(title: string, row: string): Promise<void> {
		await workbench.page.locator('.quick-input-title', { hasText: title }).waitFor();
		await workbench.page.keyboard.type(row);
		await workbench.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: row }).waitFor();
		await workbench.page.keyboard.press('Enter');
	}

	it('brings files and conversation back, and keeps what the user typed since', async function () {
		this.timeout(OPEN_MS);
		await ask('Name it better', README, '# process-warning\n', '# Process warnings\n');
		await ask(
			'Throw type errors',
			CODE,
			"if (!name) throw new Error('Warning name must not be empty')",
			"if (!name) throw new TypeError('Warning name must not be empty')",
		);
		await onDisk(CODE, typed);
		await workbench.openFile(CODE);
		await workbench.page.keyboard.press('Control+End');
		await workbench.page.keyboard.type(NOTE);
		await workbench.page.keyboard.press('Control+s');
		await onDisk(CODE, typed + NOTE);
		await restoreButtons().nth(1).press('Enter');
		await workbench.screenshot('restore/1-what');
		await choose('Restore to before “Throw type errors”', 'Files and conversation');
		await onDisk(CODE, original(CODE) + NOTE);
		await onDisk(README, headed);
		await message('Throw type errors').waitFor({ state: 'hidden' });
		await message('Name it better').waitFor();
		// The message is there to be sent again, in other words.
		await poll(
			() => workbench.composer.inputValue(),
			text => text === 'Throw type errors',
		);
		await workbench.screenshot('restore/2-restored');
	});

	it('is taken back by its notice', async function () {
		this.timeout(OPEN_MS);
		const notice = workbench.chat.locator('.notice', { hasText: 'Went back to before “Throw type errors”.' });
		await notice.getByRole('button', { name: 'Undo' }).press('Enter');
		await onDisk(CODE, typed + NOTE);
		await message('Throw type errors').waitFor();
	});

	it('brings back one file of several', async function () {
		this.timeout(OPEN_MS);
		await workbench.runByKeyboard('OpenRouter Agent: Restore a Checkpoint…');
		await choose('Restore to Before…', 'Name it better');
		await choose('Restore to before “Name it better”', 'Some files…');
		await workbench.page.locator('.quick-input-title', { hasText: 'Files to Restore' }).waitFor();
		await workbench.page.keyboard.type(CODE);
		await workbench.page.keyboard.press('ArrowDown');
		await workbench.page.keyboard.press('Space');
		await workbench.screenshot('restore/4-files');
		await workbench.page.keyboard.press('Enter');
		await onDisk(CODE, original(CODE) + NOTE);
		await onDisk(README, headed);
	});

	it('goes back further by command, for the files alone', async function () {
		this.timeout(OPEN_MS);
		await workbench.runByKeyboard('OpenRouter Agent: Restore a Checkpoint…');
		await choose('Restore to Before…', 'Name it better');
		await choose('Restore to before “Name it better”', 'Files only');
		await onDisk(README, original(README));
		await onDisk(CODE, original(CODE) + NOTE);
		await message('Throw type errors').waitFor();
		await workbench.screenshot('restore/3-files-only');
	});
});
