/** Cuts a file into the pieces that a search shows: a declaration with its comment, a section of a document. */

export interface Chunk {
	/** First and last line, 1-based. */
	readonly from: number;
	readonly to: number;
	/** What its lines declare, in order. */
	readonly names: readonly string[];
}

const MAX_LINES = 60;
/** Shorter declarations are put together. */
const MIN_LINES = 10;
/** Lines that two pieces share where nothing says where to cut. */
const OVERLAP = 8;
/** Longer lines declare nothing that a rule could see. */
const MAX_LINE = 300;
/** Columns of indentation at which a declaration still begins a piece: a member of a class. */
const MEMBER_INDENT = 4;

const MODIFIERS =
	'(?:(?:export|default|declare|public|private|protected|internal|static|abstract|final|async|override|pub(?:\\([^)]*\\))?|readonly|virtual|inline|unsafe|open|sealed|partial|data|suspend)\\s+)*';
/** Declarations by a word for their kind, in the languages that have one. The receiver of a Go method may stand between. */
const BY_WORD = new RegExp(
	`^(\\s*)${MODIFIERS}(?:function\\*?|class|interface|type|enum|namespace|module|struct|trait|impl|def|fn|func|fun|record|object|protocol|extension|macro_rules!|union)\\s+(?:\\([^)]*\\)\\s*)?([\\p{L}_$][\\p{L}\\p{N}_$]*)`,
	'u',
);
/** Values of the whole file. */
const VALUE = new RegExp(
	`^()${MODIFIERS}(?:const|let|var|val|static|#define)\\s+(?:mut\\s+)?([\\p{L}_$][\\p{L}\\p{N}_$]*)`,
	'u',
);
/** A method or a function of C: name, parentheses, a body that opens. */
const BY_BODY =
	/^(\s*)(?:[\w<>[\],.?*&:]+\s+)*?[*&~#]?(?!(?:if|for|while|switch|catch|return|function|with|else|do|try|super|await|new|typeof|throw|case)\b)([\p{L}_$][\p{L}\p{N}_$:]*)\s*\([^;=]*\)[^;=()]*\{\s*$/u;
const HEADING = /^()#{1,6}\s+(.+?)\s*#*$/;
/** Belongs to the declaration below it. */
const LEAD_IN = /^\s*(?:\/\/|\/\*|\*|#(?!include|define|if)|@|--|"""|'''|\[)/;

/** The pieces of a file, in order. Together they hold every line. */
export function chunksOf(path: string, lines: readonly string[]): readonly Chunk[] {
	const isDocument = /\.(?:md|mdx|markdown)$/i.test(path);
	const chunks: Chunk[] = [];
	let from = 0;
	let names: string[] = [];
	const close = (end: number, next = end) => {
		if (end > from) {
			chunks.push({ from: from + 1, to: end, names });
		}
		from = next;
		names = [];
	};
	for (const [index, line] of lines.entries()) {
		const declared = isDocument ? HEADING.exec(line) : declarationIn(line);
		if (declared !== null) {
			const start = isDocument ? index : leadIn(lines, index, from);
			if (columns(declared[1] ?? '') <= MEMBER_INDENT && start - from >= MIN_LINES) {
				close(start);
			}
			names.push(declared[2] ?? '');
		}
		if (index + 1 - from >= MAX_LINES && index + 1 < lines.length) {
			const blank = lastBlank(lines, index, from + MAX_LINES / 2);
			close(blank ?? index + 1, blank ?? index + 1 - OVERLAP);
		}
	}
	close(lines.length);
	return chunks;
}

function declarationIn(line: string): RegExpExecArray | null {
	return line.length > MAX_LINE ? null : (BY_WORD.exec(line) ?? VALUE.exec(line) ?? BY_BODY.exec(line));
}

/** Where the comment and the decorators above a declaration begin. */
function leadIn(lines: readonly string[], index: number, from: number): number {
	let start = index;
	while (start > from && LEAD_IN.test(lines[start - 1] ?? '')) {
		start--;
	}
	return start;
}

/** Behind the last blank line from `earliest` to `index`. */
function lastBlank(lines: readonly string[], index: number, earliest: number): number | undefined {
	for (let at = index; at >= earliest; at--) {
		if ((lines[at] ?? '').trim() === '') {
			return at + 1;
		}
	}
	return undefined;
}

function columns(indent: string): number {
	return indent.replaceAll('\t', '    ').length;
}
