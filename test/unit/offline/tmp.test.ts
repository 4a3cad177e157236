import { MemoryWorkspace } from '../../fakes/memoryWorkspace.ts';
import { builtInChat, projectFiles } from './builtInChat.ts';

describe('tmp', () => {
	it('x', async () => {
		const w = new MemoryWorkspace({ files: projectFiles('process-warning') });
		const chat = builtInChat(w);
		for (const m of [
			'find every TODO',
			'find emitted in types',
			'which files use createDeprecation',
			'how many files mention unlimited?',
			'where is createWarning defined?',
			'where is format defined',
			'what files are there',
			'list test',
			'find *.d.ts',
			'show index.js lines 40-52',
			'more',
			'show license',
			'outline index.js',
			'outline README.md',
			'what functions are in types/index.d.ts',
			'outline test/index.test.js',
			'outline this file',
			'explain createDeprecation',
			'fix index.js',
			'asdf',
			'again',
			'rename unlimited to repeatable',
			'find unlimited',
			'again in test',
			'show nothing.ts',
			'list nowhere',
			'find x in nowhere',
			'show index.js',
			'find files named emit',
			'last 5 lines of index.js',
			'how many js files are there',
			'rename nope to yes',
			'show test',
			'undo',
			'outline package.json',
			'show src/index.js',
			'show index',
			'what is in types?',
		]) {
			const r = await chat(m);
			console.log(
				'\n######',
				m,
				'\n' + r.calls.map(c => '   > ' + c.slice(0, 150)).join('\n'),
				'\n' + r.said.slice(0, 1500),
				r.end,
			);
		}
	});
});
