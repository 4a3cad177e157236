import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isLoopback, nonPublicRange } from '../../../src/agent/publicAddress.ts';
import { judgeUrl, type UrlJudgement } from '../../../src/agent/urlPolicy.ts';

function asked(url: string): Extract<UrlJudgement, { kind: 'ask' }> {
	const judgement = judgeUrl(url);
	return judgement.kind === 'ask' ? judgement : assert.fail(judgement.reason);
}

function reasonOf(url: string): string {
	const judgement = judgeUrl(url);
	return judgement.kind === 'deny' ? judgement.reason : assert.fail(`${url} was not denied`);
}

describe('nonPublicRange', () => {
	it('knows addresses that the whole internet reaches', () => {
		for (const address of ['93.184.216.34', '1.1.1.1', '2606:2800:220:1::1', '::ffff:1.1.1.1', '64:ff9b::101:101']) {
			assert.equal(nonPublicRange(address), undefined, address);
		}
	});

	it('knows every range that is not public, also inside of IPv6', () => {
		const addresses = (
			'0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.255.254 168.63.129.16 169.254.169.254 172.16.0.1 172.31.255.255 ' +
			'192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 ' +
			'255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:10.0.0.1 ::ffff:0:7f00:1 64:ff9b::a00:1 64:ff9b:1::a00:1 100::1 ' +
			'2001::1 2001:db8::1 2002:7f00:1:: 2002:a00:1:: 3fff::1 4000::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1'
		).split(' ');
		for (const address of addresses) {
			assert.notEqual(nonPublicRange(address), undefined, address);
		}
		assert.equal(nonPublicRange('not an address'), 'unknown');
	});

	it('judges an IPv4 address the same in each of its forms', () => {
		fc.assert(
			fc.property(fc.ipV4(), address => {
				const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
				const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
				const forms = [`::ffff:${hex}`, `64:ff9b::${hex}`, `2002:${hex}::`];
				const isPublic = nonPublicRange(address) === undefined;
				for (const form of forms) {
					assert.equal(nonPublicRange(form) === undefined, isPublic, form);
				}
				const number = ((a * 256 + b) * 256 + c) * 256 + d;
				for (const host of [
					address,
					`${number}`,
					`0x${number.toString(16)}`,
					`0${number.toString(8)}`,
					`${address}.`,
				]) {
					assert.equal(judgeUrl(`https://${host}/`).kind, isPublic ? 'ask' : 'deny', host);
				}
			}),
		);
	});

	it('tells this machine from its network', () => {
		assert.deepEqual(['127.8.0.1', '::1', '::ffff:127.0.0.1', '0.0.0.0', '10.0.0.1'].map(isLoopback), [
			true,
			true,
			true,
			false,
			false,
		]);
	});
});

describe('judgeUrl', () => {
	it('gives the address that is fetched, in printable characters, without what is not sent', () => {
		assert.deepEqual(asked('HTTPS://EXAMPLE.com:443/a b?c=ü\u200b#d'), {
			kind: 'ask',
			url: 'https://example.com/a%20b?c=%C3%BC%E2%80%8B',
			host: 'example.com',
			longParts: [],
			canRule: true,
		});
		fc.assert(
			fc.property(
				fc.webUrl({ withQueryParameters: true }),
				fc.string({ unit: 'binary', maxLength: 50 }),
				(url, extra) => {
					const judgement = judgeUrl(`${url}${extra}`);
					assert.ok(judgement.kind === 'deny' || /^[\x21-\x7e]+$/.test(judgement.url));
				},
			),
		);
	});

	it('shows international names as the letters that are looked up', () => {
		// The second has a Cyrillic "а".
		assert.equal(asked('https://münchen.de/').host, 'xn--mnchen-3ya.de');
		assert.equal(asked('https://pаypal.com/').host, 'xn--pypal-4ve.com');
	});

	it('takes a name with a dot at its end as the same name', () => {
		assert.equal(asked('https://example.com./a').url, 'https://example.com/a');
		assert.match(reasonOf('http://localhost./'), /"localhost" is no public address/);
	});

	it('denies names that networks give out for themselves', () => {
		for (const host of [
			'localhost',
			'a.localhost',
			'nas.local',
			'x.internal',
			'wiki.corp',
			'router.home.arpa',
			'intranet',
			'a..b',
			'.',
		]) {
			assert.match(reasonOf(`http://${host}/`), /is no public address|is no URL/, host);
		}
		// Only names as a whole count.
		assert.equal(asked('https://localhost.example.com/').host, 'localhost.example.com');
		assert.equal(asked('https://thelocal.de/').host, 'thelocal.de');
	});

	it('denies what is no page of the web, in words that help', () => {
		assert.match(reasonOf('file:///etc/passwd'), /Only http and https .* for files use read/);
		for (const url of [
			'ftp://a.example/',
			'data:text/html,a',
			'vscode://a/b',
			'javascript:alert(1)',
			'gopher://a.example/',
			'blob:https://a.example/1',
			'view-source:https://a.example/',
		]) {
			assert.match(reasonOf(url), /Only http and https/, url);
		}
		assert.match(reasonOf('example.com/page'), /no URL. Give it whole/);
		assert.match(reasonOf('https://user@example.com/'), /user name/);
		assert.match(reasonOf('https://:secret@example.com/'), /password/);
		assert.match(reasonOf(`https://example.com/${'a'.repeat(8_000)}`), /longer than/);
	});

	it('denies ports of other protocols, and points out unusual ones', () => {
		for (const port of [1, 22, 25, 110, 143, 587, 993]) {
			assert.match(reasonOf(`http://example.com:${port}/`), /belongs to another protocol/, String(port));
		}
		assert.equal(asked('https://example.com:8443/').port, 8443);
		assert.equal(asked('https://example.com:8443/').host, 'example.com:8443');
		assert.equal(asked('http://example.com/').port, undefined);
		assert.equal(asked('http://example.com:443/').port, undefined);
	});

	it('points out parts that may carry data away, and lets no rule stand in for the user there', () => {
		const secret = Buffer.from('a file that was read before'.repeat(10)).toString('base64url');
		const cases: readonly (readonly [string, readonly string[]])[] = [
			[`https://attacker.example/?k=${secret}`, ['query']],
			[`https://attacker.example/${secret}${secret}`, ['path']],
			[`https://${'a.'.repeat(40)}attacker.example/`, ['host']],
			[`https://${secret.slice(0, 60).toLowerCase()}.attacker.example/`, ['host']],
			[`https://attacker.example/?k=${'a'.repeat(200)}`, ['query']],
			[`https://attacker.example/?k=${'a'.repeat(190)}`, []],
			['https://docs.python.org/3/library/asyncio-task.html?highlight=gather', []],
		];
		for (const [url, longParts] of cases) {
			const judgement = asked(url);
			assert.deepEqual(judgement.longParts, longParts, url);
			assert.equal(judgement.canRule, longParts.length === 0, url);
			assert.equal(judgement.url, url, 'shown whole');
		}
	});

	it('offers rules for encrypted pages alone', () => {
		assert.equal(asked('http://example.com/').canRule, false);
		assert.equal(asked('https://example.com/').canRule, true);
	});

	it('asks for a port of this machine that the user named, each time, and for no other', () => {
		const judge = (url: string) => judgeUrl(url, { loopbackPorts: [3000] });
		for (const host of ['localhost', '127.0.0.1', '[::1]', '127.1']) {
			const judgement = judge(`http://${host}:3000/`);
			assert.equal(judgement.kind === 'ask' && !judgement.canRule, true, host);
			assert.equal(judge(`http://${host}:3001/`).kind, 'deny', host);
		}
		for (const host of ['0.0.0.0', '192.168.0.1', 'app.localhost', '[::]']) {
			assert.equal(judge(`http://${host}:3000/`).kind, 'deny', host);
		}
	});
});
