import assert from 'node:assert/strict';
import { poll } from './poll.ts';
import { Workbench } from './workbench.ts';

const HOST_START_MS = 60_000;

describe('the extension in a new window', function () {
	this.timeout(180_000);
	let workbench: Workbench;

	before(async () => {
		workbench = await Workbench.open({
			project: 'test/fixtures/workspace',
			settings: { 'workbench.colorTheme': 'Default Dark Modern' },
		});
	});

	afterEach(async function () {
		if (this.currentTest?.state === 'failed') {
			await workbench?.screenshot(`failed/${this.currentTest.title}`);
		}
	});

	after(() => workbench?.close());

	it('opens the chat from its icon', async () => {
		await workbench.openChat();
		await workbench.screenshot('smoke/dark');
	});

	it('answers without a key', async () => {
		await workbench.send('find greet');
		await workbench.chat.getByText('greet.ts').first().waitFor();
	});

	it('comes back with the conversation after the extension host was killed', async () => {
		const before = workbench.extensionHosts();
		workbench.killExtensionHost();
		await poll(
			() => workbench.extensionHosts().filter(pid => !before.includes(pid)).length,
			count => count > 0,
			HOST_START_MS,
		);
		await workbench.chat.getByText('greet.ts').first().waitFor({ timeout: HOST_START_MS });
	});

	it('comes back with the conversation after the window is reloaded', async () => {
		await workbench.reload();
		await workbench.openChat();
		await workbench.chat.getByText('greet.ts').first().waitFor();
	});

	it('follows the theme', async () => {
		const background = () =>
			workbench.chat
				.locator('body')
				.evaluate(body => getComputedStyle(body).getPropertyValue('--vscode-editor-background'));
		const dark = await background();
		await workbench.setTheme('Light Modern');
		assert.notEqual(await poll(background, colour => colour !== dark), dark);
		await workbench.screenshot('smoke/light');
	});

	it('fits into a narrow side bar', async () => {
		await workbench.setSideBarWidth(260);
		const overflow = await workbench.chat.locator('html').evaluate(html => html.scrollWidth - html.clientWidth);
		assert.equal(overflow, 0);
		await workbench.screenshot('smoke/narrow');
	});
});
