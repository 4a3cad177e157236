import assert from 'node:assert/strict';
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { PlacedFinding } from '../../src/host/uncommitted/findingThreads.ts';
import { LineMoves } from '../../src/host/uncommitted/lineMoves.ts';
import { UncommittedReview } from '../../src/host/uncommitted/uncommittedReview.ts';
import { AgentHarness } from './agentHarness.ts';
import { GitProject } from './gitProject.ts';

const COMMITTED = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n';
const CHANGED = COMMITTED.replace('five\n', 'five\nconsole.log(five);\n');

describe('the review of uncommitted changes', () => {
	let agent: AgentHarness;
	let project: GitProject;
	let review: UncommittedReview;
	const finding = (fields: object = {}) => ({
		path: 'list.ts',
		line: 6,
		code: 'console.log(five);',
		severity: 'medium',
		title: 'Debug output is left',
		text: 'Remove it.',
		...fields,
	});
	/** Runs it on an answer with these findings. */
	const run = async (...findings: readonly object[]) => {
		agent.server.script({ text: JSON.stringify({ findings }) });
		await review.run(project.argument);
		return review.findings.threads;
	};
	const lastPrompt = () =>
		JSON.parse(agent.server.chats.at(-1)?.text ?? '{}').messages.at(-1).content[0].text as string;
	const lineOf = (thread: vscode.CommentThread | undefined) => thread?.range?.start.line;

	before(async () => {
		agent = await AgentHarness.open();
		await vscode.workspace.getConfiguration('files').update('autoSave', 'off', vscode.ConfigurationTarget.Global);
		project = await GitProject.create('reviewed', { 'list.ts': COMMITTED, '.env': 'TOKEN=one\n' }, 'Begin');
		review = await agent.api.uncommittedReview();
		await project.put({ 'list.ts': CHANGED, '.env': 'TOKEN=two\n' });
		// A name that says nothing of where it leads.
		await symlink('.env', join(project.root, 'notes.txt'));
	});
	afterEach(async () => {
		agent.server.forgetScript();
		await review.findings.clear();
	});
	after(async () => {
		await project?.remove();
		await vscode.workspace.getConfiguration('files').update('autoSave', undefined, vscode.ConfigurationTarget.Global);
		await agent?.close();
	});

	it('shows each finding as a comment at its line', async () => {
		const [thread, ...others] = await run(finding());
		assert.equal(others.length, 0);
		assert.equal(thread?.uri.toString(), project.uri('list.ts').toString());
		assert.equal(lineOf(thread), 5);
		assert.equal(thread?.label, 'Medium severity');
		assert.equal(thread?.canReply, false);
		const body = thread?.comments[0]?.body;
		assert.equal(body instanceof vscode.MarkdownString && body.value, '**Debug output is left**\n\nRemove it\\.');
		assert.equal(body instanceof vscode.MarkdownString && body.isTrusted, undefined);
	});

	it('asks about what differs from the last commit, without secrets', async () => {
		await run();
		assert.match(lastPrompt(), /list\.ts\n```\n[\s\S]*5 {3}five\n 6 \+ console\.log\(five\);\n/);
		assert.doesNotMatch(agent.server.chats.at(-1)?.text ?? '', /TOKEN/);
		assert.equal(review.findings.size, 0);
	});

	it('leaves out what is about lines or files that did not change', async () => {
		const threads = await run(
			finding({ line: 900, code: 'gone' }),
			finding({ path: 'other.ts' }),
			finding({ path: '.env', line: 1, code: 'TOKEN=two' }),
		);
		assert.equal(threads.length, 0);
	});

	it('sees what is not saved, and stays at its line while the user types', async () => {
		const editor = await vscode.window.showTextDocument(project.uri('list.ts'));
		const { document } = editor;
		await editor.edit(edit => edit.insert(new vscode.Position(0, 0), 'zero\n'));
		const [thread] = await run(finding({ line: 7 }));
		assert.match(lastPrompt(), / 1 \+ zero/);
		assert.equal(document.lineAt(lineOf(thread) ?? 0).text, 'console.log(five);');
		await editor.edit(edit => edit.insert(new vscode.Position(2, 0), 'more\nand more\n'));
		assert.equal(document.lineAt(lineOf(thread) ?? 0).text, 'console.log(five);');
		await editor.edit(edit => edit.delete(new vscode.Range(0, 0, 1, 0)));
		assert.equal(document.lineAt(lineOf(thread) ?? 0).text, 'console.log(five);');
		await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
	});

	it('finds its line again that moved while the model thought', async () => {
		const editor = await vscode.window.showTextDocument(project.uri('list.ts'));
		agent.server.script({ text: JSON.stringify({ findings: [finding()] }), headersDelayMs: 300 });
		const number = agent.server.chats.length + 1;
		const running = review.run(project.argument);
		await agent.server.chat(number);
		await editor.edit(edit => edit.insert(new vscode.Position(0, 0), 'zero\n'));
		await running;
		assert.equal(lineOf(review.findings.threads[0]), 6);
		await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
	});

	it('counts no edit that was in the text already when it was read', async () => {
		const uri = project.uri('list.ts');
		const editor = await vscode.window.showTextDocument(uri);
		const insert = () => editor.edit(edit => edit.insert(new vscode.Position(0, 0), 'zero\n'));
		const moves = new LineMoves();
		try {
			await insert();
			const mark = moves.mark(uri);
			assert.equal(moves.now(uri, 5, mark), 5);
			await insert();
			assert.equal(moves.now(uri, 5, mark), 6);
		} finally {
			moves.dispose();
			await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
		}
	});

	describe('hands a finding over to be fixed', () => {
		let handing: UncommittedReview;
		let log: vscode.LogOutputChannel;
		let isTaken: boolean;
		const fixes: PlacedFinding[] = [];

		before(async () => {
			await project.put({ 'list.ts': CHANGED });
			log = vscode.window.createOutputChannel('Review under test', { log: true });
			const services = await agent.api.services();
			const onFix = async (fix: PlacedFinding) => {
				fixes.push(fix);
				return isTaken;
			};
			handing = new UncommittedReview({ services, log, onFix });
		});
		beforeEach(async () => {
			agent.server.script({ text: JSON.stringify({ findings: [finding({ severity: 'high' })] }) });
			await handing.run(project.argument);
		});
		after(() => {
			handing.dispose();
			log.dispose();
		});

		it('with the line where it stands, and lets go of it then', async () => {
			isTaken = true;
			await handing.fix(handing.findings.threads[0]);
			const [fix] = fixes;
			assert.deepEqual(
				{ line: fix?.line, start: fix?.range.start.line, severity: fix?.severity, title: fix?.title, text: fix?.text },
				{ line: 6, start: 5, severity: 'high', title: 'Debug output is left', text: 'Remove it.' },
			);
			assert.equal(fix?.uri.toString(), project.uri('list.ts').toString());
			assert.equal(handing.findings.size, 0);
		});
		it('and keeps it where the fix was not begun', async () => {
			isTaken = false;
			await handing.fix(handing.findings.threads[0]);
			assert.equal(handing.findings.size, 1);
		});
	});

	it('has a finding mended in place, which waits for the word of the user', async () => {
		const mended = 'function sum(a, b) {\n\treturn a + b;\n}\n\nexport const zero = 0;\n';
		const written = mended.replace('\treturn', '\tconsole.log(a);\n\treturn');
		await project.put({ 'sum.ts': written });
		const [thread] = await run(finding({ path: 'sum.ts', line: 2, code: 'console.log(a);' }));
		agent.server.script({ text: '```\nfunction sum(a, b) {\n\treturn a + b;\n}\n```' });
		await vscode.commands.executeCommand('openrouterAgent.fixFinding', thread);
		assert.match(lastPrompt(), /line 2: warning: Debug output is left: Remove it\./);
		const inline = await agent.api.inline();
		assert.equal(inline.edits.length, 1);
		assert.equal(vscode.window.activeTextEditor?.document.getText(), mended);
		assert.equal(review.findings.size, 0);
		await inline.reject();
		assert.equal(vscode.window.activeTextEditor?.document.getText(), written);
		await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
		await rm(join(project.root, 'sum.ts'));
	});

	it('keeps a finding that the model would not mend', async () => {
		const [thread] = await run(finding());
		agent.server.script({ refuse: 'credits' });
		await vscode.commands.executeCommand('openrouterAgent.fixFinding', thread);
		assert.equal(review.findings.size, 1);
		await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
	});

	it('dismisses one, and clears all', async () => {
		const [first] = await run(finding(), finding({ title: 'Another' }), finding({ title: 'And another' }));
		await review.findings.dismiss(first);
		assert.equal(review.findings.size, 2);
		await review.findings.dismiss({ not: 'a thread of ours' });
		assert.equal(review.findings.size, 2);
		await review.findings.clear();
		assert.equal(review.findings.size, 0);
	});

	it('takes an answer that is not quite JSON', async () => {
		const text = `Here it is:\n\`\`\`json\n{findings: [${JSON.stringify(finding())},]}\n\`\`\``;
		agent.server.script({ text });
		await review.run(project.argument);
		assert.equal(review.findings.size, 1);
	});

	it('shows nothing when it fails', async () => {
		agent.server.script({ refuse: 'credits' });
		await review.run(project.argument);
		assert.equal(review.findings.size, 0);
	});

	it('asks nothing where nothing changed', async () => {
		const count = agent.server.chats.length;
		await rm(join(project.root, 'notes.txt'));
		await project.put({ 'list.ts': COMMITTED, '.env': 'TOKEN=one\n' });
		await review.run(project.argument);
		assert.equal(agent.server.chats.length, count);
	});

	it('is in the ledger with what it cost', async () => {
		const { ledger } = await agent.api.services();
		await ledger.whenWritten();
		const reviews = [...ledger.entries()].filter(({ sessionId }) => sessionId.startsWith('review-'));
		assert.ok(reviews.some(({ purpose, cost }) => purpose === 'structured' && (cost ?? 0) > 0));
	});
});
