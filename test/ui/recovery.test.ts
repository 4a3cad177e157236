import assert from 'node:assert/strict';
import { type OpenRouterServer, startOpenRouterServer } from '../openrouter-server/openRouterServer.ts';
import { PROJECT } from './renamedProject.ts';
import { nextChat, sentChatOf } from './sentChat.ts';
import { keepPictureOfFailure, Workbench } from './workbench.ts';

/** Reads 16,385 tokens, so that a long conversation is made quickly. */
const SMALL = 'openai/gpt-3.5-turbo-16k';
const ROOMY = 'anthropic/claude-sonnet-4.6';
const FALLBACK = 'z-ai/glm-4.7';

const SENTENCE = 'A stone in the river is a word in a letter that nobody reads before the winter. ';

/** An answer of some 2,000 tokens. */
function longAnswer(number: number): string {
	return `Answer ${number}: ${SENTENCE.repeat(100)}`;
}

describe('What passes by itself, and what must not stop the work', () => {
	let server: OpenRouterServer;
	let workbench: Workbench;

	before(async function () {
		this.timeout(180_000);
		server = await startOpenRouterServer();
		workbench = await Workbench.open({
			project: PROJECT,
			settings: {
				'openrouterAgent.baseUrl': server.url,
				'openrouterAgent.model': ROOMY,
				'openrouterAgent.modelSettings': {
					[ROOMY]: { fallbackModels: [] },
					'openai/gpt-5-mini': { fallbackModels: [FALLBACK] },
				},
			},
		});
		await workbench.setApiKey(server.key);
	});

	keepPictureOfFailure(() => workbench);

	after(async function () {
		this.timeout(60_000);
		await workbench?.close();
		await server?.close();
	});

	const notice = (text: string | RegExp) => workbench.chat.locator('.notice', { hasText: text });
	const send = (text: string) => nextChat(server, () => workbench.send(text));
	const button = (name: string | RegExp) => workbench.chat.getByRole('button', { name });
	const useModel = async (id: string) => {
		await workbench.run('OpenRouter Agent: Choose Model');
		await workbench.page.getByPlaceholder(/^Search by name or id/).waitFor();
		await workbench.page.keyboard.type(id);
		await workbench.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: id }).waitFor();
		await workbench.page.keyboard.press('Enter');
		await workbench.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
	};

	it('counts down as long as the service asks to wait, and asks at once on demand', async function () {
		this.timeout(60_000);
		server.script({ refuse: 'upstream', retryAfter: 30 }, { text: 'Here I am.' });
		await send('Are you there?');
		await notice(/Trying again in (2\d|30) s\./).waitFor();
		await workbench.screenshot('recovery/1-countdown');
		await nextChat(server, () => button('Try now').click());
		await workbench.chat.getByText('Here I am.').waitFor();
		await notice(/Tried again\./).waitFor();
		assert.equal(await button('Try now').count(), 0);
	});

	it('goes on with another model that is chosen while it waits', async function () {
		this.timeout(60_000);
		server.script({ refuse: 'upstream', retryAfter: 300 });
		await send('And now?');
		await button('Other model').click();
		await workbench.page.getByPlaceholder(/^Search by name or id/).waitFor();
		await workbench.page.keyboard.type('openai/gpt-5-mini');
		await workbench.page
			.locator('.quick-input-list .monaco-list-row.focused', { hasText: 'openai/gpt-5-mini' })
			.waitFor();
		const body = await nextChat(server, () => workbench.page.keyboard.press('Enter'));
		assert.equal(body.model, 'openai/gpt-5-mini');
		await workbench.chat.getByText('Hello!').waitFor();
		await workbench.screenshot('recovery/2-other-model');
	});

	it('keeps the text of a cut answer as interrupted, and has the whole answer once', async function () {
		this.timeout(60_000);
		const text = 'The first half of it stands here, and the second half of it comes behind.';
		server.script({ text, pieces: 'event', fault: { afterBytes: 1_200, how: 'reset' } }, { text });
		const chats = server.chats.length;
		await workbench.send('Tell me');
		await workbench.chat.getByText(text).waitFor();
		assert.equal(server.chats.length, chats + 2);
		await workbench.screenshot('recovery/3-cut');
		await notice(/The connection broke/).waitFor();
		assert.equal(await workbench.chat.getByText('comes behind.').count(), 1);
		const next = await send('And then?');
		const said = next.messages.filter(
			({ role, content }) => role === 'assistant' && JSON.stringify(content).includes('first half'),
		);
		assert.equal(said.length, 1);
	});

	it('goes on with the fallback model when the first cannot answer, and says so', async function () {
		this.timeout(60_000);
		const refusal = { error: '503-no-provider.json' } as const;
		server.script(refusal, refusal, refusal, { text: 'The second one answers.' });
		await workbench.send('Who answers?');
		await workbench.chat.getByText('The second one answers.').waitFor();
		await notice('GPT-5 Mini could not answer')
			.getByText(/Continued on GLM 4\.7\./)
			.waitFor();
		assert.equal(sentChatOf(server.chats.at(-1)?.body).model, FALLBACK);
		await workbench.screenshot('recovery/4-fallback');
	});

	it('says that there is too little to compact', async function () {
		this.timeout(60_000);
		await workbench.newSession();
		await send('Hello');
		await workbench.chat.getByText('Hello!').waitFor();
		const chats = server.chats.length;
		await workbench.run('OpenRouter Agent: Compact Conversation');
		await workbench.toast(/too little to compact/).waitFor();
		await workbench.screenshot('recovery/5-too-little');
		assert.equal(server.chats.length, chats);
	});

	it('compacts on demand, and shows what was kept', async function () {
		this.timeout(90_000);
		await useModel(SMALL);
		await workbench.newSession();
		for (let turn = 1; turn <= 4; turn++) {
			server.script({ text: longAnswer(turn) });
			await send(`Question ${turn}`);
			await workbench.chat.getByText(`Answer ${turn}:`).waitFor();
			await button('Stop (Escape)').waitFor({ state: 'hidden' });
		}
		server.script({ text: 'They asked four questions about rivers and stones.' });
		await workbench.run('OpenRouter Agent: Compact Conversation');
		await notice(/The conversation was compacted from [\d.]+k to [\d.]+k? tokens\./).waitFor();
		await button('Show what was kept').click();
		await workbench.chat.getByText('They asked four questions').waitFor();
		await workbench.screenshot('recovery/6-compacted');
		const body = await send('Question 5');
		assert.ok(JSON.stringify(body.messages).includes('They asked four questions'));
		assert.ok(!JSON.stringify(body.messages).includes('Answer 1:'));
		assert.equal(await workbench.chat.getByText('Answer 1:').count(), 1);
	});

	it('makes room by itself when the service says that the conversation is too long', async function () {
		this.timeout(90_000);
		for (let turn = 6; turn <= 8; turn++) {
			server.script({ text: longAnswer(turn) });
			await send(`Question ${turn}`);
			await workbench.chat.getByText(`Answer ${turn}:`).waitFor();
			await button('Stop (Escape)').waitFor({ state: 'hidden' });
		}
		server.script(
			{ error: '400-context-length.json' },
			{ text: 'Eight questions by now.' },
			{ text: 'It fits again.' },
		);
		await workbench.send('Question 9');
		await notice(/The conversation is larger than the model reads\. It was compacted from/).waitFor();
		await workbench.chat.getByText('It fits again.').waitFor();
		await workbench.screenshot('recovery/7-overflow');
	});
});
