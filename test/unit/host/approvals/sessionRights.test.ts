import assert from 'node:assert/strict';
import type { AgentMode, ApprovalLevel } from '../../../../src/agent/approval/policy.ts';
import type { Session } from '../../../../src/agent/session/session.ts';
import { SessionRights } from '../../../../src/host/approvals/sessionRights.ts';

/** What the choice needs of a session. */
function sessionLike(): Session {
	const permissions: { mode: AgentMode; level: ApprovalLevel } = { mode: 'agent', level: 'ask' };
	const session = {
		permissions,
		async setMode(mode: AgentMode) {
			permissions.mode = mode;
		},
		async setLevel(level: ApprovalLevel) {
			permissions.level = level;
		},
	};
	// Nothing else of a session is touched.
	return session as unknown as Session;
}

describe('what the user lets the session on screen do', () => {
	let session: Session | undefined;
	let answer: boolean;
	let questions: number;
	let changes: number;
	let rights: SessionRights;
	/** Runs while the question is on screen. */
	let meanwhile: () => void;

	beforeEach(() => {
		session = undefined;
		answer = true;
		questions = 0;
		changes = 0;
		meanwhile = () => undefined;
		rights = new SessionRights({
			session: () => session,
			initialLevel: () => 'edits',
			onChanged: () => changes++,
			async confirm() {
				questions++;
				meanwhile();
				return answer;
			},
		});
	});

	it('is the usual before there is a session, and what was chosen then goes to the next one alone', async () => {
		assert.deepEqual([rights.mode, rights.level], ['agent', 'edits']);
		await rights.setMode('ask');
		await rights.setLevel('ask');
		assert.deepEqual([rights.mode, rights.level, changes], ['ask', 'ask', 2]);
		session = sessionLike();
		await rights.handOver(session);
		assert.deepEqual([session.permissions.mode, session.permissions.level], ['ask', 'ask']);
		session = undefined;
		assert.deepEqual([rights.mode, rights.level], ['agent', 'edits']);
	});
	it('is everything only after a yes', async () => {
		session = sessionLike();
		answer = false;
		await rights.setLevel('everything');
		assert.equal(session.permissions.level, 'ask');
		answer = true;
		await rights.setLevel('everything');
		assert.deepEqual([session.permissions.level, questions], ['everything', 2]);
	});
	it('is everything only after a yes before there is a session too', async () => {
		answer = false;
		await rights.setLevel('everything');
		assert.equal(rights.level, 'edits');
		answer = true;
		await rights.setLevel('everything');
		assert.deepEqual([rights.level, questions], ['everything', 2]);
	});
	it('asks nothing for less', async () => {
		session = sessionLike();
		await rights.setLevel('edits');
		await rights.setLevel('ask');
		assert.equal(questions, 0);
	});
	it('gives a yes to no other session than the one it was about', async () => {
		const first = sessionLike();
		const second = sessionLike();
		session = first;
		meanwhile = () => {
			session = second;
		};
		await rights.setLevel('everything');
		assert.deepEqual([first.permissions.level, second.permissions.level], ['ask', 'ask']);
	});
	it('forgets what was chosen when another session comes on screen', async () => {
		await rights.setLevel('everything');
		rights.clear();
		assert.equal(rights.level, 'edits');
	});
});
