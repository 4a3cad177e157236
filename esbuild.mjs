// Builds what the extension ships: the desktop host bundle (ES modules, so that what is large loads on first use), the
// browser host bundle (one file: that host cannot load a second) and the page.
// `node esbuild.mjs [--production] [--watch]`
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, context } from 'esbuild';

/**
 * @typedef {object} Options
 * @property {string} outdir where `desktop`, `web` and `page` go; emptied first
 * @property {boolean} production minified, without source maps
 */

/**
 * Options of each bundle, for a build from the project's folder.
 *
 * @param {Options} options
 */
export function bundles({ outdir, production }) {
	/** @satisfies {import('esbuild').BuildOptions} */
	const common = {
		bundle: true,
		minify: production,
		sourcemap: production ? false : /** @type {const} */ ('linked'),
		legalComments: 'none',
		metafile: /** @type {const} */ (true),
		logLevel: 'warning',
		define: { 'process.env.NODE_ENV': '"production"' },
	};
	/** @satisfies {Record<string, import('esbuild').BuildOptions>} */
	const all = {
		desktop: {
			...common,
			entryPoints: { extension: 'src/extension.ts', cli: 'src/node/cli.ts' },
			outdir: join(outdir, 'desktop'),
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
			outdir: join(outdir, 'web'),
			platform: 'browser',
			conditions: ['worker', 'browser'],
			format: 'cjs',
			target: 'es2022',
			external: ['vscode'],
		},
		page: {
			...common,
			// The style sheets are named by the document and, when its part of the page loads, by the form.
			entryPoints: { page: 'src/webview/page.tsx', chat: 'media/chat.css', form: 'media/form.css' },
			outdir: join(outdir, 'page'),
			external: ['*.ttf'],
			platform: 'browser',
			format: 'esm',
			splitting: true,
			target: 'es2022',
			jsx: 'automatic',
			jsxImportSource: 'preact',
		},
	};
	return all;
}

/**
 * Builds all bundles and returns what is in them, for the bundle checks.
 *
 * @param {Options} options
 * @returns {Promise<Record<keyof ReturnType<typeof bundles>, import('esbuild').Metafile>>}
 */
export async function buildAll(options) {
	copyAssets(options.outdir);
	const { desktop, web, page } = bundles(options);
	const built = await Promise.all([build(desktop), build(web), build(page)]);
	return { desktop: built[0].metafile, web: built[1].metafile, page: built[2].metafile };
}

/** @param {Options} options */
async function watchAll(options) {
	copyAssets(options.outdir);
	for (const bundle of Object.values(bundles({ ...options }))) {
		const watched = await context({ ...bundle, logLevel: 'info' });
		await watched.watch();
	}
}

/** @param {string} outdir */
function copyAssets(outdir) {
	rmSync(outdir, { recursive: true, force: true });
	mkdirSync(join(outdir, 'page'), { recursive: true });
	copyFileSync('node_modules/@vscode/codicons/dist/codicon.ttf', join(outdir, 'page/codicon.ttf'));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	const options = { outdir: 'dist', production: process.argv.includes('--production') };
	if (process.argv.includes('--watch')) {
		await watchAll(options);
	} else {
		const metafiles = await buildAll(options);
		// For esbuild's own analysers: what is in a bundle, and why.
		mkdirSync('out/meta', { recursive: true });
		for (const [name, metafile] of Object.entries(metafiles)) {
			writeFileSync(`out/meta/${name}.json`, JSON.stringify(metafile));
		}
	}
}
