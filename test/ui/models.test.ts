import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type OpenRouterServer, startOpenRouterServer } from '../openrouter-server/openRouterServer.ts';
import { poll } from './poll.ts';
import { PROJECT } from './renamedProject.ts';
import { nextChat } from './sentChat.ts';
import { keepPictureOfFailure, Workbench } from './workbench.ts';

const SONNET = 'anthropic/claude-sonnet-4.6';

describe('Models and their settings', () => {
	let server: OpenRouterServer;
	let workbench: Workbench;

	before(async function () {
		this.timeout(180_000);
		// Nobody listens there until the second test.
		const reserved = await startOpenRouterServer();
		await reserved.close();
		workbench = await Workbench.open({ project: PROJECT, settings: { 'openrouterAgent.baseUrl': reserved.url } });
		await workbench.openChat();
		server = reserved;
	});

	keepPictureOfFailure(() => workbench);

	after(async function () {
		this.timeout(60_000);
		await workbench?.close();
		await server?.close();
	});

	const picker = () => workbench.page.locator('.quick-input-widget');
	const title = () => picker().locator('.quick-input-title').textContent();
	const modelButton = () => workbench.chat.getByRole('button', { name: /^Model: / });
	const field = (name: string) => workbench.chat.getByLabel(name, { exact: true });
	const type = (text: string) => workbench.page.keyboard.type(text);
	const press = (key: string) => workbench.page.keyboard.press(key);
	const separators = () => picker().locator('.quick-input-list-separator').allTextContents();
	/** Goes to a field of the form by Tab. */
	const tabTo = async (name: string) => {
		for (let presses = 0; presses < 80; presses++) {
			if (await field(name).evaluate(element => element === element.ownerDocument.activeElement)) {
				return;
			}
			await press('Tab');
		}
		assert.fail(`Tab does not lead to "${name}".`);
	};
	/** Opens the picker, and chooses by typing and Enter. */
	const chooseByKeyboard = async (text: string, name: string) => {
		await workbench.runByKeyboard('OpenRouter Agent: Choose Model');
		await workbench.page.getByPlaceholder(/^Search by name or id/).waitFor();
		await type(text);
		await workbench.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: name }).waitFor();
		await press('Enter');
		await picker().waitFor({ state: 'hidden' });
	};
	const send = (text: string) => nextChat(server, () => workbench.send(text));
	/** Waits until the newest turn is over. */
	const idle = () => workbench.chat.getByRole('button', { name: 'Stop (Escape)' }).waitFor({ state: 'hidden' });

	it('lists the models of the package, and says of which day, where the service cannot be reached', async function () {
		this.timeout(60_000);
		await workbench.run('OpenRouter Agent: Choose Model');
		await workbench.page.getByPlaceholder(/^Search by name or id/).waitFor();
		assert.match((await poll(title, text => /could not/.test(text ?? ''))) ?? '', /offline list of \w+ \d+, 20\d\d/);
		assert.ok((await workbench.rowOf('$').count()) > 3);
		await workbench.screenshot('models/1-offline');
		await press('Escape');
	});

	it('asks for the list again by command', async function () {
		this.timeout(60_000);
		server = await startOpenRouterServer({ port: Number(new URL(server.url).port) });
		await workbench.setApiKey(server.key);
		await workbench.run('OpenRouter Agent: Refresh Model List');
		await workbench.toast(/up to date: \d+ models/).waitFor();
	});

	it('takes a model by the keyboard alone, and the next request has it', async function () {
		this.timeout(60_000);
		await chooseByKeyboard('claude sonnet 4.6', 'Claude Sonnet 4.6');
		await modelButton().getByText('Claude Sonnet 4.6').waitFor();
		assert.equal((await send('Hello')).model, SONNET);
		await workbench.chat.locator('.receipt').first().waitFor();
	});

	it('names the model and the provider that served in the receipt', async () => {
		const receipt = workbench.chat
			.getByRole('button', { name: /Claude Sonnet 4\.6/ })
			.and(workbench.chat.locator('.receipt-label'));
		await receipt.focus();
		await press('Enter');
		const request = workbench.chat.getByRole('table', { name: 'Requests of this turn' }).getByRole('rowheader');
		assert.match((await request.textContent()) ?? '', /^1\. Answer · Local · Claude Sonnet 4\.6$/);
		await workbench.screenshot('models/2-receipt');
		await press('Enter');
	});

	it('keeps favourites, and the models used last, at the top of the list', async function () {
		this.timeout(60_000);
		await workbench.run('OpenRouter Agent: Choose Model');
		await type('glm 4.7');
		const row = workbench.rowOf('z-ai/glm-4.7').filter({ hasNotText: 'flash' }).first();
		await row.hover();
		await row.getByRole('button', { name: 'Add to favourites' }).click();
		await press('Control+a');
		await press('Delete');
		await poll(separators, texts => texts.includes('Favourites') && texts.includes('Recent'));
		await workbench.screenshot('models/3-favourites');
		await press('Escape');
	});

	it('sends the reasoning effort that was chosen, and shows it', async function () {
		this.timeout(60_000);
		await workbench.run('OpenRouter Agent: Choose Reasoning Effort');
		await workbench.rowOf('Low').hover();
		await workbench.screenshot('models/4-effort');
		await workbench.rowOf('Low').click();
		await workbench.chat.getByRole('button', { name: 'Reasoning effort: Low' }).waitFor();
		assert.equal((await send('Think')).reasoning?.effort, 'low');
		await idle();
	});

	it('takes routing by a form and the keyboard alone', async function () {
		this.timeout(60_000);
		await workbench.runByKeyboard('OpenRouter Agent: Edit Model Settings and Routing');
		await field('These settings are for').waitFor();
		await tabTo('Temperature');
		await type('12');
		await press('Control+Enter');
		await workbench.chat.getByText('This must be at most 2.').waitFor();
		await workbench.screenshot('models/5-form-fault');
		assert.deepEqual(workbench.userSetting('openrouterAgent.modelSettings'), { [SONNET]: { reasoningEffort: 'low' } });
		await press('Control+a');
		await press('Delete');
		await tabTo('Prefer');
		await type('The most');
		await tabTo('New entry of Never these');
		await type('deepinfra');
		await press('Enter');
		await tabTo('New entry of Fallback models');
		await type('z-ai/glm-4.7');
		await press('Enter');
		await workbench.screenshot('models/6-form');
		await press('Control+Enter');
		await field('These settings are for').waitFor({ state: 'hidden' });
		const body = await send('Hello again');
		assert.deepEqual(
			{ sort: body.provider?.sort, ignore: body.provider?.ignore, models: body.models },
			{ sort: 'throughput', ignore: ['deepinfra'], models: ['z-ai/glm-4.7'] },
		);
		await idle();
	});

	it('sends a picture that is pasted', async function () {
		this.timeout(60_000);
		await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
		await workbench.composer.evaluate(async target => {
			const canvas = document.createElement('canvas');
			canvas.width = 40;
			canvas.height = 30;
			canvas.getContext('2d')?.fillRect(0, 0, 20, 30);
			const blob = await new Promise<Blob | null>(done => canvas.toBlob(done, 'image/png'));
			const data = new DataTransfer();
			data.items.add(new File([blob ?? ''], 'picture.png', { type: 'image/png' }));
			target.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
		});
		await workbench.chat.getByRole('list', { name: 'Images' }).getByText('Image 1').waitFor();
		await workbench.screenshot('models/7-image');
		const { messages } = await send('What is this?');
		const content = messages.findLast(({ role }) => role === 'user')?.content ?? [];
		const image = typeof content === 'string' ? undefined : content.find(({ type: kind }) => kind === 'image_url');
		assert.match(image?.image_url?.url ?? '', /^data:image\/png;base64,iVBOR/);
		await idle();
	});

	it('takes an id with the gateway in front, as other tools write it', async function () {
		this.timeout(60_000);
		await workbench.writeSettings({ 'openrouterAgent.model': 'openrouter/z-ai/glm-4.7' });
		await modelButton().getByText('GLM 4.7').waitFor();
		await workbench.newSession();
		assert.equal((await send('Hello')).model, 'z-ai/glm-4.7');
		await idle();
	});

	it('says which ids are near one that nobody offers, and goes on with the one that is pressed', async function () {
		this.timeout(60_000);
		const chats = server.chats.length;
		await workbench.writeSettings({ 'openrouterAgent.model': 'anthropic/claude-sonet-4.6' });
		await modelButton().getByText('claude-sonet-4.6').waitFor();
		await workbench.send('Who are you?');
		await workbench.chat.getByText('Model not offered').waitFor();
		await workbench.screenshot('models/8-unknown');
		assert.equal(server.chats.length, chats);
		const body = await nextChat(server, () => workbench.chat.getByRole('button', { name: `Use ${SONNET}` }).click());
		assert.equal(body.model, SONNET);
		assert.equal(workbench.userSetting('openrouterAgent.model'), SONNET);
		await idle();
	});

	it('offers models with tools for one that has none, before anything is sent', async function () {
		this.timeout(60_000);
		const chats = server.chats.length;
		await workbench.writeSettings({ 'openrouterAgent.model': 'openai/o1-pro' });
		await modelButton().getByText('o1-pro').waitFor();
		await workbench.send('Who are you now?');
		await workbench.chat.getByText('Model cannot do this').waitFor();
		await workbench.screenshot('models/9-no-tools');
		assert.equal(server.chats.length, chats);
		const body = await nextChat(server, () =>
			workbench.chat
				.getByRole('button', { name: /^Use openai\// })
				.first()
				.click(),
		);
		assert.match(body.model, /^openai\//);
		await idle();
	});

	it('names a setting that cannot be read, and keeps the rest', async function () {
		this.timeout(60_000);
		await workbench.writeSettings({
			'openrouterAgent.model': SONNET,
			'openrouterAgent.modelSettings': { [SONNET]: { temperature: 'hot', reasoningEffort: 'high' } },
		});
		await workbench.toast(/temperature/).hover();
		await workbench.screenshot('models/10-bad-setting');
		const body = await send('And now?');
		assert.equal(body.reasoning?.effort, 'high');
		assert.equal(body['temperature'], undefined);
	});

	it('says so when the settings of the workspace count more than the choice', async function () {
		this.timeout(60_000);
		mkdirSync(join(workbench.folder, '.vscode'));
		const settings = JSON.stringify({ 'openrouterAgent.model': 'z-ai/glm-4.7' });
		writeFileSync(join(workbench.folder, '.vscode/settings.json'), settings);
		await modelButton().getByText('GLM 4.7').waitFor();
		await chooseByKeyboard('claude sonnet 4.6', 'Claude Sonnet 4.6');
		await workbench.toast(/settings of this workspace name the model "z-ai\/glm-4\.7"/).hover();
		await workbench.screenshot('models/11-workspace');
		await modelButton().getByText('GLM 4.7').waitFor();
	});
});
