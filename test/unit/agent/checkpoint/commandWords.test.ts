import assert from 'node:assert/strict';
import { commandWords } from '../../../../src/agent/checkpoint/commandWords.ts';

describe('commandWords', () => {
	const wordsOf = (command: string) => commandWords(command, 'bash').words;

	it('takes the words of all parts of a line, without quotes and operators', () => {
		assert.deepEqual(wordsOf(`sed -i 's/a/b/' "src/my file.ts" src/b\\ c.ts&&cat <in >out|tee 'x;y'`), [
			...['sed', 's/a/b/', 'src/my file.ts', 'src/b c.ts', 'cat', 'in', 'out', 'tee', 'x;y'],
		]);
		assert.deepEqual(wordsOf('a"b c"\'d\'e'), ['ab cde']);
	});

	it('takes what stands behind an equals sign, and of flags nothing else', () => {
		assert.deepEqual(wordsOf('tool --out=dist/a.js -x=y of=disk.img --write'), [
			...['tool', 'dist/a.js', 'y', 'of=disk.img', 'disk.img'],
		]);
	});

	it('leaves out what no file is named by: variables, addresses, control characters', () => {
		assert.deepEqual(wordsOf('curl https://a.b/c $HOME/x "$y" \'a\nb\''), ['curl']);
	});

	it('says where cd leads to', () => {
		assert.deepEqual(commandWords('cd packages/a && npm test; pushd ../b', 'sh').folders, ['packages/a', '../b']);
		assert.deepEqual(commandWords('Set-Location .\\sub; Remove-Item .\\a.ts,b.ts', 'powershell'), {
			words: ['Set-Location', './sub', 'Remove-Item', './a.ts', 'b.ts'],
			folders: ['./sub'],
		});
	});

	it('takes no more than a fixed number of words, however the line is made', () => {
		assert.ok(wordsOf(Array.from({ length: 10_000 }, (_, at) => `f${at}`).join(' ')).length <= 301);
		assert.deepEqual(
			wordsOf(`'${'x'.repeat(100_000)}`),
			['x'.repeat(100_000)].filter(word => word.length <= 1000),
		);
		assert.deepEqual(wordsOf(`${"'".repeat(50_001)}${'"'.repeat(50_001)}`), []);
	});
});
