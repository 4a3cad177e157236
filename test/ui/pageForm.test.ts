import assert from 'node:assert/strict';
import type { HostMessage } from '../../src/protocol/messages.ts';
import { type ChatPage, PageHarness } from './pageHarness/openPage.ts';
import { faultyForm, formWith, idle } from './pageHarness/states.ts';

const target = 'anthropic/claude-sonnet-5';
const shown: HostMessage = { type: 'snapshot', state: idle, total: 0, from: 0, items: [], view: 'form' };
const stored = {
	reasoningEffort: 'high',
	fallbackModels: ['openai/gpt-5', 'z-ai/glm-5.2'],
	routing: { zeroDataRetention: true },
} as const;
const form = (settings: Parameters<typeof formWith>[0] = {}): HostMessage => ({
	type: 'form',
	form: formWith({ map: { [target]: stored, '*': { temperature: 0.2 } }, ...settings }),
});

describe('the form for the settings of a model', function () {
	this.timeout(60_000);
	let harness: PageHarness;
	let chat: ChatPage;

	before(async () => {
		harness = await PageHarness.start();
	});
	after(() => harness?.stop());
	beforeEach(async () => {
		chat = await harness.open();
		await chat.send(shown, form());
		await chat.takePosted();
	});
	afterEach(async () => {
		const { complaints } = chat;
		await chat.close();
		assert.deepEqual(complaints, []);
	});

	const field = (name: string) => chat.page.getByLabel(name, { exact: true });
	const button = (name: string) => chat.page.getByRole('button', { name, exact: true });
	const saved = async () => (await chat.waitFor('saveSettings')).settings;

	it('stores what was changed of every kind of field, and nothing else', async () => {
		await field('Effort').selectOption('low');
		await field('Longest answer').fill('4000');
		await field('Zero data retention').uncheck();
		await field('Others may step in').uncheck();
		await field('Preset').fill('mine');
		await field('BF16').check();
		await field('New entry of Try first').fill('deepinfra/turbo');
		await chat.page.keyboard.press('Enter');
		await field('Temperature').fill('0.');
		assert.equal(await field('Temperature').inputValue(), '0.');
		await field('Temperature').fill('0.5');
		await button('Save').click();
		assert.deepEqual(await saved(), {
			reasoningEffort: 'low',
			maxOutputTokens: 4000,
			temperature: 0.5,
			preset: 'mine',
			fallbackModels: ['openai/gpt-5', 'z-ai/glm-5.2'],
			routing: {
				zeroDataRetention: false,
				allowFallbacks: false,
				quantizations: ['bf16'],
				order: ['deepinfra/turbo'],
			},
		});
	});

	it('is done with once the settings are stored', async () => {
		await field('Preset').fill('mine');
		await chat.page.keyboard.press('Control+Enter');
		await saved();
		assert.equal((await chat.takePosted()).length, 1);
		await chat.send({ ...shown, view: 'chat' });
		assert.equal(await chat.page.getByRole('status').textContent(), 'Settings saved');
		await chat.send(shown, form());
		assert.equal(await field('Preset').inputValue(), '');
	});

	it('keeps what is typed when more is known of the model meanwhile', async () => {
		await field('Preset').fill('mine');
		await chat.send(form({ providers: [{ value: 'new', label: 'New provider' }] }));
		assert.equal(await field('Preset').inputValue(), 'mine');
		await field('New entry of Try first').fill('new');
		await chat.page.keyboard.press('Enter');
		assert.ok(await chat.page.getByText('New provider').first().isVisible());
	});

	it('puts the focus on the first field with a fault, says what is wrong there, and keeps what was typed', async () => {
		await field('Temperature').fill('12');
		await field('Preset').fill('no spaces');
		await button('Save').click();
		await chat.send({ type: 'form', form: faultyForm(await saved()) });
		const focused = chat.page.locator(':focus');
		assert.equal(await focused.inputValue(), '12');
		const described = (await focused.getAttribute('aria-describedby')) ?? '';
		const texts = await Promise.all(described.split(' ').map(id => chat.page.locator(`[id="${id}"]`).textContent()));
		assert.equal(texts.at(-1)?.trim(), 'This must be at most 2.');
		assert.equal(await field('Preset').getAttribute('aria-invalid'), 'true');
		assert.equal(await field('Longest answer').getAttribute('aria-invalid'), 'false');
	});

	it('opens a folded group for a fault in it', async () => {
		await button('Sampling').click();
		await field('Top K').fill('1.5');
		await button('Sampling 1 set').click();
		await chat.page.keyboard.press('Control+Enter');
		await chat.send({ type: 'form', form: faultyForm(await saved()) });
		assert.equal(await chat.page.locator(':focus').inputValue(), '1.5');
	});

	it('asks what becomes of changes before it is left', async () => {
		await chat.page.keyboard.press('Escape');
		assert.deepEqual(await chat.takePosted(), [{ type: 'closeForm' }]);
		await field('Preset').fill('mine');
		await chat.page.keyboard.press('Escape');
		assert.deepEqual(await chat.takePosted(), []);
		await button('Keep editing').click();
		assert.equal(await chat.page.locator(':focus').inputValue(), 'mine');
		await field('These settings are for').selectOption('*');
		await chat.page.keyboard.press('Escape');
		assert.deepEqual(await chat.takePosted(), []);
		assert.equal(await field('These settings are for').inputValue(), target);
		await field('These settings are for').selectOption('*');
		await button('Discard').click();
		assert.deepEqual(await chat.takePosted(), [{ type: 'openSettingsForm', target: '*' }]);
	});

	it('shows the settings of another target, and what more models have where nothing is set', async () => {
		assert.equal(await field('Temperature').getAttribute('placeholder'), '0.2');
		await field('These settings are for').selectOption('*');
		await chat.waitFor('openSettingsForm');
		await chat.send(form({ target: '*' }));
		assert.equal(await field('Temperature').inputValue(), '0.2');
		assert.equal(await field('Effort').inputValue(), '');
	});

	it('keeps changes that are not stored while the page is rebuilt', async () => {
		await field('Preset').fill('mine');
		await chat.page.reload();
		await chat.waitFor('ready');
		await chat.send(shown, form());
		assert.equal(await field('Preset').inputValue(), 'mine');
		await button('Cancel').click();
		await button('Discard').click();
		await chat.page.reload();
		await chat.waitFor('ready');
		await chat.send(shown, form());
		assert.equal(await field('Preset').inputValue(), '');
	});

	it('marks what is set, and takes one setting or all of them back', async () => {
		const marked = () => chat.page.locator('.field.is-set .field-label').allTextContents();
		assert.deepEqual(await marked(), ['Effort', 'Zero data retention', 'Fallback models']);
		await button('Take back: Effort').click();
		assert.deepEqual(await marked(), ['Zero data retention', 'Fallback models']);
		await button('Reset').click();
		assert.deepEqual(await marked(), []);
		await button('Save').click();
		assert.deepEqual(await saved(), {});
	});

	it('orders names by keyboard, without losing the focus', async () => {
		const names = () =>
			chat.page.getByRole('list', { name: 'Fallback models' }).locator('.name-text').allTextContents();
		const focused = () => chat.page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
		await button('Move GPT-5 down').focus();
		await chat.page.keyboard.press('Enter');
		assert.deepEqual(await names(), ['GLM 5.2', 'GPT-5']);
		assert.equal(await focused(), 'Move GPT-5 down');
		assert.equal(await chat.page.getByRole('status').textContent(), 'GPT-5 is now 2 of 2');
		await chat.page.keyboard.press('Alt+ArrowUp');
		assert.deepEqual(await names(), ['GPT-5', 'GLM 5.2']);
		await chat.page.keyboard.press('Delete');
		assert.deepEqual(await names(), ['GLM 5.2']);
		assert.equal(await focused(), 'New entry of Fallback models');
		await chat.page.keyboard.type('openai/gpt-5');
		await chat.page.keyboard.press('Enter');
		assert.deepEqual(await names(), ['GLM 5.2', 'GPT-5']);
	});

	it('counts a number up and down with the arrow keys, within its bounds', async () => {
		await field('Temperature').fill('1.9');
		for (const key of ['ArrowUp', 'ArrowUp', 'ArrowDown']) {
			await field('Temperature').press(key);
		}
		assert.equal(await field('Temperature').inputValue(), '1.9');
	});
});
