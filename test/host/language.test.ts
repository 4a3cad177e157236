import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { systemClock } from '../../src/agent/clock.ts';
import type { LanguageServices } from '../../src/agent/languageServices.ts';
import type { Workspace } from '../../src/agent/workspace.ts';
import { createLanguageServices } from '../../src/host/language/vscodeLanguageServices.ts';
import { createWorkspace } from '../../src/host/workspace/vscodeWorkspace.ts';
import { createLocalFiles } from '../../src/node/localFiles.ts';
import { diagnosticsTool } from '../../src/tools/diagnostics.ts';
import { describeNewProblems, ProblemWatch } from '../../src/tools/language/problemWatch.ts';
import { renameTool } from '../../src/tools/rename.ts';
import { symbolsTool } from '../../src/tools/symbols.ts';
import { describeLanguageServices } from '../contracts/languageServicesContract.ts';
import { toolRun } from '../unit/tools/language/runTool.ts';
import { AgentHarness } from './agentHarness.ts';

const { signal } = new AbortController();
/** A project of its own, for which the server has a configuration to go by. */
const FOLDER = 'language project';

const sources = {
	'tsconfig.json': '{ "compilerOptions": { "strict": true, "module": "esnext", "moduleResolution": "bundler" } }\n',
	'greet.ts': 'export function greet(name: string): string {\n\treturn name;\n}\n',
	'main.ts': "import * as hello from './greet';\n\nexport function run(): string {\n\treturn hello.greet('you');\n}\n",
	'import.ts': "import { greet } from './greet';\n\nexport const greeting = greet('me');\n",
	'shapes.ts':
		'export interface Shape {\n\tarea(): number;\n}\nexport class Square implements Shape {\n\tarea(): number {\n\t\treturn 1;\n\t}\n}\n',
	'bad.json': '{ "a": }\n',
} as const;

const pathOf = (name: string) => `${FOLDER}/${name}`;

function uriOf(path: string): vscode.Uri {
	const [folder] = vscode.workspace.workspaceFolders ?? [];
	return vscode.Uri.joinPath(folder?.uri ?? assert.fail('These tests want a folder open.'), path);
}

/** Changes the buffer and saves it. */
async function change(path: string, text: string): Promise<void> {
	const document = await vscode.workspace.openTextDocument(uriOf(path));
	const edit = new vscode.WorkspaceEdit();
	edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
	assert.ok(await vscode.workspace.applyEdit(edit));
	assert.ok(await document.save());
}

async function putFiles(names: readonly (keyof typeof sources)[]): Promise<void> {
	for (const name of names) {
		const file = uriOf(pathOf(name)).fsPath;
		await mkdir(dirname(file), { recursive: true });
		await writeFile(file, sources[name]);
	}
}

describe('language servers of the editor', () => {
	let workspace: Workspace;
	let services: LanguageServices;

	before(() => {
		workspace = createWorkspace({ files: createLocalFiles(), operatingSystem: process.platform });
		services = createLanguageServices({ workspace, clock: systemClock });
	});
	after(async () => {
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
		await rm(uriOf(FOLDER).fsPath, { recursive: true, force: true });
	});

	describeLanguageServices('of TypeScript, for files in no tab', async () => {
		await putFiles(['tsconfig.json', 'greet.ts', 'main.ts', 'shapes.ts']);
		return {
			...{ services, workspace, declaring: pathOf('greet.ts'), using: pathOf('main.ts'), shapes: pathOf('shapes.ts') },
			broken: { text: sources['main.ts'].replace("'you'", '1'), line: 4 },
			change,
		};
	});

	describe('by the tools', () => {
		before(async () => {
			await putFiles(['tsconfig.json', 'import.ts', 'bad.json']);
			for (const name of ['greet.ts', 'main.ts', 'shapes.ts'] as const) {
				await change(pathOf(name), sources[name]);
			}
		});

		it('tell what an edit broke, in the file and in what was right before', async () => {
			const location = await workspace.locate(pathOf('main.ts'), signal);
			const watch = await ProblemWatch.begin([location], { services, workspace, clock: systemClock }, signal);
			watch.editing();
			await change(pathOf('main.ts'), sources['main.ts'].replace("'you'", '1'));
			const told = describeNewProblems(await watch.newProblems(signal));
			watch.dispose();
			assert.equal(
				told,
				`New problems: 1 error.\n${pathOf('main.ts')}:4:21 error Argument of type 'number' is not assignable to parameter of type 'string'. (ts 2345)`,
			);
			const mending = await ProblemWatch.begin([location], { services, workspace, clock: systemClock }, signal);
			await change(pathOf('main.ts'), sources['main.ts']);
			assert.equal(describeNewProblems(await mending.newProblems(signal)), 'No new problems.\nProblems gone: 1.');
			mending.dispose();
		});
		it('tell problems that a server pushes, for a file in a tab', async () => {
			await vscode.window.showTextDocument(uriOf(pathOf('bad.json')));
			const run = toolRun(diagnosticsTool({ services, clock: systemClock }), workspace);
			assert.equal(
				await run.text({ path: pathOf('bad.json') }),
				`${pathOf('bad.json')}:1:8 error Value expected (json 516)`,
			);
			assert.match(await run.text({ path: FOLDER }), /bad\.json:1:8 error Value expected/);
			await vscode.commands.executeCommand('workbench.action.closeAllEditors');
		});
		it('say that nobody looks at a file of no language', async () => {
			await writeFile(uriOf(pathOf('plain.txt')).fsPath, 'x\n');
			const run = toolRun(diagnosticsTool({ services, clock: systemClock }), workspace);
			assert.match(await run.text({ path: pathOf('plain.txt') }), /no language server reported on it/);
		});
		it('find by name alone, with the line', async () => {
			const run = toolRun(symbolsTool({ services }), workspace);
			const { view } = await run.output({ action: 'callers', name: 'greet' });
			assert.deepEqual(
				view?.kind === 'matches' && view.matches.map(({ path, line, text }) => `${path}:${line}:${text}`).sort(),
				[
					`${pathOf('import.ts')}:3:export const greeting = greet('me');  [module import.ts]`,
					`${pathOf('main.ts')}:4:\treturn hello.greet('you');  [function run]`,
				],
			);
			assert.equal(
				await run.text({ action: 'outline', path: pathOf('shapes.ts') }),
				'1-3 interface Shape\n\t2 method area\n4-8 class Square\n\t5-7 method area',
			);
		});
		it('rename from an import everywhere, through the workspace', async () => {
			const run = toolRun(renameTool({ services }), workspace);
			await run.output({ name: 'greet', newName: 'welcome', path: pathOf('import.ts'), line: 3 });
			const textOf = async (name: string) =>
				(await workspace.readText(await workspace.locate(pathOf(name), signal), signal)).text;
			assert.equal(await textOf('greet.ts'), sources['greet.ts'].replace('greet', 'welcome'));
			assert.equal(await textOf('main.ts'), sources['main.ts'].replace('hello.greet', 'hello.welcome'));
			assert.match(await textOf('import.ts'), /^import \{ welcome(?: as greet)? \} from '\.\/greet';/);
			assert.equal(run.changes.length, 3);
		});
	});

	describe('by the agent', () => {
		let agent: AgentHarness;
		const setLevel = (level: string | undefined) =>
			vscode.workspace
				.getConfiguration('openrouterAgent')
				.update('approvals.level', level, vscode.ConfigurationTarget.Global);

		before(async () => {
			agent = await AgentHarness.open();
			await setLevel('ask');
			await putFiles(['tsconfig.json']);
			for (const name of ['greet.ts', 'main.ts', 'import.ts'] as const) {
				await putFiles([name]);
				await change(pathOf(name), sources[name]);
			}
		});
		beforeEach(() => agent.chat.newSession());
		after(async () => {
			await setLevel(undefined);
			await agent?.close();
		});

		it('tell below the result of an edit what it broke', async () => {
			const edit = { path: pathOf('main.ts'), edits: [{ oldText: "'you'", newText: '1' }] };
			const [result] = await agent.turn([{ name: 'edit', arguments: edit }], ['once']);
			assert.match(result?.text ?? '', /New problems: 1 error\.\n.*main\.ts:4:21 error Argument of type 'number'/);
			await change(pathOf('main.ts'), sources['main.ts']);
		});
		it('rename after a yes that names every file', async () => {
			const rename = { name: 'greet', newName: 'welcome', path: pathOf('greet.ts') };
			const [result] = await agent.turn([{ name: 'rename', arguments: rename }], ['once']);
			assert.equal(result?.outcome, 'ok', result?.text);
			for (const name of ['greet.ts', 'main.ts', 'import.ts'] as const) {
				const document = await vscode.workspace.openTextDocument(uriOf(pathOf(name)));
				assert.match(document.getText(), /welcome/, name);
			}
			const files = agent.chat.session?.state.changes.length;
			assert.equal(files, 3);
		});
	});
});
