/** What stands behind a code fence, read. */
export interface CodeInfo {
	/** Lower case, as written: "ts", "python". Empty when there is none. */
	readonly language: string;
	/** Workspace path, when the model named the file. */
	readonly path?: string;
}

const PATH = /^[\w@.~+-]+(?:\/[\w@.~+-]+)*\.[A-Za-z]\w{0,9}$/;

/** Reads the forms models use: "ts", "ts src/a.ts", "ts:src/a.ts", "ts title="src/a.ts"" and "src/a.ts". */
export function readCodeInfo(info: string): CodeInfo {
	const [first = '', ...words] = info.split(/\s+/);
	const [language = '', behindColon = ''] = splitOnce(first, ':');
	const named = words.map(word => /^(?:title|file|filename|path)=["']?(.+?)["']?$/.exec(word)?.[1] ?? word);
	const path = [behindColon, ...named].find(word => PATH.test(word) && word.includes('.'));
	if (path !== undefined) {
		return { language: language.toLowerCase(), path };
	}
	if (PATH.test(first) && (first.includes('/') || /\.\w+$/.test(first))) {
		return { language: first.slice(first.lastIndexOf('.') + 1).toLowerCase(), path: first };
	}
	return { language: language.replace(/[{},].*$/, '').toLowerCase() };
}

function splitOnce(text: string, mark: string): readonly string[] {
	const at = text.indexOf(mark);
	return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
