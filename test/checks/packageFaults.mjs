// What may be in the VSIX, what must be, and how large it may get.

const MAX_BYTES = 1_500_000;

const REQUIRED = [
	'package.json',
	'README.md',
	'CHANGELOG.md',
	'LICENSE',
	'dist/desktop/extension.mjs',
	'dist/web/extension.js',
	'dist/page/page.js',
	'dist/page/chat.css',
	'dist/page/form.css',
	'dist/page/codicon.ttf',
	'media/icon.svg',
	'media/models.json',
];

/** Besides the required ones. */
const ALLOWED = [
	/^package\.nls(\.[\w-]+)?\.json$/,
	/^NOTICES\.md$/,
	/^l10n\/[\w.-]+\.json$/,
	/^dist\/desktop\/[\w-]+\.mjs$/,
	/^dist\/page\/[\w-]+\.js$/,
	/^media\/([\w-]+\/)*[\w-]+\.(md|png|svg)$/,
];

/**
 * @param {readonly string[]} files of the package, relative to the extension's folder
 * @param {number} bytes of the VSIX
 * @returns {string[]}
 */
export function packageFaults(files, bytes) {
	const missing = REQUIRED.filter(file => !files.includes(file));
	const foreign = files.filter(file => !REQUIRED.includes(file) && !ALLOWED.some(pattern => pattern.test(file)));
	return [
		...missing.map(file => `The package lacks ${file}.`),
		...foreign.map(file => `The package holds ${file}, which is not for users. See .vscodeignore.`),
		...(bytes > MAX_BYTES ? [`The package has ${bytes} bytes, ${MAX_BYTES} are allowed.`] : []),
	];
}
