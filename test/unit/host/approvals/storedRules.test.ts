import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoredRules } from '../../../../src/host/approvals/storedRules.ts';
import type { SharedFile } from '../../../../src/host/platform.ts';
import { openWebSharedFile } from '../../../../src/host/webSharedFile.ts';
import { openSharedFile } from '../../../../src/node/sharedFile.ts';
import { describeRuleStore } from '../../../contracts/ruleStoreContract.ts';
import { memoryJournalFiles } from '../../../fakes/memoryJournalFiles.ts';
import { memoryLocks } from '../../../fakes/memoryLocks.ts';
import { MemoryRuleStore } from '../../../fakes/memoryRuleStore.ts';

describeRuleStore('in memory', async () => {
	const store = new MemoryRuleStore();
	return { open: () => store, close: async () => undefined };
});

describeRuleStore('in a file of the desktop', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'rules-'));
	return {
		open: () => new StoredRules({ file: openSharedFile(join(folder, 'approvals/rules.json')), workspace: 'here' }),
		close: () => rm(folder, { recursive: true }),
	};
});

describeRuleStore("in the browser's files", async () => {
	const [files, locks] = [memoryJournalFiles(), memoryLocks()];
	return {
		open: () =>
			new StoredRules({ file: openWebSharedFile({ files, locks, name: 'x', file: 'rules.json' }), workspace: 'here' }),
		close: async () => undefined,
	};
});

describe('the file of rules', () => {
	let folder: string;
	let path: string;
	let file: SharedFile;
	const open = (workspace = 'here') => new StoredRules({ file, workspace });
	const write = (value: unknown) => writeFile(path, typeof value === 'string' ? value : JSON.stringify(value));
	const parsed = async () => JSON.parse(await readFile(path, 'utf8'));
	const searches = { kind: 'search' } as const;

	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'rules-'));
		path = join(folder, 'rules.json');
		file = openSharedFile(path);
	});
	afterEach(() => rm(folder, { recursive: true }));

	it('is for the user alone, and leaves nothing beside', async () => {
		await open().add(searches, 'always');
		assert.equal((await stat(path)).mode & 0o777, 0o600);
		assert.deepEqual(await readdir(folder), ['rules.json']);
	});
	it('keeps the rules of one workspace from the others', async () => {
		await open('here').add(searches, 'workspace');
		await open('there').add({ kind: 'host', host: 'there.example' }, 'workspace');
		await open('there').add({ kind: 'host', host: 'all.example' }, 'always');
		assert.deepEqual(
			(await open('here').rules()).map(({ rule }) => rule),
			[searches, { kind: 'host', host: 'all.example' }],
		);
		for (const odd of ['__proto__', 'constructor', '']) {
			assert.equal((await open(odd).rules()).length, 1, odd);
		}
	});
	it('gives no right by an entry that is no rule, and leaves it where it is', async () => {
		const odd = [
			{ kind: 'everything' },
			{ kind: 'host', host: '' },
			{ kind: 'command', rule: { kind: 'words', effect: 'allow', words: ['bash'] } },
			{ kind: 'command', rule: { kind: 'words', effect: 'allow', words: ['npm', '$(id)'] } },
			{ kind: 'search', extra: true },
			'edits',
			null,
		];
		await write({ version: 1, note: 'mine', always: [...odd, searches], workspaces: { here: [7] } });
		assert.deepEqual(await open().rules(), [{ rule: searches, scope: 'always' }]);
		await open().add({ kind: 'host', host: 'example.org' }, 'always');
		await open().remove({ rule: searches, scope: 'always' });
		assert.deepEqual(await parsed(), {
			version: 1,
			note: 'mine',
			always: [...odd, { kind: 'host', host: 'example.org' }],
			workspaces: { here: [7] },
		});
	});
	it('gives no right when it is no such file, and is kept beside when a rule is added', async () => {
		for (const text of ['', '{', '[]', '{"version":2,"always":[{"kind":"search"}]}', '{"version":1,"always":{}}']) {
			await write(text);
			assert.deepEqual(await open().rules(), [], text);
			await open().add(searches, 'workspace');
			assert.deepEqual(await open().rules(), [{ rule: searches, scope: 'workspace' }]);
			assert.equal(await readFile(`${path}.damaged`, 'utf8'), text);
		}
	});
	it('asks again for a server whose stored definition was changed by hand', async () => {
		const approval = { server: 's', tools: [{ id: 'a', hash: 'aa' }] };
		await open().add({ kind: 'server', approval }, 'always');
		await write({ version: 1, always: [{ kind: 'server', approval: { server: 's', tools: [{ id: 'a' }] } }] });
		assert.deepEqual(await open().rules(), []);
	});
	it('removes all rules of this workspace and of everywhere, and none of others', async () => {
		await open('there').add(searches, 'workspace');
		await open().add(searches, 'workspace');
		await open().add({ kind: 'edits' }, 'always');
		await open().removeAll();
		assert.deepEqual(await open().rules(), []);
		assert.equal((await open('there').rules()).length, 1);
	});
	it('takes no rule that would allow anything', async () => {
		const bad = { kind: 'command', rule: { kind: 'words', effect: 'allow', words: ['node'] } } as const;
		await assert.rejects(open().add(bad, 'always'), /could run anything/);
		assert.deepEqual(await readdir(folder), []);
	});
	it('can be changed when a process died while it changed it', async () => {
		await writeFile(`${path}.lock`, JSON.stringify({ host: hostname(), pid: 2 ** 22 + 1, token: 'x' }));
		await open().add(searches, 'always');
		assert.deepEqual(await open().rules(), [{ rule: searches, scope: 'always' }]);
	});
	it('says so when it cannot be written, and stays as it was', async () => {
		await open().add(searches, 'always');
		const before = await readFile(path, 'utf8');
		const failing: SharedFile = {
			read: () => file.read(),
			change: edit => file.change(text => ({ ...edit(text), text: assert.fail('No space left.') })),
		};
		const store = new StoredRules({ file: failing, workspace: 'here' });
		await assert.rejects(store.add({ kind: 'edits' }, 'always'), /No space left/);
		assert.equal(await readFile(path, 'utf8'), before);
		assert.deepEqual(await readdir(folder), ['rules.json']);
	});
});
