import assert from 'node:assert/strict';
import { poll } from './poll.ts';
import { original, PROJECT } from './renamedProject.ts';
import { keepPictureOfFailure, Workbench } from './workbench.ts';

/** All files of the project in which the word stands. */
const FILES = [
	'index.js',
	'types/index.d.ts',
	'types/index.test-d.ts',
	'test/index.test.js',
	'test/issue-88.test.js',
	'test/emit-unlimited.test.js',
] as const;
const UNSAVED = 'README.md';
const NOTE = '\nMy own note';

const replaced = (path: string) => original(path).replace(/\bunlimited\b/g, 'repeated');

describe('The same task without a key', () => {
	let workbench: Workbench;

	before(async function () {
		this.timeout(180_000);
		// An address where nothing listens: the built-in assistant must not need it.
		workbench = await Workbench.open({
			project: PROJECT,
			settings: { 'openrouterAgent.baseUrl': 'http://127.0.0.1:9/api/v1', 'openrouterAgent.approvals.level': 'ask' },
		});
	});

	keepPictureOfFailure(() => workbench);

	after(async function () {
		this.timeout(60_000);
		await workbench?.close();
	});

	it('finds, and links to the lines', async function () {
		this.timeout(120_000);
		await workbench.openChat();
		await workbench.send('find `unlimited`');
		await workbench.chat
			.getByRole('link', { name: /index\.js/ })
			.first()
			.waitFor();
		await workbench.chat.getByText('no cost').first().waitFor();
		await workbench.screenshot('built-in/1-found');
		await workbench.chat
			.getByRole('link', { name: /index\.js/ })
			.first()
			.click();
		await workbench.editorOf('index.js');
	});

	it('replaces in every file after one approval for the session, one of them with unsaved text', async function () {
		this.timeout(120_000);
		const lines = await workbench.openFile(UNSAVED);
		await workbench.page.keyboard.press('Control+End');
		await workbench.page.keyboard.type(NOTE);
		await lines.getByText(/My.own.note/).waitFor();
		await workbench.send('rename `unlimited` to `repeated`');
		await workbench.chat
			.getByRole('heading', { name: /Edit .+\?/ })
			.first()
			.waitFor();
		await workbench.screenshot('built-in/2-approval');
		await workbench.chat.getByRole('button', { name: 'More ways to allow' }).click();
		await workbench.chat.getByRole('menuitem', { name: /in this session/ }).click();
		for (const path of FILES) {
			await poll(
				() => workbench.read(path),
				text => text === replaced(path),
			);
		}
		assert.equal(workbench.read(UNSAVED), original(UNSAVED), 'unsaved work is not saved for the user');
		await workbench.chat
			.getByText(/\d+ files/)
			.first()
			.waitFor();
		await workbench.screenshot('built-in/3-done');
	});

	it('undoes all of it, keeping what the user typed', async function () {
		this.timeout(60_000);
		await workbench.chat.getByRole('button', { name: /^Undo/ }).last().click();
		for (const path of FILES) {
			await poll(
				() => workbench.read(path),
				text => text === original(path),
			);
		}
		await workbench.openFile(UNSAVED);
		await workbench.page.keyboard.press('Control+S');
		await poll(
			() => workbench.read(UNSAVED),
			text => text === original(UNSAVED) + NOTE,
		);
	});

	it('says what needs a model', async function () {
		this.timeout(60_000);
		await workbench.send('write tests for index.js');
		await workbench.chat
			.getByText(/needs? a model/)
			.first()
			.waitFor();
	});
});
