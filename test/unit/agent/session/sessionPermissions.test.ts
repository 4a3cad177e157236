import assert from 'node:assert/strict';
import type { ApprovalRule } from '../../../../src/agent/approval/approvalRules.ts';
import type { SessionEvent } from '../../../../src/agent/events.ts';
import {
	SessionPermissions,
	type SessionPermissionsOptions,
} from '../../../../src/agent/session/sessionPermissions.ts';
import { MemoryRuleStore } from '../../../fakes/memoryRuleStore.ts';

const host = (name: string): ApprovalRule => ({ kind: 'host', host: name });
const added = (rule: ApprovalRule): SessionEvent => ({ type: 'ruleAdded', rule });
const user: SessionEvent = { type: 'user', messageId: 'm', text: 'Go on.', attachments: [] };
const toolEnd = (isFromOutside: boolean): SessionEvent => ({
	type: 'toolEnd',
	callId: 'c',
	result: { outcome: 'ok', text: '', durationMs: 0, ...(isFromOutside && { isFromOutside }) },
});

function setUp(options: Partial<SessionPermissionsOptions> = {}, ...events: readonly SessionEvent[]) {
	const bugs: unknown[] = [];
	const permissions = new SessionPermissions({
		rules: new MemoryRuleStore(),
		isTrusted: () => true,
		ownFolders: ['/home/me/.config/ours'],
		initialLevel: 'ask',
		onBug: error => bugs.push(error),
		...options,
	});
	for (const event of events) {
		permissions.apply(event);
	}
	return { permissions, bugs };
}

describe('What the user lets the agent of a session do', () => {
	it('begins in Agent mode, at the usual level, with nothing allowed beforehand', async () => {
		const { permissions } = setUp();
		assert.deepEqual(await permissions.current(), {
			mode: 'agent',
			level: 'ask',
			isTrusted: true,
			isHeld: false,
			rules: [],
			ownFolders: ['/home/me/.config/ours'],
		});
	});

	it('keeps the mode with the session, and the level only as long as it is open', async () => {
		const events: readonly SessionEvent[] = [
			{ type: 'modeSet', mode: 'ask' },
			{ type: 'levelSet', level: 'everything' },
		];
		const { permissions } = setUp({}, ...events);
		// As it is after the session was opened again: its events are the same.
		assert.deepEqual([permissions.mode, permissions.level], ['ask', 'ask']);
		permissions.setLevel('everything');
		assert.equal(permissions.level, 'everything');
	});

	it('takes edits that a card allowed as the level that allows them, until the level is set', () => {
		const { permissions } = setUp({}, added({ kind: 'edits' }));
		assert.equal(permissions.level, 'edits');
		permissions.setLevel('ask');
		permissions.apply({ type: 'levelSet', level: 'ask' });
		assert.equal(permissions.level, 'ask');
	});

	it('has the rules of the session before those that are stored, as they are at the moment, each once', async () => {
		const rules = new MemoryRuleStore([{ rule: host('stored.example'), scope: 'always' }]);
		const { permissions } = setUp({ rules }, added(host('a.example')), added(host('a.example')));
		assert.deepEqual((await permissions.current()).rules, [host('a.example'), host('stored.example')]);
		await permissions.store(host('b.example'), 'workspace');
		assert.deepEqual(await rules.rules(), [
			{ rule: host('stored.example'), scope: 'always' },
			{ rule: host('b.example'), scope: 'workspace' },
		]);
		assert.equal((await permissions.current()).rules.length, 3);
		await rules.remove({ rule: host('stored.example'), scope: 'always' });
		assert.equal((await permissions.current()).rules.length, 2);
	});

	it('is held from the first text of others until the next word of the user', () => {
		const { permissions } = setUp({}, toolEnd(false));
		assert.deepEqual([permissions.isHeld, permissions.hasSeenOutside], [false, false]);
		permissions.apply(toolEnd(true));
		permissions.apply(toolEnd(false));
		assert.equal(permissions.isHeld, true);
		permissions.apply(user);
		assert.deepEqual([permissions.isHeld, permissions.hasSeenOutside], [false, true]);
		permissions.apply(toolEnd(true));
		permissions.apply({ type: 'steer', messageId: 'm', text: 'Go on.' });
		assert.equal(permissions.isHeld, false);
	});

	it('is not freed by what is only queued', () => {
		const { permissions } = setUp({}, toolEnd(true), { type: 'queued', messageId: 'm', text: 'x', attachments: [] });
		assert.equal(permissions.isHeld, true);
	});

	it('allows less, not more, while stored rules cannot be read', async () => {
		const fault = new Error('EACCES');
		const rules = new MemoryRuleStore();
		rules.rules = () => Promise.reject(fault);
		const { permissions, bugs } = setUp({ rules }, added(host('a.example')));
		const { rules: known, isHeld } = await permissions.current();
		// Among those that cannot be read may be one that forbids.
		assert.deepEqual([known, isHeld], [[host('a.example')], true]);
		assert.deepEqual(bugs, [fault]);
	});

	it('asks at each look whether the workspace is trusted', async () => {
		let isTrusted = false;
		const { permissions } = setUp({ isTrusted: () => isTrusted });
		assert.equal((await permissions.current()).isTrusted, false);
		isTrusted = true;
		assert.equal((await permissions.current()).isTrusted, true);
	});
});
