import assert from 'node:assert/strict';
import { CommandFiles } from '../../../../src/agent/checkpoint/commandFiles.ts';
import { type FileNews, type FileNotice, ownFileNews } from '../../../../src/agent/checkpoint/fileNews.ts';
import type { MadeChange } from '../../../../src/agent/tool.ts';
import { ToolError } from '../../../../src/agent/toolError.ts';
import { StreamLeftError } from '../../../../src/agent/turn/eventStream.ts';
import type { Workspace } from '../../../../src/agent/workspace.ts';
import { manualClock } from '../../../fakes/manualClock.ts';
import { MemoryWorkspace } from '../../../fakes/memoryWorkspace.ts';

type Told = Omit<FileNotice, 'uri'>;

/** News that the test makes up, besides those of agents. */
function playedNews(): FileNews & { tell(...news: Told[]): void; readonly listeners: number } {
	const listeners = new Set<(notice: FileNotice) => void>();
	const tell = (notice: FileNotice) => {
		for (const listener of [...listeners]) {
			listener(notice);
		}
	};
	return {
		listen(onNews) {
			listeners.add(onNews);
			return () => listeners.delete(onNews);
		},
		tellWritten: uri => tell({ uri, path: '', kind: 'written' }),
		tell(...news) {
			for (const notice of news) {
				tell({ uri: `memory:/project/${notice.path}`, ...notice });
			}
		},
		get listeners() {
			return listeners.size;
		},
	};
}

describe('CommandFiles', () => {
	const signal = new AbortController().signal;
	let workspace: MemoryWorkspace;
	let news: ReturnType<typeof playedNews>;
	let clock: ReturnType<typeof manualClock>;
	let recorded: (Omit<MadeChange, 'location'> & { readonly path: string })[];
	let bugs: unknown[];
	let runs: boolean;
	let failure: Error | undefined;
	let files: CommandFiles;

	const recordMade = async ({ location, ...change }: MadeChange) => {
		if (failure !== undefined) {
			throw failure;
		}
		recorded.push({ path: location.path, ...change });
	};
	const begin = (command: string, callId = 'c1', cwd = '/project') =>
		files.begin({ command, language: 'bash', cwd }, { callId, recordMade, signal });
	const settle = () => files.settle({ recordMade });
	/** What is recorded and told when the command does this. */
	const ran = async (command: string, effect: () => void, callId?: string) => {
		recorded = [];
		await begin(command, callId);
		effect();
		await settle();
		return { changes: recorded.map(({ path, before, after }) => [path, before, after]), found: files.takeFound() };
	};
	const open = (more: Readonly<Record<string, string | Uint8Array>>, given?: (made: MemoryWorkspace) => Workspace) => {
		workspace = new MemoryWorkspace({ files: more });
		news = playedNews();
		clock = manualClock();
		[recorded, bugs, runs, failure] = [[], [], false, undefined];
		files = new CommandFiles({
			...{ workspace: given?.(workspace) ?? workspace, news, clock },
			stillRuns: async () => runs,
			onBug: error => bugs.push(error),
		});
	};
	afterEach(() => assert.deepEqual(bugs, []));

	it('records what a command changed of the files that it names, with both texts', async () => {
		open({ 'src/a.ts': 'one\n', 'src/b.ts': 'two\n' });
		const { changes, found } = await ran('sed -i s/one/1/ src/a.ts src/b.ts', () => workspace.put('src/a.ts', '1\n'));
		assert.deepEqual(changes, [['src/a.ts', 'one\n', '1\n']]);
		assert.deepEqual(found, { kept: [{ path: 'src/a.ts', how: 'changed' }], inexact: 0, unkept: [], more: 0 });
		assert.deepEqual([recorded[0]?.origin, recorded[0]?.callId], ['command', 'c1']);
		assert.equal(files.takeFound(), undefined);
	});

	it('records what it changed of the files that the agent had to do with, and looks at no others', async () => {
		open({ 'src/a.ts': 'one\n', 'other/b.ts': 'two\n' });
		files.touch('src/a.ts');
		const { changes } = await ran('npm run fix', () => {
			workspace.put('src/a.ts', '1\n');
			workspace.put('other/b.ts', '2\n');
		});
		assert.deepEqual(changes, [['src/a.ts', 'one\n', '1\n']]);
	});

	it('says nothing when nothing changed, also where a file was written anew with the same text', async () => {
		open({ 'a.ts': 'one\n' });
		assert.deepEqual(await ran('touch a.ts', () => workspace.put('a.ts', 'one\n')), { changes: [], found: undefined });
	});

	it('records files of named folders, patterns and after cd', async () => {
		open({ 'src/a.ts': 'a', 'src/sub/b.ts': 'b', 'lib/c.ts': 'c', 'pack/d/e.ts': 'e' });
		const { changes } = await ran('prettier -w src "lib/*.ts"; cd pack && tool d/e.ts', () => {
			for (const path of ['src/a.ts', 'src/sub/b.ts', 'lib/c.ts', 'pack/d/e.ts']) {
				workspace.put(path, 'x');
			}
		});
		assert.deepEqual(changes, [
			['lib/c.ts', 'c', 'x'],
			['pack/d/e.ts', 'e', 'x'],
			['src/a.ts', 'a', 'x'],
			['src/sub/b.ts', 'b', 'x'],
		]);
	});

	it('records what was deleted and created, also a whole new folder', async () => {
		open({ 'a.ts': 'a', 'src/b.ts': 'b' });
		const { changes, found } = await ran('mv a.ts src/c.ts && gen > new.txt', () => {
			workspace.disk.delete('a.ts');
			workspace.put('src/c.ts', 'a');
			workspace.put('new.txt', 'n');
			workspace.put('made/deep/d.ts', 'd');
		});
		assert.deepEqual(changes, [
			['a.ts', 'a', undefined],
			['made/deep/d.ts', undefined, 'd'],
			['new.txt', undefined, 'n'],
			['src/c.ts', undefined, 'a'],
		]);
		assert.deepEqual(
			found?.kept.map(({ path, how }) => `${path} ${how}`),
			['a.ts deleted', 'made/deep/d.ts created', 'new.txt created', 'src/c.ts created'],
		);
	});

	it('follows no ignored folder, and an ignored file only where it is named', async () => {
		open({
			...{ '.gitignore': 'dist\n*.log\n.env\n', '.env': 'A=1', 'run.log': 'l', 'dist/a.js': 'a', 'src/a.ts': 'a' },
		});
		files.touch('dist/a.js');
		const { changes, found } = await ran('build dist/a.js dist .env .', () => {
			workspace.put('.env', 'A=2');
			workspace.put('dist/a.js', 'b');
			workspace.put('dist/new.js', 'b');
			workspace.put('run.log', 'm');
			workspace.put('new.log', 'm');
		});
		news.tell({ path: 'dist/new.js', kind: 'created' }, { path: 'run.log', kind: 'changed' });
		await settle();
		assert.deepEqual(changes, [['.env', 'A=1', 'A=2']]);
		assert.deepEqual(found?.unkept, []);
		assert.equal(files.takeFound(), undefined);
	});

	it('names binary and huge files, and keeps no text of them', async () => {
		const binary = (last: number) => new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, last]);
		open({ 'logo.png': binary(1), 'big.csv': 'x'.repeat(5_000_001), 'a.ts': 'a' });
		const { changes, found } = await ran('tool logo.png big.csv a.ts', () => {
			workspace.put('logo.png', binary(2));
			workspace.put('big.csv', 'y'.repeat(5_000_001));
			workspace.put('a.ts', binary(3));
		});
		assert.deepEqual(changes, []);
		assert.deepEqual(
			found?.unkept.map(({ path }) => path),
			['a.ts', 'big.csv', 'logo.png'],
		);
	});

	it('tells a byte-order mark and an encoding from the text, and what of them would not come back', async () => {
		const bytes = (mark: readonly number[], text: string, each = 1) =>
			new Uint8Array([...mark, ...[...text].flatMap(letter => [letter.charCodeAt(0), ...(each === 2 ? [0] : [])])]);
		const marked = bytes([0xef, 0xbb, 0xbf], 'a\n');
		const wide = bytes([0xff, 0xfe], 'a\n', 2);
		open({
			'bare.cs': marked,
			'gone.cs': marked,
			'kept.cs': marked,
			'wide.txt': wide,
			'wider.txt': wide,
			'é.ts': 'é€😀',
		});
		const { changes, found } = await ran('tool bare.cs gone.cs kept.cs wide.txt wider.txt é.ts', () => {
			workspace.put('bare.cs', 'a\n');
			workspace.disk.delete('gone.cs');
			workspace.put('kept.cs', bytes([0xef, 0xbb, 0xbf], 'b\n'));
			workspace.put('wide.txt', 'b\n');
			workspace.disk.delete('wider.txt');
			workspace.put('é.ts', 'e');
		});
		assert.deepEqual(changes, [
			['gone.cs', '\uFEFFa\n', undefined],
			['kept.cs', 'a\n', 'b\n'],
			['wide.txt', 'a\n', 'b\n'],
			['wider.txt', 'a\n', undefined],
			['é.ts', 'é€😀', 'e'],
		]);
		assert.deepEqual([found?.inexact, found?.unkept], [2, [{ path: 'bare.cs', how: 'changed' }]]);
	});

	it('sees the disk below a text that the user has not saved', async () => {
		open({ 'a.ts': 'saved\n' });
		workspace.typeInto('a.ts', 'typed\n');
		const { changes } = await ran('sed a.ts', () => workspace.put('a.ts', 'by sed\n'));
		assert.deepEqual(changes, [['a.ts', 'saved\n', 'by sed\n']]);
		assert.deepEqual((await ran('sed a.ts', () => workspace.typeInto('a.ts', 'typed more\n'))).changes, []);
	});

	it('takes what the agent or the user changed between two commands for no work of the second', async () => {
		open({ 'a.ts': 'a', 'b.ts': 'b' });
		await ran('tool a.ts b.ts', () => undefined);
		workspace.put('a.ts', 'by the agent');
		const { changes } = await ran('tool a.ts b.ts', () => workspace.put('b.ts', 'by the command'));
		assert.deepEqual(changes, [['b.ts', 'b', 'by the command']]);
	});

	it('takes what an editor saved while the command ran for no work of it', async () => {
		open({ 'a.ts': 'a', 'b.ts': 'b' });
		const { changes } = await ran('tool a.ts b.ts', () => {
			workspace.put('a.ts', 'by the user');
			news.tell({ path: 'a.ts', kind: 'changed' }, { path: 'a.ts', kind: 'written' });
			workspace.put('b.ts', 'by the command');
		});
		assert.deepEqual(changes, [['b.ts', 'b', 'by the command']]);
	});

	it('goes on looking while something runs in the background, for the call that began it', async () => {
		open({ 'a.ts': 'a' });
		runs = true;
		assert.deepEqual((await ran('watch a.ts &', () => undefined, 'server')).changes, []);
		workspace.put('a.ts', 'b');
		await settle();
		runs = false;
		workspace.put('a.ts', 'c');
		await settle();
		assert.deepEqual(
			recorded.map(({ before, after, callId }) => [before, after, callId]),
			[
				['a', 'b', 'server'],
				['b', 'c', 'server'],
			],
		);
		workspace.put('a.ts', 'by hand, later');
		await settle();
		assert.equal(recorded.length, 2);
	});

	it('does not take what the agent itself writes for the work of a command in the background', async () => {
		open({ 'a.ts': 'a' });
		runs = true;
		await ran('watch a.ts &', () => undefined);
		const location = await workspace.locate('a.ts', signal);
		await files.settleBefore({ recordMade }, false);
		files.wrote(location);
		workspace.put('a.ts', 'by the agent');
		files.wrote(location);
		await files.afterWrite();
		workspace.put('a.ts', 'by the agent, formatted');
		await settle();
		assert.deepEqual(
			recorded.map(({ before, after }) => [before, after]),
			[['by the agent', 'by the agent, formatted']],
		);
	});

	it('names what only a watcher saw, also a moment after the command, and invents no text for it', async () => {
		open({ 'a.ts': 'a', 'far/away.ts': 'x', 'far/gone.ts': 'y' });
		const { changes, found } = await ran('npm run codegen', () => {
			workspace.put('far/away.ts', 'xx');
			workspace.disk.delete('far/gone.ts');
			news.tell({ path: 'far/away.ts', kind: 'created' }, { path: 'far/tmp', kind: 'created' });
			news.tell({ path: 'far/gone.ts', kind: 'deleted' }, { path: 'far/tmp', kind: 'deleted' });
		});
		assert.deepEqual(changes, []);
		assert.deepEqual(found?.unkept, [
			{ path: 'far/away.ts', how: 'changed' },
			{ path: 'far/gone.ts', how: 'deleted' },
		]);
		clock.advance(1500);
		news.tell({ path: 'far/away.ts', kind: 'changed' });
		clock.advance(1000);
		news.tell({ path: 'a.ts', kind: 'changed' });
		await settle();
		assert.deepEqual(files.takeFound()?.unkept, [{ path: 'far/away.ts', how: 'changed' }]);
		assert.equal(news.listeners, 0);
	});

	it('stays bounded when one command changes 10,000 files', async () => {
		const many = Array.from({ length: 10_000 }, (_, at) => `d${at % 100}/f${at}.ts`);
		open(Object.fromEntries(many.map(path => [path, 'a'])));
		const { changes, found } = await ran('codemod .', () => {
			for (const path of many) {
				workspace.put(path, 'b');
				news.tell({ path, kind: 'changed' });
			}
		});
		assert.equal(changes.length, 200);
		assert.ok(changes.every(([, before, after]) => before === 'a' && after === 'b'));
		assert.ok(found !== undefined && found.unkept.length <= 200);
		assert.equal(found.kept.length + found.unkept.length + found.more, 10_000);
	}).timeout(20_000);

	it('stays bounded when one command creates 10,000 files', async () => {
		open({ 'a.ts': 'a' });
		const { changes, found } = await ran('generate', () => {
			for (let at = 0; at < 3000; at++) {
				workspace.put(`f${at}.ts`, 'new');
			}
		});
		assert.equal(changes.length, 200);
		assert.equal(found?.more, 2800);
	});

	it('runs the command and says so when the disk does not take the texts', async () => {
		open({ 'a.ts': 'a' });
		failure = new ToolError('no space left on device');
		const { changes, found } = await ran('tool a.ts', () => workspace.put('a.ts', 'b'));
		assert.deepEqual(changes, []);
		assert.deepEqual(found, {
			...{ kept: [], inexact: 0, unkept: [{ path: 'a.ts', how: 'changed' }], more: 0 },
			problem: 'no space left on device',
		});
		failure = undefined;
		assert.deepEqual((await ran('tool a.ts', () => workspace.put('a.ts', 'c'))).changes, [['a.ts', 'b', 'c']]);
	});

	it('finds at the next call what could not be recorded because the turn was over', async () => {
		open({ 'a.ts': 'a', 'b.ts': 'b' });
		await begin('tool a.ts b.ts > c.ts');
		workspace.put('a.ts', 'x');
		workspace.put('c.ts', 'new');
		failure = new StreamLeftError('left');
		await assert.rejects(settle(), StreamLeftError);
		failure = undefined;
		await settle();
		assert.deepEqual(
			recorded.map(({ path, before, after }) => [path, before, after]),
			[
				['a.ts', 'a', 'x'],
				['c.ts', undefined, 'new'],
			],
		);
	});

	it('runs a command also where files cannot be read, and tells nothing of those', async () => {
		open({ 'a.ts': 'a', 'secret.ts': 's' }, made => {
			const refuse = (path: string) => {
				if (path === 'secret.ts') {
					throw new ToolError('permission denied');
				}
			};
			return new Proxy(made, {
				get(target, name) {
					const value = Reflect.get(target, name);
					return typeof value !== 'function'
						? value
						: (...given: unknown[]) => {
								const [first] = given;
								const path = typeof first === 'object' && first !== null && 'path' in first ? first.path : '';
								refuse(name === 'readText' || name === 'stat' ? String(path) : '');
								return value.apply(target, given);
							};
				},
			});
		});
		const { changes, found } = await ran('tool a.ts secret.ts', () => workspace.put('a.ts', 'b'));
		assert.deepEqual(changes, [['a.ts', 'a', 'b']]);
		assert.deepEqual(found?.unkept, []);
	});

	it('starts no command once it was stopped, and listens no more', async () => {
		open({ 'a.ts': 'a' });
		const stop = new AbortController();
		stop.abort();
		const line = { command: 'tool a.ts', language: 'bash', cwd: '/project' } as const;
		await assert.rejects(files.begin(line, { callId: 'c', recordMade, signal: stop.signal }), { name: 'AbortError' });
		assert.equal(news.listeners, 0);
		workspace.put('a.ts', 'b');
		await settle();
		assert.deepEqual(recorded, []);
	});

	it('remembers nothing of a process that died: a new one begins with what there is', async () => {
		open({ 'a.ts': 'a' });
		await begin('tool a.ts');
		workspace.put('a.ts', 'b');
		files.dispose();
		assert.equal(news.listeners, 0);
		const next = new CommandFiles({
			workspace,
			news: ownFileNews(),
			clock,
			stillRuns: async () => false,
			onBug: assert.fail,
		});
		await next.settle({ recordMade });
		await next.begin({ command: 'tool a.ts', language: 'bash', cwd: '/project' }, { callId: 'c', recordMade, signal });
		await next.settle({ recordMade });
		assert.deepEqual(recorded, []);
	});
});
