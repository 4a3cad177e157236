/** Which words of a command line could name files. A wrong guess costs a look, a missed one a checkpoint. */

/** Words of one line that are looked at: a script with more of them is no list of files. */
const MAX_WORDS = 300;
/** Longer than any path that a person would name. */
const MAX_WORD = 1000;
const MAX_FOLDERS = 4;

export interface CommandWords {
	/** Each once, without quotes, with `/`. */
	readonly words: readonly string[];
	/** Where `cd` and its like lead to: paths may be meant from there. */
	readonly folders: readonly string[];
}

/** Joins what is quoted to what stands around it, as shells do: `a"b c"d` is one word. */
const WORD = /(?:'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|[^\s'"\\|&;<>(){}`])+/g;
const WORD_OF_POWERSHELL = /(?:'[^']*'|"[^"]*"|[^\s'"|&;<>(){},])+/g;
const CHANGE_FOLDER = /^(?:cd|pushd|chdir|set-location|sl|push-location)$/i;
/** What no path that a shell takes as it stands has in it: variables, addresses, control characters. */
const NO_PATH = /[$\p{Cc}]|:\/\//u;

/** Never throws; takes time in proportion to the line's length. */
export function commandWords(command: string, language: 'bash' | 'sh' | 'powershell'): CommandWords {
	const isPowershell = language === 'powershell';
	const words = new Set<string>();
	const folders = new Set<string>();
	let previous = '';
	for (const [raw] of command.matchAll(isPowershell ? WORD_OF_POWERSHELL : WORD)) {
		const word = isPowershell ? raw.replace(/['"]/g, '').replaceAll('\\', '/') : unquoted(raw);
		if (CHANGE_FOLDER.test(previous) && folders.size < MAX_FOLDERS && isPath(word)) {
			folders.add(word);
		}
		for (const part of [word, behindSign(word)]) {
			if (part !== undefined && isPath(part)) {
				words.add(part);
			}
		}
		if (words.size >= MAX_WORDS) {
			break;
		}
		previous = word;
	}
	return { words: [...words], folders: [...folders] };
}

function unquoted(raw: string): string {
	return raw.replace(/'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])/g, (_, single, double, escaped) => {
		return single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? '';
	});
}

/** Of `--out=dist/a.js` and `of=disk.img` what is behind the sign. */
function behindSign(word: string): string | undefined {
	const at = word.indexOf('=');
	return at < 0 ? undefined : word.slice(at + 1);
}

function isPath(word: string): boolean {
	return word !== '' && word.length <= MAX_WORD && !word.startsWith('-') && !NO_PATH.test(word);
}
