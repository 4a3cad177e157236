/** What every way to fetch pages promises: run against the fake, the desktop's and the browser's. */
import assert from 'node:assert/strict';
import { ToolError } from '../../src/agent/toolError.ts';
import { MAX_BODY_BYTES, type Web, type WebAnswer } from '../../src/agent/webPort.ts';
import type { ServedPage } from '../fakes/memoryWeb.ts';

/** A web with one site and another one, and hands on its servers. */
export interface WebFixture {
	readonly web: Web;
	/** Without a slash at the end. */
	readonly site: string;
	readonly otherSite: string;
	serve(url: string, page: ServedPage): void;
	/** Requests that reached any server. */
	requests(): number;
	/** Resolves when a page that hangs was asked for. */
	hanging(): Promise<void>;
	/** Lets the time that a page may take run out. */
	passTime(): void;
	close(): Promise<void>;
}

export interface WebAbilities {
	/** A browser does not let redirects be checked before they are followed, so none is. */
	readonly followsRedirects: boolean;
}

/** Never public, in the forms that URL knows. */
const NOT_PUBLIC: readonly string[] = [
	'http://127.0.0.1/',
	'http://localhost/',
	'http://LOCALHOST./',
	'http://app.localhost/',
	'http://[::1]/',
	'http://0.0.0.0/',
	'http://2130706433/',
	'http://0x7f.1/',
	'http://0177.0.0.1/',
	'http://127.1/',
	'http://%31%32%37.0.0.1/',
	'http://①②⑦.0.0.1/',
	'http://127。0。0。1/',
	'http://[::ffff:127.0.0.1]/',
	'http://[::127.0.0.1]/',
	'http://[64:ff9b::7f00:1]/',
	'http://[2002:7f00:1::]/',
	'http://169.254.169.254/latest/meta-data',
	'http://10.0.0.1/',
	'http://192.168.1.1/',
	'http://metadata.google.internal/',
	'http://printer.local/',
	'http://intranet/',
];

const signal = new AbortController().signal;

export function describeWeb(name: string, open: () => Promise<WebFixture>, abilities: WebAbilities): void {
	describe(`web contract: ${name}`, () => {
		let fixture: WebFixture;
		const at = (path: string) => `${fixture.site}${path}`;
		const serve = (path: string, page: ServedPage) => fixture.serve(at(path), page);
		const typed = (contentType: string, body: string | Uint8Array): ServedPage => ({
			headers: { 'content-type': contentType },
			body,
		});
		const fetchPage = async (path: string) => {
			const answer = await fixture.web.fetch(at(path), signal);
			assert.equal(answer.kind, 'page', JSON.stringify(answer));
			return answer as Extract<WebAnswer, { kind: 'page' }>;
		};
		const textOf = async (page: ServedPage) => {
			serve('/text', page);
			return (await fetchPage('/text')).text;
		};

		beforeEach(async () => {
			fixture = await open();
		});
		afterEach(() => fixture.close());

		it('gives the text of a page, where it is from and what it is', async () => {
			serve('/a?b=c', typed('text/html; charset=utf-8', '<p>Grüße'));
			assert.deepEqual(await fixture.web.fetch(at('/a?b=c'), signal), {
				kind: 'page',
				url: at('/a?b=c'),
				status: 200,
				content: 'html',
				text: '<p>Grüße',
				isCut: false,
			});
		});

		it('tells HTML, JSON and other text apart, by their bytes where the server does not know', async () => {
			const kinds: readonly (readonly [string, string, string])[] = [
				['application/xhtml+xml', '<html/>', 'html'],
				['application/json', '{}', 'json'],
				['application/problem+json', '{}', 'json'],
				['text/plain', '<html>', 'text'],
				['text/markdown', '# A', 'text'],
				['application/xml', '<a/>', 'text'],
				['application/x-yaml', 'a: 1', 'text'],
				['application/octet-stream', 'int main;', 'text'],
				['', '\n<!DOCTYPE html><p>a', 'html'],
				['', 'plain', 'text'],
			];
			for (const [type, body, content] of kinds) {
				serve('/kind', type === '' ? { body } : typed(type, body));
				assert.equal((await fetchPage('/kind')).content, content, type);
			}
		});

		it('says what it is that has no text', async () => {
			const files: readonly (readonly [string, string | Uint8Array, string])[] = [
				['application/pdf', '%PDF-1.7', 'a PDF document'],
				['text/plain', '%PDF-1.7', 'a PDF document'],
				['image/png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47), 'an image'],
				['application/zip', 'PK', 'an archive'],
				['application/octet-stream', Uint8Array.of(1, 0, 2), 'a binary file'],
				['application/vnd.unheard-of', 'x', 'of the type application/vnd.unheard-of'],
			];
			for (const [type, body, what] of files) {
				serve('/file', typed(type, body));
				assert.deepEqual(await fixture.web.fetch(at('/file'), signal), { kind: 'notText', url: at('/file'), what });
			}
		});

		it('decodes as the server or the page says', async () => {
			const german = Uint8Array.of(0x47, 0x72, 0xfc, 0xdf, 0x65);
			assert.equal(await textOf(typed('text/plain; charset=ISO-8859-1', german)), 'Grüße');
			assert.equal(
				await textOf(typed('text/plain; charset="shift_jis"', Uint8Array.of(0x93, 0xfa, 0x96, 0x7b))),
				'日本',
			);
			const meta = new TextEncoder().encode('<meta charset=windows-1251>');
			assert.match(await textOf(typed('text/html', Uint8Array.of(...meta, 0xcf, 0xf0, 0xe8))), />При$/);
			assert.equal(await textOf(typed('text/plain', Uint8Array.of(0xff, 0xfe, 0x41, 0, 0xfc, 0))), 'Aü');
			assert.equal(await textOf(typed('text/plain; charset=utf-16le', Uint8Array.of(0x41, 0, 0xfc, 0))), 'Aü');
		});

		it('believes the bytes where they belie the name of the encoding', async () => {
			const utf8 = new TextEncoder().encode('Grüße, 日本');
			assert.equal(await textOf(typed('text/plain; charset=ISO-8859-1', utf8)), 'Grüße, 日本');
			assert.equal(await textOf(typed('text/plain; charset=utf-8', Uint8Array.of(0x47, 0xfc, 0x74))), 'Güt');
			assert.equal(await textOf(typed('text/plain; charset=no-such-thing', utf8)), 'Grüße, 日本');
			assert.equal(await textOf(typed('text/plain; charset=gbk', Uint8Array.of(0xc1, 0xaa, 0xcd, 0xa8))), '联通');
		});

		it('gives a page of error with its status', async () => {
			serve('/gone', { status: 410, ...typed('text/plain', 'Gone.') });
			const { status, text } = await fetchPage('/gone');
			assert.deepEqual([status, text], [410, 'Gone.']);
		});

		it('reads no more than the limit', async () => {
			serve('/full', typed('text/plain', new Uint8Array(MAX_BODY_BYTES).fill(0x61)));
			assert.equal((await fetchPage('/full')).isCut, false);
			serve('/more', typed('text/plain', new Uint8Array(MAX_BODY_BYTES + 1).fill(0x61)));
			const { isCut, text } = await fetchPage('/more');
			assert.deepEqual([isCut, text.length], [true, MAX_BODY_BYTES]);
		});

		it('refuses every form of an address that is not public, and sends nothing', async () => {
			for (const url of NOT_PUBLIC) {
				await assert.rejects(fixture.web.fetch(url, signal), (error: Error) => {
					assert.ok(error instanceof ToolError, `${url}: ${error}`);
					assert.match(error.message, /is no public address/);
					return true;
				});
			}
			assert.equal(fixture.requests(), 0);
		});

		it('refuses other schemes and credentials, and sends nothing', async () => {
			const refused = [
				'file:///etc/passwd',
				'ftp://example.com/',
				'data:text/html,<p>',
				'vscode://file/etc/passwd',
				'javascript:alert(1)',
				'gopher://example.com/',
				'http://user:secret@example.com/',
				'not a url',
			];
			for (const url of refused) {
				await assert.rejects(fixture.web.fetch(url, signal), ToolError, url);
			}
			assert.equal(fixture.requests(), 0);
		});

		it('says that nobody answers', async () => {
			await assert.rejects(fixture.web.fetch('http://nobody.example/', signal), ToolError);
		});

		it('stops when the time is over, also in the middle of a body', async () => {
			serve('/slow', { ...typed('text/plain', 'a'), hangs: true });
			const answer = fixture.web.fetch(at('/slow'), signal);
			await fixture.hanging();
			fixture.passTime();
			await assert.rejects(answer, (error: Error) => error instanceof ToolError && /within 30 s/.test(error.message));
		});

		it('stops when the user stops it', async () => {
			const stop = new AbortController();
			serve('/slow', { ...typed('text/plain', 'a'), hangs: true });
			const answer = fixture.web.fetch(at('/slow'), stop.signal);
			await fixture.hanging();
			stop.abort();
			await assert.rejects(answer, { name: 'AbortError' });
			await assert.rejects(fixture.web.fetch(at('/slow'), stop.signal), { name: 'AbortError' });
			assert.equal(fixture.requests(), 1);
		});

		const redirect = (location: string, status = 302): ServedPage => ({ status, headers: { location } });

		if (!abilities.followsRedirects) {
			it('follows no redirect', async () => {
				serve('/old', redirect('/new'));
				await assert.rejects(fixture.web.fetch(at('/old'), signal), /It redirects/);
				assert.equal(fixture.requests(), 1);
			});
			return;
		}

		it('follows redirects within the host', async () => {
			serve('/a', redirect('/b', 301));
			serve('/b', redirect(`${fixture.site}/c?d`, 308));
			serve('/c?d', typed('text/plain', 'here'));
			const { url, text } = await fetchPage('/a');
			assert.deepEqual([url, text], [at('/c?d'), 'here']);
		});

		it('follows five redirects, and no sixth', async () => {
			for (let step = 0; step < 6; step += 1) {
				serve(`/${step}`, redirect(`/${step + 1}`));
			}
			serve('/6', typed('text/plain', 'end'));
			assert.equal((await fetchPage('/1')).text, 'end');
			await assert.rejects(fixture.web.fetch(at('/0'), signal), /More than 5 redirects/);
		});

		it('asks nothing of another host it is sent to', async () => {
			serve('/away', redirect(`${fixture.otherSite}/there`));
			fixture.serve(`${fixture.otherSite}/there`, typed('text/plain', 'there'));
			assert.deepEqual(await fixture.web.fetch(at('/away'), signal), {
				kind: 'moved',
				url: `${fixture.otherSite}/there`,
			});
			assert.equal(fixture.requests(), 1);
		});

		it('refuses redirects to what is not public, and to other schemes', async () => {
			const targets = [...NOT_PUBLIC, 'file:///etc/passwd', 'http://user:secret@example.com/'];
			for (const target of targets) {
				serve('/trap', redirect(target));
				await assert.rejects(fixture.web.fetch(at('/trap'), signal), ToolError, target);
			}
			assert.equal(fixture.requests(), targets.length);
		});

		it('takes a redirect that leads nowhere as a page', async () => {
			serve('/nowhere', { status: 302, headers: { 'content-type': 'text/plain' }, body: 'Moved.' });
			assert.equal((await fetchPage('/nowhere')).text, 'Moved.');
		});
	});
}
