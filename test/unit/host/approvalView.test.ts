import assert from 'node:assert/strict';
import type { ApprovalRequest } from '../../../src/agent/tool.ts';
import { approvalView } from '../../../src/host/chat/approvalView.ts';

const place = { nonce: 'n', position: 1, total: 2 };
const t = (message: string, ...args: (string | number)[]) =>
	message.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)]));

describe('approvalView', () => {
	it('asks with the file in the question and shows the whole diff', () => {
		const hunks = [{ oldStart: 1, newStart: 1, lines: ['-a', '+b'] }];
		const request: ApprovalRequest = {
			callId: 'c1',
			name: 'edit',
			subject: 'src/deep/parse.ts',
			reason: 'write',
			canAllowSession: true,
			view: { kind: 'diff', path: 'src/deep/parse.ts', hunks, added: 1, removed: 1, isNew: false },
		};
		assert.deepEqual(approvalView(request, place, t), {
			callId: 'c1',
			...place,
			title: 'Edit parse.ts?',
			folder: 'src/deep',
			reason: 'Edits are asked for until you allow them in this session.',
			canAllowSession: true,
			detail: { kind: 'diff', path: 'src/deep/parse.ts', hunks },
		});
	});

	it('says that a path outside the workspace is always asked for', () => {
		const request: ApprovalRequest = {
			callId: 'c1',
			name: 'read',
			subject: '/etc/hosts',
			reason: 'outside',
			canAllowSession: false,
		};
		const { title, reason, canAllowSession } = approvalView(request, place, t);
		assert.equal(title, 'Read hosts?');
		assert.match(reason, /outside the workspace/);
		assert.equal(canAllowSession, false);
	});
});
