/** What everybody promises who knows the place of a command: run against the fake and the disk of this machine. */
import assert from 'node:assert/strict';
import type { PlaceFacts } from '../../src/agent/shell/commandPlace.ts';

/** A folder `root` with the files and links asked for; links by their path, with the path they lead to. */
export type OpenPlace = (
	files: readonly string[],
	links: Readonly<Record<string, string>>,
) => Promise<{ readonly facts: PlaceFacts; readonly root: string }>;

const signal = new AbortController().signal;

export function describePlaceFacts(name: string, open: OpenPlace): void {
	describe(`place facts contract: ${name}`, () => {
		let facts: PlaceFacts;
		let root: string;

		beforeEach(async () => {
			({ facts, root } = await open(
				['a.ts', 'src/b.ts', 'src/deep/c.pem', 'other/d.ts', 'other/.env', '.hidden/e.key'],
				{ 'link.ts': 'a.ts', 'src/away': 'other', loop: 'loop', dangling: 'src/nothing' },
			));
		});

		it('follows links as the system does, and says where it gives up', async () => {
			const real = async (path: string) => (await facts.realPath(`${root}/${path}`))?.replace(root, '.');
			assert.equal(await real('a.ts'), './a.ts');
			assert.equal(await real('link.ts'), './a.ts');
			assert.equal(await real('src/away/d.ts'), './other/d.ts');
			assert.equal(await real('src/away/..'), '.');
			assert.equal(await real('src/away/../a.ts'), './a.ts');
			assert.equal(await real('src/../src/./b.ts'), './src/b.ts');
			assert.equal(await real('loop'), undefined);
			assert.equal(await real('loop/x'), undefined);
		});

		it('says where something would be that is not there', async () => {
			const real = async (path: string) => (await facts.realPath(`${root}/${path}`))?.replace(root, '.');
			assert.equal(await real('src/new.ts'), './src/new.ts');
			assert.equal(await real('src/away/new/er.ts'), './other/new/er.ts');
			assert.equal(await real('src/away/../new.ts'), './new.ts');
			assert.equal(await real('dangling'), './src/nothing');
		});

		it('tells files from folders, through links too', async () => {
			const kind = (path: string) => facts.kindOf(`${root}/${path}`);
			assert.deepEqual(await Promise.all(['a.ts', 'link.ts', 'src', 'src/away', 'new.ts'].map(kind)), [
				...['file', 'file', 'folder', 'folder', 'missing'],
			]);
		});

		it('lists a folder, and nothing where there is none', async () => {
			const names = async (path: string) => (await facts.names(`${root}/${path}`)).toSorted();
			assert.deepEqual(await names('other'), ['.env', 'd.ts']);
			assert.deepEqual(await names('nothing'), []);
			assert.deepEqual(await names('a.ts'), []);
		});

		it('looks at all that lies below a folder, but not behind links', async () => {
			const finds = (path: string, end: string) =>
				facts.someBelow(`${root}/${path}`, found => found.endsWith(end), signal);
			assert.equal(await finds('.', 'c.pem'), true);
			assert.equal(await finds('.', 'e.key'), true);
			assert.equal(await finds('src', 'd.ts'), false);
			assert.equal(await finds('src', 'x'), false);
		});

		it('asks ripgrep what it opens', async () => {
			const finds = (path: string, end: string, ...filters: string[]) =>
				facts.someSearched({ path: `${root}/${path}`, filters, cwd: root }, found => found.endsWith(end), signal);
			assert.equal(await finds('.', 'c.pem'), true);
			assert.equal(await finds('.', 'e.key'), false);
			assert.equal(await finds('.', 'e.key', '--hidden'), true);
			assert.equal(await finds('src', 'd.ts'), false);
		});
	});
}
