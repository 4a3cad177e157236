import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { formatDuration, formatTokens } from '../../../src/protocol/amounts.ts';
import { readCodeInfo } from '../../../src/webview/markdown/codeInfo.ts';
import { splitPath } from '../../../src/webview/paths.ts';

describe('words of the page', () => {
	it('split a path so that the name stays whole', () => {
		const parts = ['src/a/b.ts', 'b.ts', 'src/a/', '/etc/hosts', ''].map(path => splitPath(path));
		assert.deepEqual(parts, [
			{ folder: 'src/a/', name: 'b.ts' },
			{ folder: '', name: 'b.ts' },
			{ folder: 'src/', name: 'a/' },
			{ folder: '/etc/', name: 'hosts' },
			{ folder: '', name: '' },
		]);
	});

	it('give times and counts in a form one can take in', () => {
		const durations = [0, 400, 999, 1000, 24_400, 59_600, 185_000, 600_000].map(formatDuration);
		assert.deepEqual(durations, ['0.1 s', '0.4 s', '1.0 s', '1 s', '24 s', '1 min', '3 min 5 s', '10 min']);
		assert.deepEqual([0, 999, 1000, 12_420, 812_000, 999_999, 1_240_000].map(formatTokens), [
			'0',
			'999',
			'1k',
			'12.4k',
			'812k',
			'1M',
			'1.2M',
		]);
	});

	it('read language and file behind a code fence in the forms models write', () => {
		const read = Object.fromEntries(
			[
				'',
				'ts',
				'TypeScript',
				'ts src/a.ts',
				'ts:src/a.ts',
				'js title="src/a.js"',
				'src/a.py',
				'c++',
				'js {1,3}',
				'text 1.5',
			].map(info => [info, readCodeInfo(info)]),
		);
		assert.deepEqual(read, {
			'': { language: '' },
			ts: { language: 'ts' },
			TypeScript: { language: 'typescript' },
			'ts src/a.ts': { language: 'ts', path: 'src/a.ts' },
			'ts:src/a.ts': { language: 'ts', path: 'src/a.ts' },
			'js title="src/a.js"': { language: 'js', path: 'src/a.js' },
			'src/a.py': { language: 'py', path: 'src/a.py' },
			'c++': { language: 'c++' },
			'js {1,3}': { language: 'js' },
			'text 1.5': { language: 'text' },
		});
	});
});

describe('the style sheet', () => {
	const css = readFileSync('media/chat.css', 'utf8');

	it('has the code point of every icon the page names, and of no other', () => {
		const named = [...readFileSync('src/webview/icon.ts', 'utf8').matchAll(/^\t\| '(.+)'/gm)].map(match => match[1]);
		const drawn = [...css.matchAll(/^\.icon-([a-z-]+)::before/gm)].map(match => match[1]);
		assert.deepEqual(new Set(drawn), new Set(named));
	});

	it('uses no colours of its own but those of code', () => {
		const coloured = css.split('\n').filter(line => /#[\da-f]{3,8}\b|rgba?\(/i.test(line) && !line.includes('--code-'));
		assert.deepEqual(
			coloured.filter(line => !/^\t--(?:line|hover): var\(/.test(line)),
			[],
		);
	});
});
