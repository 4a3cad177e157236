import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { CHECKER_TIMEOUT_MS, PlantedProject } from './plants.ts';

/** Imports that break the layer table. */
const FORBIDDEN_IMPORTS = {
	'src/editing/plant.ts': ['../agent/model.ts', 'vscode', 'openai', 'node:fs'],
	'src/protocol/plant.ts': ['../agent/model.ts', 'vscode', 'preact'],
	'src/agent/plant.ts': [
		'../tools/index.ts',
		'../files/paths.ts',
		'../openrouter/wire.ts',
		'../host/ids.ts',
		'vscode',
		'openai',
		'node:fs',
	],
	'src/agent/deep/plant.ts': ['../../tools/index.ts', '../../../test/fakes/memoryWorkspace.ts'],
	'src/tools/plant.ts': ['../openrouter/wire.ts', '../host/ids.ts', 'vscode', 'node:path'],
	'src/openrouter/plant.ts': ['../tools/index.ts', '../host/ids.ts', 'node:http', 'vscode'],
	'src/offline/plant.ts': ['../openrouter/wire.ts', '../tools/index.ts', 'openai'],
	'src/wiki/plant.ts': ['../compare/rows.ts', 'openai'],
	'src/compare/plant.ts': ['../wiki/pages.ts', 'openai'],
	'src/spend/plant.ts': ['../host/ids.ts', 'vscode'],
	'src/files/plant.ts': ['../openrouter/wire.ts', '../host/ids.ts', '../node/journal.ts', 'vscode', 'node:fs'],
	'src/node/plant.ts': ['../host/ids.ts', 'vscode', 'openai'],
	'src/host/plant.ts': ['../node/journal.ts', '../webview/page.tsx', '../extension.ts', 'node:fs', 'fs', 'openai'],
	'src/webview/plant.ts': ['../agent/model.ts', '../host/ids.ts', 'vscode', 'zod'],
	'src/extension.ts': ['./agent/model.ts', 'node:fs', 'openai'],
	'src/extension.web.ts': ['./node/journal.ts', 'node:fs'],
} as const;

/** Imports that the layer table lets in. */
const ALLOWED_IMPORTS = {
	'src/agent/good.ts': ['./model.ts', '../editing/index.ts', 'zod'],
	'src/agent/deep/good.ts': ['../model.ts', '../../editing/index.ts', 'zod'],
	'src/tools/good.ts': ['../agent/tool.ts', '../editing/index.ts', 'zod'],
	'src/openrouter/good.ts': ['../agent/model.ts', 'openai', 'eventsource-parser/stream'],
	'src/files/good.ts': ['../agent/workspace.ts', '../tools/binary.ts', 'ignore', 'picomatch', 're2js'],
	'src/node/good.ts': ['../agent/log.ts', '../files/paths.ts', 'node:fs', 'node:fs/promises'],
	'src/host/chat/good.ts': ['../ids.ts', '../../agent/model.ts', '../../protocol/messages.ts', 'vscode'],
	'src/webview/good.ts': ['../protocol/messages.ts', 'preact', 'preact/hooks'],
} as const;

/** Code that breaks one rule each. The name of the file is the name of the rule. */
const FORBIDDEN_CODE = {
	noExplicitAny: 'export const planted: any = 1;',
	noNonNullAssertion: 'export const planted = (list: string[]) => list[0]!.length;',
	noDefaultExport: 'export default function planted() {}',
	noEnum: 'export enum Planted { One }',
	noParameterProperties: 'export class Planted { constructor(readonly one: string) {} }',
	noEmptyBlockStatements: 'export function planted() { try { JSON.parse(""); } catch {} }',
	noConsole: 'export function planted() { console.log(1); }',
	noUnusedVariables: 'export function planted() { const one = 1; }',
	useImportType: "import { Good } from './model.ts';\nexport const planted = (good: Good) => good;",
	useThrowOnlyError: "export function planted() { throw 'text'; }",
} as const;

/** Globals of Node, which the layers of every host may not use. */
const NODE_GLOBALS = ['Buffer', 'process', 'global', 'require', 'setImmediate', '__dirname'] as const;

describe('format, lint and layers', () => {
	let project: PlantedProject;
	/** Rules that were reported, by file. */
	let reported: Map<string, string[]>;

	before(function () {
		this.timeout(CHECKER_TIMEOUT_MS);
		project = new PlantedProject({
			...importing(FORBIDDEN_IMPORTS),
			...importing(ALLOWED_IMPORTS),
			...Object.fromEntries(
				Object.entries(FORBIDDEN_CODE).map(([rule, code]) => [`src/agent/${rule}.ts`, `${code}\n`]),
			),
			'src/agent/globals.ts': NODE_GLOBALS.map((name, index) => `export const planted${index} = ${name};\n`).join(''),
			'src/node/globals.ts': 'export const platform = process.platform;\n',
			'src/agent/model.ts': 'export interface Good {\n\treadonly one: string;\n}\n',
			'src/agent/cycleOne.ts': "import { two } from './cycleTwo.ts';\n\nexport const one = () => two;\n",
			'src/agent/cycleTwo.ts': "import { one } from './cycleOne.ts';\n\nexport const two = () => one;\n",
			'src/agent/namedZod.ts': "import { z } from 'zod';\n\nexport const planted = z;\n",
			'src/agent/Wrong-name.ts': 'export const planted = 1;\n',
			'src/agent/unformatted.ts': 'export const  planted = "1"\n',
			'test/unit/focused.test.ts': "describe.only('planted', () => undefined);\n",
		});
		const output = project.run('@biomejs/biome/bin/biome', ['check', '--reporter=github', '--max-diagnostics=none']);
		reported = new Map();
		for (const [, rule = '', file = ''] of output.matchAll(/^::error title=([^,]*),file=([^,]*),/gm)) {
			const path = file.replace(`${project.folder}/`, '');
			reported.set(path, [...(reported.get(path) ?? []), rule.replace(/.*\//, '')]);
		}
	});
	after(() => project.remove());

	for (const [path, imports] of Object.entries(FORBIDDEN_IMPORTS)) {
		it(`refuses in ${path}: ${imports.join(', ')}`, () => {
			assert.deepEqual(
				rulesOf(path).filter(rule => rule === 'noRestrictedImports'),
				imports.map(() => 'noRestrictedImports'),
			);
		});
	}

	for (const path of Object.keys(ALLOWED_IMPORTS)) {
		it(`lets in what the table allows in ${path}`, () => {
			assert.deepEqual(
				rulesOf(path).filter(rule => rule === 'noRestrictedImports'),
				[],
			);
		});
	}

	for (const rule of Object.keys(FORBIDDEN_CODE)) {
		it(`reports ${rule}`, () => {
			assert.ok(rulesOf(`src/agent/${rule}.ts`).includes(rule), String(rulesOf(`src/agent/${rule}.ts`)));
		});
	}

	it('reports both ends of an import cycle', () => {
		assert.deepEqual(rulesOf('src/agent/cycleOne.ts'), ['noImportCycles']);
		assert.deepEqual(rulesOf('src/agent/cycleTwo.ts'), ['noImportCycles']);
	});

	it(`refuses globals of Node where there is none: ${NODE_GLOBALS.join(', ')}`, () => {
		assert.deepEqual(
			rulesOf('src/agent/globals.ts'),
			NODE_GLOBALS.map(() => 'noRestrictedGlobals'),
		);
		assert.deepEqual(rulesOf('src/node/globals.ts'), []);
	});

	it('takes zod as a namespace only', () => {
		assert.deepEqual(rulesOf('src/agent/namedZod.ts'), ['noRestrictedImports']);
	});

	it('reports a file name in another case, a wrong format and a focused test', () => {
		assert.deepEqual(rulesOf('src/agent/Wrong-name.ts'), ['useFilenamingConvention']);
		assert.deepEqual(rulesOf('src/agent/unformatted.ts'), ['format']);
		assert.deepEqual(rulesOf('test/unit/focused.test.ts'), ['noFocusedTests']);
	});

	it('knows every folder of src', () => {
		const configuration = readFileSync('biome.jsonc', 'utf8');
		const folders = readdirSync('src', { withFileTypes: true }).filter(entry => entry.isDirectory());
		for (const { name } of folders) {
			assert.ok(configuration.includes(`"src/${name}/**"`), `biome.jsonc has no entry for src/${name}`);
		}
		// Each entry refuses the other layers by name: a layer that no entry names is open to all.
		const lists = [...configuration.matchAll(/\.\.\/\*\*\/\{([^}]*)\}/g)].map(([, list = '']) => list.split(','));
		const known = new Set(lists.flat());
		assert.deepEqual(
			folders.map(({ name }) => name).filter(name => !known.has(name)),
			[],
		);
	});

	function rulesOf(path: string): readonly string[] {
		return reported.get(path) ?? [];
	}
});

/** Files that import what is listed for them. */
function importing(table: Readonly<Record<string, readonly string[]>>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(table).map(([path, imports]) => [
			path,
			imports.map((specifier, index) => `export * as planted${index} from '${specifier}';\n`).join(''),
		]),
	);
}
