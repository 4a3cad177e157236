// The extension as a folder that an editor can run, and as a VSIX.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import { buildAll } from '../../esbuild.mjs';
import { run } from './processes.mjs';

/** The time stamp of every file in the VSIX, so that the same sources give the same bytes: 2026-01-01, in seconds. */
const EPOCH = '1767225600';
const PACK_TIMEOUT_MS = 2 * 60_000;

/**
 * Makes a folder with all that the package holds (what `.vscodeignore` leaves) and a fresh build. It is not `dist`, so
 * that it disturbs neither a running watcher nor a second run.
 *
 * @param {{ folder: string, production: boolean }} options `folder` is emptied
 */
export async function stageExtension({ folder, production }) {
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	const files = await listFiles({ cwd: process.cwd(), packageManager: PackageManager.None });
	for (const file of files.filter(name => !name.startsWith('dist/'))) {
		mkdirSync(dirname(join(folder, file)), { recursive: true });
		copyFileSync(file, join(folder, file));
	}
	copyFileSync('.vscodeignore', join(folder, '.vscodeignore'));
	// What only developers need does not ship. It would also make the packer build a second time.
	const {
		scripts: _scripts,
		devDependencies: _devDependencies,
		...manifest
	} = JSON.parse(readFileSync('package.json', 'utf8'));
	writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, undefined, '\t'));
	return buildAll({ outdir: join(folder, 'dist'), production });
}

/**
 * Packs a staged release.
 *
 * @param {string} folder what `stageExtension` made
 * @param {string} vsix the file to write
 */
export async function packStage(folder, vsix) {
	const vsce = resolve('node_modules/@vscode/vsce/vsce');
	await run(process.execPath, [vsce, 'package', '--no-dependencies', '--out', resolve(vsix)], {
		cwd: folder,
		env: { SOURCE_DATE_EPOCH: EPOCH, ...process.env },
		timeoutMs: PACK_TIMEOUT_MS,
	});
}

/**
 * Builds and packs a release of the extension.
 *
 * @param {string} vsix the file to write
 */
export async function packExtension(vsix) {
	mkdirSync('out', { recursive: true });
	const folder = mkdtempSync(join('out', 'package-'));
	try {
		await stageExtension({ folder, production: true });
		await packStage(folder, vsix);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
