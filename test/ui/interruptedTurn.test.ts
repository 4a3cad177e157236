import assert from 'node:assert/strict';
import { type OpenRouterServer, startOpenRouterServer } from '../openrouter-server/openRouterServer.ts';
import { scenario } from '../openrouter-server/scenario.ts';
import interruptedTurn from '../openrouter-server/scenarios/interruptedTurn.json' with { type: 'json' };
import { callsWithoutOneResult } from './callResults.ts';
import { poll } from './poll.ts';
import { PROJECT, renamed } from './renamedProject.ts';
import { keepPictureOfFailure, Workbench } from './workbench.ts';

describe('A turn that is interrupted', () => {
	let server: OpenRouterServer;
	let workbench: Workbench;

	before(async function () {
		this.timeout(180_000);
		server = await startOpenRouterServer({ scenario: scenario.parse(interruptedTurn) });
		workbench = await Workbench.open({
			project: PROJECT,
			settings: { 'openrouterAgent.baseUrl': server.url, 'openrouterAgent.approvals.level': 'ask' },
		});
		await workbench.setApiKey(server.key);
	});

	keepPictureOfFailure(() => workbench);

	after(async function () {
		this.timeout(60_000);
		await workbench?.close();
		await server?.close();
	});

	it('goes on after a reload of the window, and does nothing twice', async function () {
		this.timeout(180_000);
		await workbench.openChat();
		await workbench.send('Rename the option `unlimited` to `repeated`');
		await workbench.allow('index.js');
		await workbench.approvalOf('index.d.ts').waitFor();
		await poll(
			() => workbench.read('index.js'),
			text => text === renamed('index.js'),
		);
		await workbench.reload();
		await workbench.openChat();
		await workbench.screenshot('interrupted/1-after-reload');
		await workbench.chat.getByRole('button', { name: 'Continue' }).click();
		await workbench.allow('index.d.ts');
		await workbench.allow('README.md');
		await workbench.chat.getByText('All three files are renamed now.').waitFor();
		for (const path of ['index.js', 'types/index.d.ts', 'README.md']) {
			assert.equal(workbench.read(path), renamed(path), path);
		}
		assert.equal(server.chats.length, 5);
		assert.deepEqual(callsWithoutOneResult(server.chats), []);
	});

	it('goes on after the extension host was killed in the middle of an answer', async function () {
		this.timeout(180_000);
		await workbench.send('Give me a long answer');
		await workbench.chat.getByText('It begins here. And it goes on.').waitFor();
		workbench.killExtensionHost();
		const goOn = workbench.chat.getByRole('button', { name: 'Continue' });
		await goOn.waitFor({ timeout: 60_000 });
		await workbench.screenshot('interrupted/2-after-kill');
		await workbench.chat.getByText('It begins here. And it goes on.').waitFor();
		await goOn.click();
		await workbench.chat.getByText('It begins here, and it ends here.').waitFor();
		assert.deepEqual(callsWithoutOneResult(server.chats), []);
	});
});
