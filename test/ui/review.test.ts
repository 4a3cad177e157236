import assert from 'node:assert/strict';
import { type OpenRouterServer, startOpenRouterServer } from '../openrouter-server/openRouterServer.ts';
import { poll } from './poll.ts';
import { original, PROJECT } from './renamedProject.ts';
import { keepPictureOfFailure, Workbench } from './workbench.ts';

const OPEN_MS = 300_000;
const CODE = 'index.js';
const README = 'README.md';
const themes = { dark: 'Dark Modern', light: 'Light Modern', contrast: 'Dark High Contrast' } as const;

type Change = readonly [oldText: string, newText: string];

/** Lines changed, lines only removed, and lines only added. */
const REPLACEMENT: Change = [
	"  if (!name) throw new Error('Warning name must not be empty')\n  if (!code) throw new Error('Warning code must not be empty')\n",
	"  if (!name) throw new TypeError('A warning needs a name')\n  if (!code) throw new TypeError('A warning needs a code')\n  if (!message) throw new TypeError('A warning needs a message')\n",
];
const REMOVAL: Change = [
	"  if (typeof unlimited !== 'boolean') throw new Error('Warning opts.unlimited must be a boolean')\n\n",
	'',
];
const ADDITION: Change = ['  warning.emitted = false\n', '  warning.emitted = false\n  warning.count = 0\n'];
const LAST: Change = ['    let formatted\n', '    let formatted = message\n'];
const codeChanges = [REPLACEMENT, REMOVAL, ADDITION, LAST];
/** Without the one that the test rejects. */
const keptChanges = [REPLACEMENT, ADDITION, LAST];
const readmeChanges: readonly Change[] = [['# process-warning\n', '# Process warnings\n']];

/** The text with some of the changes made. */
function changed(path: string, changes: readonly Change[]): string {
	return changes.reduce((text, [oldText, newText]) => {
		assert.equal(text.split(oldText).length, 2, oldText);
		return text.replace(oldText, () => newText);
	}, original(path));
}

const edit = (path: string, changes: readonly Change[]) => ({
	name: 'edit',
	arguments: { path, edits: changes.map(([oldText, newText]) => ({ oldText, newText })) },
});

describe('the review by keyboard', () => {
	let server: OpenRouterServer;
	let workbench: Workbench;

	before(async function () {
		this.timeout(OPEN_MS);
		server = await startOpenRouterServer();
		const settings = { 'openrouterAgent.baseUrl': server.url, 'openrouterAgent.model': 'anthropic/claude-sonnet-4.6' };
		workbench = await Workbench.open({ project: PROJECT, settings, viewport: { width: 1440, height: 900 } });
		await workbench.setApiKey(server.key);
	});
	keepPictureOfFailure(() => workbench);
	after(async function () {
		this.timeout(OPEN_MS);
		await workbench?.close();
		await server?.close();
	});

	const press = (keys: string) => workbench.page.keyboard.press(keys);
	const statusItem = () => workbench.page.locator('.statusbar-item[id$="openrouterAgent.reviewStatus"]');
	const status = (text: string) => statusItem().filter({ hasText: text }).waitFor();
	const noStatus = () => statusItem().waitFor({ state: 'hidden' });
	const lens = (text: string) => workbench.page.locator('.codelens-decoration a', { hasText: text });
	const onDisk = (path: string, text: string) =>
		poll(
			() => workbench.read(path),
			found => found === text,
		);

	async function inAllThemes(name: string): Promise<void> {
		for (const [short, theme] of Object.entries(themes)) {
			await workbench.setTheme(theme);
			await workbench.screenshot(`review/${name}-${short}`);
		}
		await workbench.setTheme(themes.dark);
	}

	/** Has the agent make the edits, in a turn of its own. */
	async function askForEdits(
		...edits: readonly (readonly [path: string, changes: readonly Change[]])[]
	): Promise<void> {
		server.script({ toolCalls: edits.map(([path, changes]) => edit(path, changes)) }, { text: 'Done.' });
		await workbench.openChat();
		await workbench.send('Make the errors better');
	}

	it('goes to the first change, which has its lines tinted and its buttons above', async function () {
		this.timeout(OPEN_MS);
		await askForEdits([CODE, codeChanges], [README, readmeChanges]);
		await onDisk(CODE, changed(CODE, codeChanges));
		await onDisk(README, changed(README, readmeChanges));
		await status('5 changes of the agent');
		await press('Control+F7');
		await workbench.editorOf(CODE);
		await status('Change 1 of 5 · 3 added, 2 removed');
		await lens('Reject').first().waitFor();
		await inAllThemes('1-hunks');
	});

	it('shows the removed lines in place', async function () {
		this.timeout(OPEN_MS);
		await press('Alt+F3');
		await workbench.page
			.locator('.peekview-widget .view-lines')
			.getByText("'Warning name must not be empty'")
			.first()
			.waitFor();
		await inAllThemes('2-peek');
		await press('Escape');
		await workbench.editorOf(CODE);
	});

	it('accepts one change, and rejects the next one', async function () {
		this.timeout(OPEN_MS);
		await press('Control+F8');
		await status('Change 1 of 4 · 2 lines removed');
		await press('Control+Shift+F8');
		await onDisk(CODE, changed(CODE, keptChanges));
		await status('Change 1 of 3 · 1 line added');
		await lens('1 of 2').waitFor();
	});

	it('steps through the files in their order, and round again', async function () {
		this.timeout(OPEN_MS);
		await press('Control+F7');
		await status('Change 2 of 3');
		await press('Control+F7');
		await workbench.editorOf(README);
		await status('Change 3 of 3');
		await press('Control+F7');
		await workbench.editorOf(CODE);
		await status('Change 1 of 3');
		await press('Control+Shift+F7');
		await workbench.editorOf(README);
		await status('Change 3 of 3');
	});

	it('is listed in the explorer and in the source control view', async function () {
		this.timeout(OPEN_MS);
		await press('Control+Shift+e');
		await workbench.page.waitForFunction(markedFiles);
		await inAllThemes('3-explorer');
		await press('Control+Shift+g');
		await workbench.page.locator('.scm-view .resource', { hasText: README }).waitFor();
		await inAllThemes('4-source-control');
	});

	it('opens all changes in one diff', async function () {
		this.timeout(OPEN_MS);
		await workbench.runByKeyboard('OpenRouter Agent: Open All Changes');
		await workbench.page.locator('.multiDiffEntry', { hasText: CODE }).waitFor();
		await workbench.page.locator('.multiDiffEntry', { hasText: README }).waitFor();
		await inAllThemes('5-all-changes');
		await press('Control+w');
		await workbench.editorOf(README);
	});

	it('is there after a reload of the window, and after the extension host died', async function () {
		this.timeout(OPEN_MS);
		await workbench.reload();
		// Nothing of the extension runs before it is used.
		await workbench.openChat();
		await workbench.openFile(CODE);
		await lens('1 of 2').waitFor();
		await status('Change 1 of 3');
		workbench.killExtensionHost();
		await lens('1 of 2').waitFor({ state: 'hidden' });
		// The editor brings the view back by itself, and that the review.
		await lens('1 of 2').waitFor();
		await workbench.openFile(CODE);
		await press('Control+F7');
		await status('Change 2 of 3');
	});

	it('accepts the rest of a file, and rejects all that is left', async function () {
		this.timeout(OPEN_MS);
		await workbench.openFile(CODE);
		await press('Control+k');
		await press('Control+F8');
		await lens('Accept').first().waitFor({ state: 'hidden' });
		await status('No changes left in this file · 1 in another');
		await workbench.runByKeyboard('OpenRouter Agent: Reject All Changes');
		await onDisk(README, original(README));
		assert.equal(workbench.read(CODE), changed(CODE, keptChanges));
		await noStatus();
	});

	it('comes and goes with undo and redo', async function () {
		this.timeout(OPEN_MS);
		await workbench.openFile(CODE);
		await askForEdits([CODE, [REMOVAL]]);
		await status('1 change of the agent');
		await press('Control+F7');
		await workbench.editorOf(CODE);
		await lens('1 of 1').waitFor();
		await press('Control+z');
		await noStatus();
		await poll(
			() => lens('Accept').count(),
			count => count === 0,
		);
		await press('Control+Shift+z');
		// The cursor is where it was when the agent wrote: the change may be off the screen.
		await status('1 change of the agent');
		await press('Control+F7');
		await lens('1 of 1').waitFor();
	});
});

/** Whether two rows of the explorer have the mark of files under review, which is drawn by the style sheet alone. */
function markedFiles(): boolean {
	const labels = [...document.querySelectorAll('.explorer-folders-view .monaco-icon-label')];
	return labels.filter(label => getComputedStyle(label, '::after').content.includes('±')).length === 2;
}
