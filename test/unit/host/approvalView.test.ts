import assert from 'node:assert/strict';
import type { ApprovalItem, ApprovalReason, ApprovalRequest } from '../../../src/agent/tool.ts';
import { approvalView } from '../../../src/host/chat/approvalView.ts';
import { translate } from '../../fakes/translate.ts';

const place = { nonce: 'n', position: 1, total: 2 };
const shown = (request: ApprovalRequest) => approvalView(request, place, translate);
const hunks = [{ oldStart: 1, newStart: 1, lines: ['-a', '+b'] }];
const diff = { kind: 'diff', path: 'src/deep/parse.ts', hunks, added: 1, removed: 1, isNew: false } as const;

const command = (text: string, more: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
	...{ callId: 'c', name: 'bash', subject: text, reason: 'command' },
	...more,
});

describe('approvalView', () => {
	it('asks with the file in the question and shows the whole diff', () => {
		const request: ApprovalRequest = {
			callId: 'c1',
			name: 'edit',
			subject: 'src/deep/parse.ts',
			reason: 'write',
			offer: { rule: { kind: 'edits' }, scopes: ['session'] },
			view: diff,
		};
		assert.deepEqual(shown(request), {
			callId: 'c1',
			...place,
			title: 'Edit parse.ts?',
			folder: 'src/deep',
			reasons: ['Edits are asked for until you allow them in this session.'],
			offer: { rule: 'edits of unprotected files', scopes: ['session'] },
			detail: { kind: 'diff', path: 'src/deep/parse.ts', hunks },
		});
	});

	it('shows a path outside the workspace whole', () => {
		const { title, folder, reasons, detail } = shown({
			...{ callId: 'c1', name: 'read', subject: '/home/ada/notes/todo.md', reason: 'outside' },
		});
		assert.deepEqual([title, folder], ['Read todo.md?', '/home/ada/notes']);
		assert.deepEqual(reasons, ['This is outside the workspace.']);
		assert.deepEqual(detail, { kind: 'text', text: '/home/ada/notes/todo.md' });
	});

	it('shows a command whole, with what is to be thought of and where it runs', () => {
		const text = `echo ${'x'.repeat(5000)}\nrm -rf out`;
		const { title, reasons, detail, offer } = shown(
			command(text, {
				commandReasons: [{ code: 'lines' }, { code: 'destructive', subject: 'rm' }, { code: 'held' }],
				view: { kind: 'command', command: text, directory: 'packages/a' },
			}),
		);
		assert.equal(title, 'Run this command?');
		assert.deepEqual(detail, { kind: 'command', command: text, directory: 'packages/a' });
		assert.equal(offer, undefined);
		assert.deepEqual(reasons, [
			'It has more than one line.',
			'“rm” changes or deletes files.',
			'Text from outside came in since your last message, so rules do not count for it.',
		]);
	});

	it('shows a command that has no view, with what is invisible in it spelt out', () => {
		const { detail, reasons } = shown(command('echo \u202Efdp.exe\u200B'));
		assert.deepEqual(detail, { kind: 'command', command: 'echo \\u{202E}fdp.exe\\u{200B}' });
		assert.deepEqual(reasons, ['Commands are asked for unless they are known to only read.']);
	});

	it('offers a rule in words, whole, with the scopes that hold', () => {
		const rule = { kind: 'command', rule: { kind: 'words', effect: 'allow', words: ['npm', 'test'] } } as const;
		const { offer } = shown(command('npm test', { offer: { rule, scopes: ['session', 'workspace', 'always'] } }));
		assert.deepEqual(offer, { rule: 'npm test …', scopes: ['session', 'workspace', 'always'] });
	});

	it('emphasises the host of an address and marks what is odd in it', () => {
		const url = `http://a.example:8443/x?d=${'s'.repeat(300)}`;
		const { title, reasons, detail } = shown({
			...{ callId: 'c', name: 'webfetch', subject: url, reason: 'fetch' },
			view: { kind: 'url', url, longParts: ['query'], port: 8443 },
		});
		assert.equal(title, 'Fetch from a.example:8443?');
		assert.deepEqual(detail, {
			kind: 'url',
			parts: [
				{ text: 'http://', look: 'plain' },
				{ text: 'a.example', look: 'host' },
				{ text: ':8443', look: 'odd' },
				{ text: '/x', look: 'plain' },
				{ text: `?d=${'s'.repeat(300)}`, look: 'odd' },
			],
		});
		assert.deepEqual(reasons, [
			'The marked part is long: it can carry away what was read here.',
			'Port 8443 is unusual for a page.',
			'The connection is not encrypted.',
			'Whoever owns the address sees all of it; the model reads what comes back.',
		]);
	});

	it('shows every character of an address, wherever it is cut', () => {
		for (const url of ['https://[2606:4700::1111]:444/a?b', 'https://a.example', 'http://a.example/?#', 'no address']) {
			const { detail } = shown({
				...{ callId: 'c', name: 'webfetch', subject: url, reason: 'fetch' },
				view: { kind: 'url', url, longParts: [] },
			});
			assert.equal(detail?.kind === 'url' && detail.parts.map(({ text }) => text).join(''), url);
		}
	});

	it('names server and tool of a foreign call, with its arguments', () => {
		const view = { kind: 'foreign', server: 'github\u202E', tool: 'create_issue', input: '{\n  "a": 1\n}' } as const;
		const { title, detail } = shown({
			...{ callId: 'c', name: 'useTool', subject: 'create_issue {"a":1}', reason: 'foreign', view },
		});
		assert.equal(title, 'Use create_issue of github\\u{202E}?');
		assert.deepEqual(detail, { ...view, server: 'github\\u{202E}' });
	});

	it('lists several calls, each with its own reason and view', () => {
		const items: ApprovalItem[] = [
			{ callId: 'c/1', name: 'edit', subject: 'src/deep/parse.ts', reason: 'write', view: diff },
			{ callId: 'c/2', name: 'bash', subject: 'make', reason: 'command' },
		];
		const view = shown({ callId: 'c', name: 'batch', subject: '2 calls', reason: 'several', items });
		assert.equal(view.title, 'Allow 2 calls?');
		assert.equal(view.detail, undefined);
		assert.deepEqual(
			view.items?.map(({ id, title, detail }) => [id, title, detail?.kind]),
			[
				['c/1', 'Edit parse.ts?', 'diff'],
				['c/2', 'Run this command?', 'command'],
			],
		);
	});

	it('names the addresses of schemas that a write adds, and the agent that asks', () => {
		const view = shown({
			...{ callId: 'c', name: 'write', subject: 'a.json', reason: 'schema', agent: 'Port\u202E tests' },
			remoteSchemas: ['https://a.example/s.json'],
		});
		assert.deepEqual(view.reasons, [
			'This adds addresses that an editor fetches by itself:',
			'https://a.example/s.json',
		]);
		assert.equal(view.agent, 'Port\\u{202E} tests');
	});

	it('spells out what is invisible in a diff, which could read as other code', () => {
		const lines = ['+if (isAdmin\u202E\u2066) {', '+\u00E9\t👨‍👩‍👧 "ok"'];
		const { detail } = shown({
			...{ callId: 'c', name: 'edit', subject: 'a\u200B.ts', reason: 'write' },
			view: { ...diff, hunks: [{ oldStart: 1, newStart: 1, lines }] },
		});
		assert.deepEqual(detail?.kind === 'diff' && detail.hunks[0]?.lines, [
			'+if (isAdmin\\u{202E}\\u{2066}) {',
			lines[1],
		]);
	});

	it('has a sentence for every reason', () => {
		const reasons: Record<ApprovalReason, true> = {
			...{ write: true, protected: true, secret: true, outside: true, system: true, schema: true, command: true },
			...{ fetch: true, search: true, foreign: true, several: true, unclear: true },
		};
		for (const reason of Object.keys(reasons) as ApprovalReason[]) {
			const view = shown({ callId: 'c', name: 'read', subject: 'the object', reason, items: [] });
			assert.match(view.reasons.join(' '), /\.$|:$/, reason);
		}
	});
});
