// Loads the browser's host bundle as that host does: without Node, with web globals alone, and `vscode` as the one
// module that can be required.
import { readFileSync } from 'node:fs';
import { createContext, Script } from 'node:vm';

const VSCODE_TYPES = 'node_modules/@types/vscode/index.d.ts';

/** What a worker offers and our code may use; the language's own globals come with the context. */
const WEB_GLOBALS = [
	'AbortController AbortSignal Blob BroadcastChannel CompressionStream DecompressionStream DOMException Event EventTarget',
	'FormData Headers MessageChannel ReadableStream Request Response TextDecoder TextDecoderStream TextEncoder',
	'TextEncoderStream TransformStream URL URLSearchParams WritableStream atob btoa clearInterval clearTimeout console',
	'crypto fetch performance queueMicrotask setInterval setTimeout structuredClone',
].flatMap(line => line.split(' '));

/**
 * Evaluates the bundle and calls its `activate`.
 *
 * @param {string} file
 * @returns {string[]} what went wrong
 */
export function webLoadFaults(file) {
	const sandbox = createContext(Object.fromEntries(WEB_GLOBALS.map(name => [name, Reflect.get(globalThis, name)])));
	Object.assign(sandbox, { self: sandbox, navigator: { language: 'en', userAgent: 'a browser' } });
	const module = { exports: {} };
	const vscode = editorApi();
	/** @param {string} id */
	const require = id => {
		if (id !== 'vscode') {
			throw new Error(`Cannot load module '${id}': the browser's extension host offers only 'vscode'.`);
		}
		return vscode;
	};
	try {
		const load = new Script(`(function (module, exports, require) {${readFileSync(file, 'utf8')}\n})`, {
			filename: file,
		});
		load.runInContext(sandbox)(module, module.exports, require);
	} catch (error) {
		return [`${file} does not load in a browser: ${describe(error)}`];
	}
	const { activate } = /** @type {{ activate?: unknown }} */ (module.exports);
	if (typeof activate !== 'function') {
		return [`${file} exports no activate.`];
	}
	try {
		activate(anything('context'));
	} catch (error) {
		return [`activate of ${file} throws in a browser: ${describe(error)}`];
	}
	return [];
}

/** The editor's API, with the names it really has: bundles copy them. */
function editorApi() {
	const exported = /^\texport (?:abstract )?(?:class|const|enum|function|let|namespace) (\w+)/gm;
	const names = [...readFileSync(VSCODE_TYPES, 'utf8').matchAll(exported)].map(([, name = '']) => name);
	return Object.fromEntries(names.map(name => [name, anything(name)]));
}

/**
 * Stands for any part of the editor's API: it can be read, called and constructed, and gives more of its kind.
 *
 * @param {string} path
 * @returns {any} Typed so because it is everything.
 */
function anything(path) {
	// Callable and constructible, so that the proxy is.
	const target = class {};
	return new Proxy(target, {
		get(_, key) {
			if (key === Symbol.toPrimitive) {
				return () => path;
			}
			if (key === Symbol.iterator) {
				return () => [].values();
			}
			// Not a promise, and not a proxy where the language demands the real thing.
			if (typeof key === 'symbol' || key === 'prototype') {
				return Reflect.get(target, key);
			}
			return key === 'then' ? undefined : anything(`${path}.${key}`);
		},
		apply: () => anything(`${path}()`),
		construct: () => anything(`new ${path}`),
	});
}

/** @param {unknown} error */
function describe(error) {
	// Errors of the context are not instances of our Error.
	const { message, stack } = /** @type {Partial<Error>} */ (error ?? {});
	return stack ?? message ?? String(error);
}
