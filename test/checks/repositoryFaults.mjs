// What no linter looks at: the manifest, the lock file, and words that do not belong into a public repository.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} TextRule
 * @property {RegExp} pattern
 * @property {string} reason
 * @property {RegExp} [only] files it applies to; all if absent
 */

/** @type {readonly TextRule[]} */
const TEXT_RULES = [
	{
		pattern: /registry\.(?:npmjs|yarnpkg|npmmirror)\.|deb\.debian\.org|\.jfrog\.io|_auth[T]oken/,
		reason: 'names a package registry; where packages come from is the business of the machine',
	},
	{ pattern: /(?:^|[\s"'`(=:])\/(?:work|root)\/[\w.]/m, reason: 'names a path of one machine' },
	{
		pattern: /\b(?:fix(?:es|ed)?|close[sd]?|resolve[sd]?|refs?|see|issue|PR)\s+#\d+/i,
		reason: 'points to an issue; say what it said',
		only: /^(?:src|test|media)\/|\.mjs$/,
	},
	{
		pattern:
			/\b(?:generated|written|made) (?:with|by) (?:an? )?(?:AI|LLM|ChatGPT|Claude|Codex|Copilot|Gemini)\b|Co-[A]uthored-By/i,
		reason: 'tells who typed it; the change matters',
	},
	{
		pattern: /(?:\/\/|\*|#)\s*(?:TODO|FIXME|XXX|HACK)\b/,
		reason: 'is unfinished; finish it',
		only: /^(?:src|media)\//,
	},
];

/** Real answers of services and foreign code: they say what they say. */
const FOREIGN = /^test\/fixtures\/|^package-lock\.json$|\.(?:png|ttf|wasm|vsix)$/;

/**
 * Checks the clone in `folder`: all files that git tracks or would.
 *
 * @param {string} folder
 * @returns {string[]} one line a fault, with file and line
 */
export function repositoryFaults(folder) {
	const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
		cwd: folder,
		encoding: 'utf8',
	})
		.split('\0')
		// What was deleted and not committed yet is still listed.
		.filter(path => path !== '' && existsSync(join(folder, path)));
	return [
		...manifestFaults(readFileSync(join(folder, 'package.json'), 'utf8')),
		...lockFaults(readFileSync(join(folder, 'package-lock.json'), 'utf8')),
		...files
			.filter(path => !FOREIGN.test(path))
			.flatMap(path => textFaults(path, readFileSync(join(folder, path), 'utf8'))),
	];
}

/** @param {string} text */
export function manifestFaults(text) {
	const manifest = JSON.parse(text);
	const faults = [];
	if ('enabledApiProposals' in manifest) {
		faults.push('package.json: enabledApiProposals works in our test editor and nowhere else.');
	}
	const inexact = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
		([, version]) => !/^\d+\.\d+\.\d+$/.test(String(version)),
	);
	for (const [name, version] of inexact) {
		faults.push(`package.json: ${name} is "${version}"; name one exact version.`);
	}
	if (Object.keys(manifest.dependencies ?? {}).length > 0) {
		faults.push('package.json: what we ship is bundled, so everything is a devDependency.');
	}
	return faults;
}

/**
 * A registry that lacks the builds for other platforms makes npm leave them out of the lock file without a word. On those
 * platforms, and where the registry has them, `npm ci` then refuses.
 *
 * @param {string} text
 */
export function lockFaults(text) {
	/** @type {{ packages: Record<string, { optionalDependencies?: Record<string, string> }> }} */
	const { packages } = JSON.parse(text);
	const locked = new Set(Object.keys(packages).map(path => path.replace(/^.*node_modules\//, '')));
	const lost = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
		Object.entries(optionalDependencies)
			.filter(([name]) => !locked.has(name))
			.map(([name, version]) => `package-lock.json: lacks ${name} ${version}, which ${path} wants on some platform.`),
	);
	return text.includes('"resolved":')
		? [...lost, 'package-lock.json: has "resolved" addresses; install with the .npmrc of this repository.']
		: lost;
}

/**
 * @param {string} path
 * @param {string} text
 */
export function textFaults(path, text) {
	return TEXT_RULES.filter(({ only }) => only === undefined || only.test(path)).flatMap(({ pattern, reason }) => {
		const match = pattern.exec(text);
		if (!match) {
			return [];
		}
		const line = text.slice(0, match.index + 1).split('\n').length;
		return [`${path}:${line}: "${match[0].trim()}" ${reason}.`];
	});
}
