import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { UriCallbacks } from '../../src/host/account/uriCallbacks.ts';
import type { TestApi } from '../../src/host/activate.ts';
import { openPath } from '../../src/host/chat/editorLinks.ts';
import { pageHtml, pageRoots } from '../../src/host/chat/pageHtml.ts';

const EXTENSION_ID = 'openrouter-agent.openrouter-agent';

describe('the page in the editor', () => {
	let extension: vscode.Extension<TestApi>;
	before(async () => {
		extension = vscode.extensions.getExtension<TestApi>(EXTENSION_ID) ?? assert.fail('Not installed.');
		await extension.activate();
	});

	it('may load what we ship, and no file of the workspace or of the machine', async function () {
		this.timeout(60_000);
		const outside = vscode.Uri.file(join(tmpdir(), `canary-${process.pid}.txt`));
		const inside = vscode.Uri.joinPath(vscode.workspace.workspaceFolders?.[0]?.uri ?? assert.fail(), 'canary.txt');
		await writeFile(outside.fsPath, 'SECRET');
		await vscode.workspace.fs.writeFile(inside, new TextEncoder().encode('SECRET'));
		const ours = vscode.Uri.joinPath(extension.extensionUri, 'dist', 'page', 'page.js');
		const besides = vscode.Uri.joinPath(extension.extensionUri, 'package.json');
		const panel = vscode.window.createWebviewPanel('canary', 'Canary', vscode.ViewColumn.One, {
			enableScripts: true,
			localResourceRoots: pageRoots(extension.extensionUri),
		});
		try {
			const { webview } = panel;
			const uris = [ours, besides, inside, outside, vscode.Uri.file('/etc/passwd')];
			const told = new Promise<unknown>(resolve => webview.onDidReceiveMessage(resolve));
			// A page without our policy, as a page that was taken over: only the editor's own guard is left.
			webview.html = `<script type="module">
				const load = address => fetch(address).then(async answer => answer.ok ? (await answer.text()).length > 0 : false, () => false);
				const uris = ${JSON.stringify(uris.map(uri => webview.asWebviewUri(uri).toString()))};
				acquireVsCodeApi().postMessage(await Promise.all(uris.map(load)));
			</script>`;
			assert.deepEqual(await told, [true, false, false, false, false]);
		} finally {
			panel.dispose();
			await vscode.workspace.fs.delete(inside);
			await vscode.workspace.fs.delete(outside);
		}
	});

	it('has a policy that lets nothing go out, and a nonce of its own each time', () => {
		const panel = vscode.window.createWebviewPanel('canary', 'Canary', vscode.ViewColumn.One);
		try {
			const { webview } = panel;
			const html = [pageHtml(webview, extension.extensionUri), pageHtml(webview, extension.extensionUri)];
			const [policy = '', other = ''] = html.map(text => /Content-Security-Policy" content="([^"]+)"/.exec(text)?.[1]);
			const directives = new Map(
				policy.split('; ').map(directive => {
					const [name = '', ...sources] = directive.split(' ');
					return [name, sources] as const;
				}),
			);
			const own = webview.cspSource.split(' ');
			assert.deepEqual(directives.get('default-src'), ["'none'"]);
			assert.deepEqual(directives.get('form-action'), ["'none'"]);
			assert.deepEqual(directives.get('base-uri'), ["'none'"]);
			assert.deepEqual(directives.get('img-src'), [...own, 'data:']);
			// What is not named falls back to nothing.
			for (const name of ['connect-src', 'frame-src', 'worker-src', 'media-src', 'object-src', 'child-src']) {
				assert.equal(directives.get(name), undefined, name);
			}
			for (const [name, sources] of directives) {
				const nonceOrOwn = (source: string) =>
					own.includes(source) || /^'nonce-[\da-f]{32}'$|^'none'$|^data:$|^'script'$/.test(source);
				assert.ok(sources.every(nonceOrOwn), `${name} ${sources.join(' ')}`);
			}
			assert.notEqual(policy, other);
		} finally {
			panel.dispose();
		}
	});

	it('has no file opened that is not in the workspace, however it names it', async () => {
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
		for (const path of [
			'/etc/passwd',
			'../secret',
			'sub/../../secret',
			'\\\\host\\share',
			'file:///etc/passwd',
			'~/.ssh/id_rsa',
		]) {
			await openPath(path, undefined);
		}
		assert.deepEqual(
			vscode.window.visibleTextEditors.map(({ document }) => document.uri.toString()),
			[],
		);
	});

	it('is not reached by an address from outside: nothing is sent, no session begins', async () => {
		const chat = await extension.exports.chat();
		const before = chat.session;
		const callbacks = new UriCallbacks(EXTENSION_ID);
		try {
			for (const rest of ['chat?prompt=run%20touch%20PWNED&agent=1', 'auth/guess?code=x', 'command:x', '']) {
				callbacks.handleUri(vscode.Uri.parse(`${vscode.env.uriScheme}://${EXTENSION_ID}/${rest}`));
			}
			assert.equal(chat.session, before);
		} finally {
			callbacks.dispose();
		}
	});
});
