// What esbuild's metafiles say about what loads when.

/** @typedef {import('esbuild').Metafile} Metafile */

/**
 * @typedef {object} Limit
 * @property {number} bytes of the entries, style sheets too, and all that they import statically
 * @property {readonly string[]} [lateEntries] sources of entries that load later, when they are asked for
 * @property {readonly string[]} [late] packages that may load later, but not with the entry
 * @property {readonly string[]} [never] packages that may not be in the bundle at all
 */

/**
 * What must load with each bundle's entry: the desktop entry at activation, the page at first paint. The browser's
 * host bundle is one file, so all of it is read, but what is imported late must at least run late.
 *
 * @satisfies {Record<string, Limit>}
 */
export const LIMITS = {
	desktop: { bytes: 350_000, late: ['zod', 'openai'] },
	web: { bytes: 1_900_000, late: ['zod', 'openai'] },
	page: {
		bytes: 150_000,
		late: ['highlight.js', 'lowlight'],
		never: ['zod', 'openai'],
		lateEntries: ['media/form.css'],
	},
};

/**
 * Compares one bundle with its limit.
 *
 * @param {string} name for the messages
 * @param {Metafile} metafile
 * @param {Limit} limit
 * @returns {{ bytes: number, faults: string[] }} `bytes` load with the entry
 */
export function checkBundle(name, metafile, { bytes: allowed, late = [], never = [], lateEntries = [] }) {
	const loaded = loadedOutputs(metafile, lateEntries);
	const bytes = loaded.reduce((sum, output) => sum + (metafile.outputs[output]?.bytes ?? 0), 0);
	const faults = [];
	if (bytes > allowed) {
		faults.push(
			`${name}: ${bytes} bytes load at the start, ${allowed} are allowed. Largest: ${largest(metafile, loaded)}`,
		);
	}
	const importers = importersFrom(metafile, loaded);
	for (const packageName of late) {
		const trail = trailTo(packageName, importers, shipped(metafile, loaded));
		if (trail) {
			faults.push(
				`${name}: ${packageName} loads at the start, through ${trail}. Import what leads to it with import().`,
			);
		}
	}
	for (const packageName of never) {
		const input = shipped(metafile, Object.keys(metafile.outputs)).find(path => isOf(packageName, path));
		if (input) {
			faults.push(`${name}: ${packageName} is in the bundle (${input}).`);
		}
	}
	return { bytes, faults };
}

/**
 * The files of the entries and those they import statically.
 *
 * @param {Metafile} metafile
 * @param {readonly string[]} lateEntries
 */
function loadedOutputs(metafile, lateEntries) {
	const entries = Object.keys(metafile.outputs).filter(path => {
		const entry = metafile.outputs[path]?.entryPoint;
		return entry !== undefined && !lateEntries.includes(entry) && !isLazyChunk(metafile, path);
	});
	const loaded = new Set(entries);
	for (const path of loaded) {
		for (const { path: imported, kind, external } of metafile.outputs[path]?.imports ?? []) {
			if (kind === 'import-statement' && !external) {
				loaded.add(imported);
			}
		}
	}
	return [...loaded];
}

/**
 * esbuild calls the target of an `import()` an entry too.
 *
 * @param {Metafile} metafile
 * @param {string} path
 */
function isLazyChunk(metafile, path) {
	return Object.values(metafile.outputs).some(({ imports }) =>
		imports.some(imported => imported.path === path && imported.kind === 'dynamic-import'),
	);
}

/**
 * The sources that the entry imports statically, at any depth, each with the one that imports it.
 *
 * @param {Metafile} metafile
 * @param {readonly string[]} outputs
 * @returns {Map<string, string | undefined>}
 */
function importersFrom(metafile, outputs) {
	const entries = outputs.flatMap(path => metafile.outputs[path]?.entryPoint ?? []);
	/** @type {Map<string, string | undefined>} */
	const importers = new Map(entries.map(entry => [entry, undefined]));
	for (const path of importers.keys()) {
		for (const imported of metafile.inputs[path]?.imports ?? []) {
			if (imported.kind !== 'dynamic-import' && !importers.has(imported.path)) {
				importers.set(imported.path, path);
			}
		}
	}
	return importers;
}

/**
 * The sources of which something is left in these outputs: types and what is not used are not.
 *
 * @param {Metafile} metafile
 * @param {readonly string[]} outputs
 */
function shipped(metafile, outputs) {
	return outputs.flatMap(output =>
		Object.entries(metafile.outputs[output]?.inputs ?? {}).flatMap(([path, { bytesInOutput }]) =>
			bytesInOutput > 0 ? path : [],
		),
	);
}

/**
 * Our sources that lead to the package, for the reader.
 *
 * @param {string} packageName
 * @param {Map<string, string | undefined>} importers
 * @param {readonly string[]} inBundle
 */
function trailTo(packageName, importers, inBundle) {
	const found = inBundle.find(path => isOf(packageName, path) && importers.has(path));
	const trail = [];
	for (let path = found; path !== undefined; path = importers.get(path)) {
		if (!path.includes('node_modules/')) {
			trail.unshift(path);
		}
	}
	return trail.join(' → ');
}

/**
 * @param {string} packageName
 * @param {string} path
 */
function isOf(packageName, path) {
	return path.includes(`node_modules/${packageName}/`);
}

/**
 * @param {Metafile} metafile
 * @param {readonly string[]} outputs
 */
function largest(metafile, outputs) {
	return outputs
		.flatMap(output => Object.entries(metafile.outputs[output]?.inputs ?? {}))
		.sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput)
		.slice(0, 5)
		.map(([path, { bytesInOutput }]) => `${path} ${bytesInOutput}`)
		.join(', ');
}
