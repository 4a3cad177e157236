// Builds what the extension ships: the desktop host bundle (ES modules, so that what is large loads on first use), the
// browser host bundle (one file: that host cannot load a second) and the page.
// `node esbuild.mjs [--production] [--watch]`
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { context } from 'esbuild';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

/** @type {import('esbuild').BuildOptions} */
const common = {
	bundle: true,
	minify: production,
	sourcemap: production ? false : 'linked',
	legalComments: 'none',
	metafile: true,
	logLevel: 'warning',
	define: { 'process.env.NODE_ENV': '"production"' },
};

/** @type {Record<string, import('esbuild').BuildOptions>} */
const bundles = {
	desktop: {
		...common,
		entryPoints: { extension: 'src/extension.ts' },
		outdir: 'dist/desktop',
		platform: 'node',
		format: 'esm',
		splitting: true,
		outExtension: { '.js': '.mjs' },
		target: 'node22',
		external: ['vscode'],
	},
	web: {
		...common,
		entryPoints: { extension: 'src/extension.web.ts' },
		outdir: 'dist/web',
		platform: 'browser',
		conditions: ['worker', 'browser'],
		format: 'cjs',
		target: 'es2022',
		external: ['vscode'],
	},
	page: {
		...common,
		entryPoints: { page: 'src/webview/page.tsx' },
		outdir: 'dist/page',
		platform: 'browser',
		format: 'esm',
		splitting: true,
		target: 'es2022',
		jsx: 'automatic',
		jsxImportSource: 'preact',
	},
};

rmSync('dist', { recursive: true, force: true });
for (const [name, options] of Object.entries(bundles)) {
	const bundle = await context(options);
	const { metafile } = await bundle.rebuild();
	// Read by the bundle-size check.
	mkdirSync('out/meta', { recursive: true });
	writeFileSync(`out/meta/${name}.json`, JSON.stringify(metafile));
	if (watch) {
		await bundle.watch();
	} else {
		await bundle.dispose();
	}
}
copyFileSync('node_modules/@vscode/codicons/dist/codicon.ttf', 'dist/page/codicon.ttf');
