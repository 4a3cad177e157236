import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { ModelError } from '../../../src/agent/model.ts';
import { type Callback, SignInFlow, type SignInPages, type SignInPorts } from '../../../src/host/account/signInFlow.ts';
import { chooseSignInWay } from '../../../src/host/account/signInWay.ts';
import { listenForCode } from '../../../src/node/loopback.ts';
import { readKeyInfo } from '../../../src/openrouter/account/keyInfo.ts';
import { exchangeCode } from '../../../src/openrouter/account/oauth.ts';
import { type ManualClock, manualClock } from '../../fakes/manualClock.ts';
import { startOpenRouterServer } from '../../openrouter-server/openRouterServer.ts';

describe('chooseSignInWay', () => {
	const rows: readonly (readonly [string, string, boolean, boolean, string])[] = [
		// where, address of the editor, desktop, can listen, way
		['a desktop window', 'vscode://o.a/auth/x', true, true, 'loopback'],
		['Insiders', 'vscode-insiders://o.a/auth/x', true, true, 'loopback'],
		['a desktop window over SSH, whose ports are forwarded', 'vscode://o.a/auth/x', true, true, 'loopback'],
		['a desktop window that runs web extensions only', 'vscode://o.a/auth/x', true, false, 'paste'],
		['vscode.dev', 'https://vscode.dev/callback?vscode-reqid=1', false, false, 'editor'],
		['Codespaces in the browser', 'https://x.github.dev/extension-auth-callback?state=1', false, true, 'editor'],
		['code-server behind https', 'https://code.example/callback?vscode-reqid=1', false, true, 'editor'],
		['code-server on this machine', 'http://127.0.0.1:8080/callback?vscode-reqid=1', false, true, 'editor'],
		['code-server by the name localhost', 'http://localhost:8080/callback?vscode-reqid=1', false, true, 'editor'],
		['code-server on another machine without https', 'http://192.168.1.5:8080/callback', false, true, 'paste'],
		['a web window without an address for us', 'code-oss://o.a/auth/x', false, true, 'paste'],
		['no address at all', '', true, false, 'paste'],
	];
	for (const [where, editorCallback, isDesktop, canListen, way] of rows) {
		it(`takes ${way} in ${where}`, () => {
			assert.equal(chooseSignInWay({ editorCallback, isDesktop, canListen }), way);
		});
	}
});

/** A service that gives codes for challenges, and keys for codes with the right verifier. Codes work once. */
class Service {
	readonly #challenges = new Map<string, string>();

	/** What the page does when the user allows it. */
	allow(page: string): string {
		const code = `code-${this.#challenges.size + 1}`;
		this.#challenges.set(code, new URL(page).searchParams.get('code_challenge') ?? '');
		return code;
	}

	async exchange(code: string, verifier: string): Promise<string> {
		const challenge = this.#challenges.get(code);
		this.#challenges.delete(code);
		if (challenge !== createHash('sha256').update(verifier).digest('base64url')) {
			throw new ModelError('auth', 'The sign-in code is wrong, or was used already.', { status: 403 });
		}
		return `sk-or-${code}`;
	}
}

/** A browser and a box for codes, both in the hand of the test. */
class Desk implements SignInPorts {
	readonly baseUrl = 'https://openrouter.ai/api/v1';
	readonly service = new Service();
	exchange = (code: string, verifier: string) => this.service.exchange(code, verifier);
	readonly pages: Promise<SignInPages>;
	comesBack = true;
	isClosed = false;
	isBoxGone = false;
	paste: (code: string | undefined) => void = () => assert.fail('No box is open.');
	bring: (query: URLSearchParams) => void = () => assert.fail('Nobody listens.');
	#opened: (pages: SignInPages) => void = () => assert.fail('Not made yet.');

	constructor() {
		this.pages = new Promise(resolve => {
			this.#opened = resolve;
		});
	}

	async listen(): Promise<Callback | undefined> {
		if (!this.comesBack) {
			return undefined;
		}
		const query = new Promise<URLSearchParams>(resolve => {
			this.bring = resolve;
		});
		const close = () => {
			this.isClosed = true;
		};
		return { url: 'http://127.0.0.1:5000/secret', query, close };
	}

	askForCode(pages: SignInPages, signal: AbortSignal): Promise<string | undefined> {
		return new Promise(resolve => {
			this.paste = resolve;
			signal.addEventListener('abort', () => {
				this.isBoxGone = true;
			});
			this.#opened(pages);
		});
	}
}

describe('SignInFlow', () => {
	let clock: ManualClock;
	let flow: SignInFlow;

	beforeEach(() => {
		clock = manualClock();
		flow = new SignInFlow(clock);
	});

	it('gives the key when the browser comes back, and clears the desk', async () => {
		const desk = new Desk();
		const key = flow.run(desk);
		const { main, comesBack } = await desk.pages;
		assert.equal(comesBack, true);
		assert.equal(new URL(main).searchParams.get('callback_url'), 'http://127.0.0.1:5000/secret');
		desk.bring(new URLSearchParams({ code: desk.service.allow(main) }));
		assert.equal(await key, 'sk-or-code-1');
		assert.deepEqual([desk.isClosed, desk.isBoxGone, clock.waiting], [true, true, 0]);
	});

	it('takes a code that is pasted while the browser is waited for, of either page', async () => {
		const desk = new Desk();
		const key = flow.run(desk);
		const { code } = await desk.pages;
		assert.equal(new URL(code).searchParams.get('callback_url'), null);
		desk.paste(desk.service.allow(code));
		assert.equal(await key, 'sk-or-code-1');
		assert.equal(desk.isClosed, true);
	});

	it('works by pasting alone where the browser cannot come back', async () => {
		const desk = new Desk();
		desk.comesBack = false;
		const key = flow.run(desk);
		const { main, code, comesBack } = await desk.pages;
		assert.deepEqual([main, comesBack], [code, false]);
		desk.paste(desk.service.allow(main));
		assert.equal(await key, 'sk-or-code-1');
	});

	it('refuses a code that somebody else was given', async () => {
		const desk = new Desk();
		const key = flow.run(desk);
		await desk.pages;
		const strange = desk.service.allow('https://openrouter.ai/auth?code_challenge=of-another');
		desk.bring(new URLSearchParams({ code: strange }));
		await assert.rejects(key, { kind: 'auth' });
		assert.equal(desk.isBoxGone, true);
	});

	it('says so when the user declined in the browser, or no code came', async () => {
		for (const [query, kind] of [
			[{ error: 'access_denied' }, 'auth'],
			[{}, 'notAnAnswer'],
		] as const) {
			const desk = new Desk();
			const key = flow.run(desk);
			await desk.pages;
			desk.bring(new URLSearchParams({ ...query }));
			await assert.rejects(key, { kind });
		}
	});

	it('gives nothing when the user leaves', async () => {
		const desk = new Desk();
		const key = flow.run(desk);
		await desk.pages;
		desk.paste(undefined);
		assert.equal(await key, undefined);
		assert.deepEqual([desk.isClosed, clock.waiting], [true, 0]);
	});

	it('ends after ten minutes, and says why', async () => {
		const desk = new Desk();
		const key = flow.run(desk);
		await desk.pages;
		clock.advance(10 * 60_000 - 1);
		assert.equal(desk.isBoxGone, false);
		clock.advance(1);
		await assert.rejects(key, { kind: 'silent', message: /ten minutes/ });
		assert.deepEqual([desk.isBoxGone, desk.isClosed], [true, true]);
	});

	it('lets the newest attempt win, and takes no code for the one before', async () => {
		const [first, second] = [new Desk(), new Desk()];
		const firstKey = flow.run(first);
		const { main } = await first.pages;
		const secondKey = flow.run(second);
		assert.equal(await firstKey, undefined);
		assert.deepEqual([first.isClosed, first.isBoxGone], [true, true]);
		first.bring(new URLSearchParams({ code: first.service.allow(main) }));
		const { main: newest } = await second.pages;
		second.bring(new URLSearchParams({ code: second.service.allow(newest) }));
		assert.equal(await secondKey, 'sk-or-code-1');
	});

	it('drops a key that comes after the attempt was given up', async () => {
		const desk = new Desk();
		let answer: (key: string) => void = () => assert.fail('Not asked for yet.');
		const asked = new Promise<void>(resolve => {
			desk.exchange = () => {
				resolve();
				return new Promise(give => {
					answer = give;
				});
			};
		});
		const key = flow.run(desk);
		const { main } = await desk.pages;
		desk.bring(new URLSearchParams({ code: desk.service.allow(main) }));
		await asked;
		assert.equal(desk.isBoxGone, true);
		flow.cancel();
		answer('sk-or-late');
		assert.equal(await key, undefined);
	});

	it('signs in at the local OpenRouter, by a browser that comes back to a port of this machine', async () => {
		const server = await startOpenRouterServer();
		try {
			const { signal } = new AbortController();
			let returned: Promise<string> | undefined;
			const key = await flow.run({
				baseUrl: server.url,
				listen: () => listenForCode({ title: 'Back', text: 'Close this page.' }),
				askForCode: async ({ main }, ended) => {
					returned = fetch(main).then(response => response.text());
					await once(ended, 'abort');
					return undefined;
				},
				exchange: (code, verifier) => exchangeCode({ baseUrl: server.url, signal }, code, verifier),
			});
			assert.match((await returned) ?? '', /Close this page/);
			const { label } = await readKeyInfo({ baseUrl: server.url, key: key ?? '', signal });
			assert.equal(label, 'OpenRouter Agent (VS Code)');
		} finally {
			await server.close();
		}
	});

	it('passes on a bug as it is', async () => {
		const desk = new Desk();
		desk.listen = () => Promise.reject(new TypeError('a bug'));
		await assert.rejects(flow.run(desk), TypeError);
		assert.equal(clock.waiting, 0);
	});
});
