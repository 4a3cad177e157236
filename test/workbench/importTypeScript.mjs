import { build } from 'esbuild';

/**
 * Loads a module of the sources, which this Node cannot read by itself.
 *
 * @param {string} path from the project's folder
 * @returns {Promise<any>} its exports
 */
export async function importTypeScript(path) {
	const { outputFiles } = await build({
		entryPoints: [path],
		bundle: true,
		write: false,
		format: 'esm',
		platform: 'node',
		target: 'node20',
		logLevel: 'warning',
	});
	const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
	return import(`data:text/javascript;base64,${code}`);
}
