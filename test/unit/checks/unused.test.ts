import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKER_TIMEOUT_MS, PlantedProject } from './plants.ts';

interface Report {
	readonly issues: readonly {
		readonly file: string;
		readonly exports: readonly { readonly name: string }[];
		readonly files?: readonly { readonly name: string }[];
		readonly devDependencies?: readonly { readonly name: string }[];
		readonly unlisted?: readonly { readonly name: string }[];
	}[];
}

describe('unused code', () => {
	let project: PlantedProject;
	let issues: Report['issues'];

	before(function () {
		this.timeout(CHECKER_TIMEOUT_MS);
		const { main, browser } = JSON.parse(readFileSync('package.json', 'utf8'));
		project = new PlantedProject({
			// knip takes the entries from esbuild.mjs, once esbuild is a dependency.
			'package.json': JSON.stringify({
				name: 'planted',
				main,
				browser,
				devDependencies: { esbuild: '1.0.0', zod: '1.0.0', diff: '1.0.0' },
			}),
			'src/extension.ts': "import { used } from './agent/some.ts';\n\nexport const activate = () => used;\n",
			'src/agent/some.ts':
				"import * as z from 'zod';\nimport 'preact';\n\nexport const used = z;\nexport const planted = 1;\n",
			'src/agent/lonely.ts': 'export const one = 1;\n',
		});
		copyFileSync('knip.jsonc', join(project.folder, 'knip.jsonc'));
		copyFileSync('esbuild.mjs', join(project.folder, 'esbuild.mjs'));
		const report: Report = JSON.parse(project.run('knip/bin/knip.js', ['--reporter=json', '--no-progress']));
		issues = report.issues;
	});
	after(() => project.remove());

	it('reports an export that nobody imports', () => {
		assert.deepEqual(named('exports'), ['src/agent/some.ts: planted']);
	});

	it('reports a file that nothing leads to', () => {
		assert.ok(
			named('files').some(file => file.endsWith('src/agent/lonely.ts')),
			String(named('files')),
		);
	});

	it('reports a dependency that nobody imports', () => {
		assert.deepEqual(named('devDependencies'), ['package.json: diff']);
	});

	it('reports an import that the manifest does not list', () => {
		assert.ok(named('unlisted').includes('src/agent/some.ts: preact'), String(named('unlisted')));
	});

	function named(kind: 'exports' | 'files' | 'devDependencies' | 'unlisted'): string[] {
		return issues.flatMap(issue => (issue[kind] ?? []).map(({ name }) => `${issue.file}: ${name}`));
	}
});
