import assert from 'node:assert/strict';
import type { WorkspaceChanges } from '../../../../src/files/codeIndex/codeSource.ts';
import { createCodeSearch } from '../../../../src/files/codeIndex/createCodeSearch.ts';
import { workspaceSource } from '../../../../src/files/codeIndex/workspaceSource.ts';
import { manualClock } from '../../../fakes/manualClock.ts';
import { MemoryWorkspace } from '../../../fakes/memoryWorkspace.ts';

const { signal } = new AbortController();

/** Counts what is asked of it. */
class CountedWorkspace extends MemoryWorkspace {
	listed = 0;
	readonly asked: string[] = [];

	override findFiles(...query: Parameters<MemoryWorkspace['findFiles']>): ReturnType<MemoryWorkspace['findFiles']> {
		this.listed++;
		return super.findFiles(...query);
	}

	override stat(...[location, stop]: Parameters<MemoryWorkspace['stat']>): ReturnType<MemoryWorkspace['stat']> {
		this.asked.push(location.path);
		return super.stat(location, stop);
	}
}

/** News that a test makes up. */
class ToldChanges implements WorkspaceChanges {
	watchers = 0;
	tell: (changed: readonly string[] | 'anything') => void = () => undefined;

	watch(onChange: ToldChanges['tell']): () => void {
		this.watchers++;
		this.tell = onChange;
		return () => void this.watchers--;
	}
}

describe('files for the code index', () => {
	let workspace: CountedWorkspace;
	let changes: ToldChanges;
	const clock = manualClock();
	const paths = async (source: ReturnType<typeof workspaceSource>) =>
		(await source.files(signal)).map(({ path }) => path).sort();

	beforeEach(() => {
		workspace = new CountedWorkspace({ files: { 'a.ts': 'alpha();\n', 'b.ts': 'beta();\n' } });
		changes = new ToldChanges();
	});

	it('are not looked at again while there is no news', async () => {
		const source = workspaceSource(workspace, { changes, clock });
		const first = await source.files(signal);
		assert.equal(await source.files(signal), first);
		assert.deepEqual([workspace.listed, workspace.asked.length], [1, 2]);
	});
	it('are looked at each time where nobody watches', async () => {
		const source = workspaceSource(workspace, { clock });
		await source.files(signal);
		workspace.put('c.ts', 'x');
		assert.deepEqual(await paths(source), ['a.ts', 'b.ts', 'c.ts']);
	});
	it('are asked about one by one after news of them', async () => {
		const source = workspaceSource(workspace, { changes, clock });
		const before = new Map((await source.files(signal)).map(({ path, stamp }) => [path, stamp]));
		workspace.asked.length = 0;
		workspace.put('a.ts', 'other();\n');
		changes.tell(['a.ts']);
		const after = new Map((await source.files(signal)).map(({ path, stamp }) => [path, stamp]));
		assert.deepEqual(workspace.asked, ['a.ts']);
		assert.equal(workspace.listed, 1);
		assert.notEqual(after.get('a.ts'), before.get('a.ts'));
		assert.equal(after.get('b.ts'), before.get('b.ts'));
	});
	it('are listed again when one came that was not known, and forgotten when one went', async () => {
		const source = workspaceSource(workspace, { changes, clock });
		await source.files(signal);
		workspace.asked.length = 0;
		workspace.put('new/c.ts', 'x');
		changes.tell(['new/c.ts']);
		assert.deepEqual(await paths(source), ['a.ts', 'b.ts', 'new/c.ts']);
		assert.deepEqual(workspace.asked, ['new/c.ts']);
		workspace.disk.delete('a.ts');
		changes.tell(['a.ts']);
		assert.deepEqual(await paths(source), ['b.ts', 'new/c.ts']);
	});
	it('are not looked at for news of what is never indexed', async () => {
		const source = workspaceSource(workspace, { changes, clock });
		const first = await source.files(signal);
		changes.tell(['.env', 'build.log', 'logo.png']);
		assert.equal(await source.files(signal), first);
	});
	it('are all looked at when anything may have changed, and after a minute', async () => {
		const source = workspaceSource(workspace, { changes, clock });
		for (const doubt of [() => changes.tell('anything'), () => clock.advance(60_000)]) {
			await source.files(signal);
			workspace.asked.length = 0;
			doubt();
			await source.files(signal);
			assert.deepEqual(workspace.asked.toSorted(), ['a.ts', 'b.ts']);
		}
	});
	it('keep the news that comes during a look for the next one', async () => {
		const source = workspaceSource(workspace, { changes, clock });
		await source.files(signal);
		changes.tell(['a.ts']);
		const looking = source.files(signal);
		workspace.asked.length = 0;
		changes.tell(['b.ts']);
		await looking;
		await source.files(signal);
		assert.deepEqual(workspace.asked, ['a.ts', 'b.ts']);
	});
	it('are looked at anew after a look that was stopped', async () => {
		const source = workspaceSource(workspace, { changes, clock });
		await source.files(signal);
		changes.tell(['a.ts']);
		await assert.rejects(source.files(AbortSignal.abort()), { name: 'AbortError' });
		workspace.asked.length = 0;
		await source.files(signal);
		assert.deepEqual(workspace.asked.toSorted(), ['a.ts', 'b.ts']);
	});
	it('are neither read nor watched before the first search, nor watched after the end', async () => {
		const search = createCodeSearch({ workspace, changes, clock });
		assert.deepEqual([workspace.listed, changes.watchers], [0, 0]);
		const find = async (text: string) =>
			(await search.search({ text, below: '', limit: 5 }, signal)).hits.map(({ path }) => path);
		assert.deepEqual(await find('alpha'), ['a.ts']);
		assert.equal(changes.watchers, 1);
		workspace.typeInto('b.ts', 'const alpha = 1;\n');
		changes.tell(['b.ts']);
		assert.deepEqual((await find('alpha')).sort(), ['a.ts', 'b.ts']);
		search.dispose();
		assert.equal(changes.watchers, 0);
	});
});
