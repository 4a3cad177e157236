/** What every store of rules promises: run against the fake and against those over files. */
import assert from 'node:assert/strict';
import type { ApprovalRule, RuleStore } from '../../src/agent/approval/approvalRules.ts';

export interface RuleStoreFixture {
	/** A store as another start of the same workspace opens it, which knows only what was kept. */
	open(): RuleStore;
	close(): Promise<void>;
}

const rules: readonly ApprovalRule[] = [
	{ kind: 'edits' },
	{ kind: 'command', rule: { kind: 'words', effect: 'allow', words: ['git', 'add'] } },
	{ kind: 'command', rule: { kind: 'line', effect: 'deny', line: 'curl "a b" \u202e' } },
	{ kind: 'host', host: 'example.org:8443' },
	{ kind: 'search' },
	{ kind: 'server', approval: { server: 'issues', tools: [{ id: 'mcp_issues_list', hash: 'aa' }] } },
	{ kind: 'read', path: '/home/ada/notes' },
	{ kind: 'write', folder: '/home/ada/other' },
];

export function describeRuleStore(name: string, openFixture: () => Promise<RuleStoreFixture>): void {
	describe(`rules that are kept ${name}`, () => {
		let fixture: RuleStoreFixture;
		beforeEach(async () => {
			fixture = await openFixture();
		});
		afterEach(() => fixture.close());

		it('are none at first', async () => {
			assert.deepEqual(await fixture.open().rules(), []);
		});
		it('come back as they were given, of every kind', async () => {
			const store = fixture.open();
			for (const rule of rules) {
				await store.add(rule, 'always');
			}
			const kept = (await fixture.open().rules()).map(({ rule }) => rule);
			assert.deepEqual(
				new Set(kept.map(rule => JSON.stringify(rule))),
				new Set(rules.map(rule => JSON.stringify(rule))),
			);
		});
		it('are kept once however often they are added, and once a scope', async () => {
			const store = fixture.open();
			await store.add({ kind: 'search' }, 'always');
			await store.add({ kind: 'search' }, 'always');
			await store.add({ kind: 'search' }, 'workspace');
			assert.deepEqual((await store.rules()).map(({ scope }) => scope).toSorted(), ['always', 'workspace']);
		});
		it('go one by one, by rule and scope', async () => {
			const store = fixture.open();
			await store.add({ kind: 'search' }, 'always');
			await store.add({ kind: 'search' }, 'workspace');
			await store.add({ kind: 'host', host: 'example.org' }, 'always');
			await store.remove({ rule: { kind: 'search' }, scope: 'always' });
			await store.remove({ rule: { kind: 'edits' }, scope: 'always' });
			const left = (await fixture.open().rules()).map(({ rule, scope }) => `${scope} ${rule.kind}`);
			assert.deepEqual(left.toSorted(), ['always host', 'workspace search']);
		});
		it('are all there when two windows add at once', async () => {
			const [one, other] = [fixture.open(), fixture.open()];
			const hosts = Array.from({ length: 20 }, (_, index) => `host${index}.example`);
			await Promise.all(
				hosts.map((host, index) => (index % 2 === 0 ? one : other).add({ kind: 'host', host }, 'workspace')),
			);
			for (const store of [one, other, fixture.open()]) {
				const kept = (await store.rules()).flatMap(({ rule }) => (rule.kind === 'host' ? [rule.host] : []));
				assert.deepEqual(kept.toSorted(), hosts.toSorted());
			}
		});
		it('count at the next look of another window', async () => {
			const [one, other] = [fixture.open(), fixture.open()];
			assert.deepEqual(await other.rules(), []);
			await one.add({ kind: 'search' }, 'always');
			assert.equal((await other.rules()).length, 1);
			await one.remove({ rule: { kind: 'search' }, scope: 'always' });
			assert.deepEqual(await other.rules(), []);
		});
	});
}
