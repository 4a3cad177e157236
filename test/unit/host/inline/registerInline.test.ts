import assert from 'node:assert/strict';
import { build } from 'esbuild';

describe('registration of inline edits', () => {
	it('loads nothing but names before one of them is used', async function () {
		this.timeout(30_000);
		const entry = 'src/host/inline/registerInline.ts';
		const { metafile } = await build({
			entryPoints: [entry],
			bundle: true,
			splitting: true,
			format: 'esm',
			external: ['vscode'],
			outdir: 'out',
			write: false,
			metafile: true,
			logLevel: 'silent',
		});
		const outputs = metafile.outputs;
		const loaded = new Set<string>();
		const load = (name: string) => {
			for (const input of Object.keys(outputs[name]?.inputs ?? {})) {
				loaded.add(input);
			}
			for (const { path, kind } of outputs[name]?.imports ?? []) {
				if (kind === 'import-statement') {
					load(path);
				}
			}
		};
		load(Object.keys(outputs).find(name => outputs[name]?.entryPoint === entry) ?? '');
		assert.deepEqual(
			[...loaded].toSorted(),
			[
				'src/host/actions/codeActions.ts',
				'src/host/ids.ts',
				entry,
				'src/host/inline/otherSchemes.ts',
				'src/host/lazy.ts',
			].toSorted(),
		);
	});
});
