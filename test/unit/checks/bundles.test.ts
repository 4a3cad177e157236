import assert from 'node:assert/strict';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundles } from '../../../esbuild.mjs';
import { checkBundle } from '../../checks/bundleFaults.mjs';
import { webLoadFaults } from '../../checks/webLoad.mjs';
import { CHECKER_TIMEOUT_MS, PlantedProject } from './plants.ts';

const LATE = { bytes: 1_000_000, late: ['zod'] };

describe('bundles', function () {
	this.timeout(CHECKER_TIMEOUT_MS);
	let project: PlantedProject;

	before(() => {
		project = new PlantedProject({
			'src/extension.ts': "import { schema } from './agent/early.ts';\n\nexport const activate = () => schema;\n",
			'src/node/cli.ts': 'process.exitCode = 0;\n',
			'src/extension.web.ts': "export const activate = async () => (await import('./agent/early.ts')).schema;\n",
			'src/agent/early.ts': "import * as z from 'zod';\n\nexport const schema = z.string();\n",
			'src/webview/page.tsx': "import * as z from 'zod';\n\ndocument.body.append(String(z.string()));\n",
			'media/chat.css': 'body {\n\tmargin: 0;\n}\n',
			'media/form.css': '.form {\n\tmargin: 0;\n}\n',
		});
	});
	after(() => project.remove());

	it('names the way by which a late package loads at the start', async () => {
		const { faults } = checkBundle('desktop', await built('desktop'), LATE);
		assert.deepEqual(faults, [
			'desktop: zod loads at the start, through src/extension.ts → src/agent/early.ts. Import what leads to it with import().',
		]);
	});

	it('accepts a package that loads late, in one file or in several', async () => {
		const metafile = await built('web');
		assert.deepEqual(checkBundle('web', metafile, LATE).faults, []);
	});

	it('counts what loads at the start, not what loads late', async () => {
		project.plant('src/extension.ts', "export const activate = () => import('./agent/early.ts');\n");
		const { bytes, faults } = checkBundle('desktop', await built('desktop'), LATE);
		assert.deepEqual(faults, []);
		assert.ok(bytes < 1000, `${bytes} bytes`);
	});

	it('counts the style sheets that load at the start, without those that load later', async () => {
		const metafile = await built('page');
		const bytes = (lateEntries: readonly string[]) =>
			checkBundle('page', metafile, { bytes: 1_000_000, lateEntries }).bytes;
		const sizeOf = (source: string) =>
			Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint === source)?.bytes ?? Number.NaN;
		const [chat, form] = ['media/chat.css', 'media/form.css'] as const;
		assert.equal(bytes([]) - bytes([form]), sizeOf(form));
		assert.equal(bytes([form]) - bytes([chat, form]), sizeOf(chat));
	});

	it('reports a bundle over its limit, with its largest parts', async () => {
		const { bytes, faults } = checkBundle('page', await built('page'), { bytes: 10_000 });
		assert.ok(bytes > 10_000);
		assert.match(faults.join(), /^page: \d+ bytes load at the start, 10000 are allowed\. Largest: .*zod/);
	});

	it('reports a package that may not be in a bundle at all', async () => {
		const { faults } = checkBundle('page', await built('page'), { bytes: 1_000_000, never: ['zod'] });
		assert.match(faults.join(), /^page: zod is in the bundle \(/);
	});

	it('loads and activates a bundle that needs only the editor and the web', async () => {
		project.plant(
			'src/extension.web.ts',
			"import * as vscode from 'vscode';\n\nexport const activate = () => new vscode.EventEmitter().fire(vscode.l10n.t(new URL('a:b').href));\n",
		);
		assert.deepEqual(await webFaults(), []);
	});

	it('reports a bundle that asks for Node while it loads', async () => {
		project.plant(
			'src/extension.web.ts',
			'export const limit = process.env.LIMIT;\nexport const activate = () => limit;\n',
		);
		assert.match((await webFaults()).join(), /does not load in a browser: ReferenceError: process is not defined/);
	});

	it('reports a bundle whose activate asks for Node', async () => {
		project.plant('src/extension.web.ts', 'export const activate = () => Buffer.alloc(1);\n');
		assert.match((await webFaults()).join(), /throws in a browser: ReferenceError: Buffer is not defined/);
	});

	it('reports a bundle that requires a module of Node', async () => {
		project.plant('src/extension.web.ts', "export const activate = () => require('fs');\n");
		await assert.rejects(built('web'), /Could not resolve "fs"/);
	});

	it('reports a bundle without activate', async () => {
		project.plant('src/extension.web.ts', 'export const start = 1;\n');
		assert.match((await webFaults()).join(), /exports no activate/);
	});

	async function built(name: keyof ReturnType<typeof bundles>) {
		const options = bundles({ outdir: join(project.folder, 'dist'), production: true })[name];
		const { metafile } = await build({ ...options, absWorkingDir: project.folder, logLevel: 'silent' });
		return metafile;
	}

	async function webFaults(): Promise<string[]> {
		await built('web');
		return webLoadFaults(join(project.folder, 'dist/web/extension.js'));
	}
});
