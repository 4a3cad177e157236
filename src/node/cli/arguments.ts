/** Reads the command line. Knows nothing of files, and loads nothing: `--help` answers at once. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { nearestWord } from '../../agent/settings/wordDistance.ts';
import { usageError } from './cliError.ts';
import type { Command, RunOptions } from './commands.ts';

const OPTIONS = {
	model: { type: 'string', short: 'm' },
	cwd: { type: 'string', short: 'C' },
	approve: { type: 'string' },
	mode: { type: 'string' },
	budget: { type: 'string' },
	resume: { type: 'string', short: 'r' },
	image: { type: 'string', multiple: true },
	effort: { type: 'string' },
	'max-requests': { type: 'string' },
	'system-append': { type: 'string' },
	output: { type: 'string', short: 'o' },
	'json-standard': { type: 'string' },
	quiet: { type: 'boolean', short: 'q' },
	key: { type: 'string' },
	import: { type: 'boolean' },
	'no-browser': { type: 'boolean' },
	tools: { type: 'boolean' },
	json: { type: 'boolean' },
	help: { type: 'boolean', short: 'h' },
	version: { type: 'boolean', short: 'V' },
} as const satisfies ParseArgsConfig['options'];
type OptionName = keyof typeof OPTIONS;

const COMMON: readonly OptionName[] = ['help', 'version'];
/** What each command takes; `run` is the command without a name. */
export const commandOptions = {
	run: [
		...(['model', 'cwd', 'mode', 'approve', 'budget', 'resume', 'image', 'effort', 'max-requests'] as const),
		...(['system-append', 'output', 'json-standard', 'quiet'] as const),
	],
	'auth login': ['key', 'import', 'no-browser'],
	'auth list': ['json'],
	'auth logout': [],
	models: ['tools', 'json'],
	sessions: ['cwd', 'json'],
} as const satisfies Readonly<Record<string, readonly OptionName[]>>;
type CommandName = keyof typeof commandOptions;

const MODES = ['ask', 'agent'] as const;
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;

/** @throws CliError with exit code 2 and what to write instead. */
export function parseCommandLine(args: readonly string[]): Command {
	const { tokens } = parseArgs({
		args: [...args],
		options: OPTIONS,
		strict: false,
		allowPositionals: true,
		tokens: true,
	});
	const line = new ParsedLine(tokens);
	if (line.has('help')) {
		return { kind: 'help' };
	}
	if (line.has('version')) {
		return { kind: 'version' };
	}
	const name = line.takeCommand();
	line.refuseOthers(name);
	switch (name) {
		case 'run':
			return { kind: 'run', options: runOptions(line) };
		case 'auth login': {
			line.refuseWords(name);
			const key = line.text('key');
			return {
				kind: 'login',
				options: {
					...(key !== undefined && { key }),
					imports: line.has('import'),
					opensBrowser: !line.has('no-browser'),
				},
			};
		}
		case 'auth list':
			line.refuseWords(name);
			return { kind: 'listKeys', json: line.has('json') };
		case 'auth logout':
			line.refuseWords(name);
			return { kind: 'logout' };
		case 'models':
			return {
				kind: 'models',
				options: { search: line.words.join(' '), tools: line.has('tools'), json: line.has('json') },
			};
		case 'sessions': {
			line.refuseWords(name);
			const cwd = line.text('cwd');
			return { kind: 'sessions', ...(cwd !== undefined && { cwd }), json: line.has('json') };
		}
	}
}

function runOptions(line: ParsedLine): RunOptions {
	const words = line.words.filter(word => word !== '-');
	const model = line.text('model');
	const cwd = line.text('cwd');
	const budget = line.text('budget');
	const resume = line.text('resume');
	const effort = line.oneOf('effort', EFFORTS);
	const mode = line.oneOf('mode', MODES);
	const maxRequests = line.text('max-requests');
	const systemAppend = line.text('system-append');
	const isClaudeForm = line.oneOf('json-standard', ['claude']) === 'claude';
	const output = line.oneOf('output', ['text', 'json', 'stream']) ?? (isClaudeForm ? 'stream' : 'text');
	if (isClaudeForm && output === 'text') {
		throw usageError('--json-standard is a form of JSON: use it with --output json or stream.');
	}
	if (resume !== undefined && systemAppend !== undefined) {
		throw usageError('--system-append holds for a new session: the instructions of a stored one stay as they are.');
	}
	return {
		prompt: words.join(' '),
		readsInput: words.length < line.words.length,
		...(model !== undefined && { model }),
		...(cwd !== undefined && { cwd }),
		approve: line.oneOf('approve', ['none', 'edits', 'all']) ?? 'none',
		...(mode !== undefined && { mode }),
		...(budget !== undefined && { budget: dollars(budget) }),
		...(resume !== undefined && { resume }),
		images: line.texts('image'),
		...(effort !== undefined && { effort }),
		...(maxRequests !== undefined && { maxRequests: wholeNumber('max-requests', maxRequests, 200) }),
		...(systemAppend !== undefined && { systemAppend }),
		output,
		isClaudeForm,
		isQuiet: line.has('quiet'),
	};
}

function dollars(text: string): number {
	const amount = Number(text.trim().replace(/^\$/, ''));
	if (!Number.isFinite(amount) || amount <= 0) {
		throw usageError(`--budget wants an amount in US dollars, such as 0.50; "${text}" is none.`);
	}
	return amount;
}

function wholeNumber(name: OptionName, text: string, most: number): number {
	const number = Number(text);
	if (!Number.isInteger(number) || number < 1 || number > most) {
		throw usageError(`--${name} wants a whole number from 1 to ${most}; "${text}" is none.`);
	}
	return number;
}

/** As `parseArgs` gives it, with what is used of it. */
type Token =
	| {
			readonly kind: 'option';
			readonly name: string;
			readonly rawName: string;
			readonly value?: string | undefined;
			readonly inlineValue?: boolean | undefined;
	  }
	| { readonly kind: 'positional'; readonly value: string }
	| { readonly kind: 'option-terminator' };

/** The parts of a command line. */
class ParsedLine {
	/** What is no option, after the command's name. */
	words: readonly string[];
	readonly #options: readonly Extract<Token, { kind: 'option' }>[];
	/** How many words stand before `--`: only those can name a command. */
	readonly #commandWords: number;

	constructor(tokens: readonly Token[]) {
		const terminator = tokens.findIndex(({ kind }) => kind === 'option-terminator');
		const isWord = (token: Token) => token.kind === 'positional';
		this.words = tokens.flatMap(token => (token.kind === 'positional' ? token.value : []));
		this.#commandWords = terminator < 0 ? this.words.length : tokens.slice(0, terminator).filter(isWord).length;
		this.#options = tokens.flatMap(token => (token.kind === 'option' ? token : []));
	}

	/** Takes the command's name off the words. */
	takeCommand(): CommandName {
		const [first = '', second = ''] = this.words.slice(0, this.#commandWords);
		if (first === 'auth' && ['login', 'list', 'logout'].includes(second)) {
			this.words = this.words.slice(2);
			return `auth ${second}` as CommandName; // one of the three just compared
		}
		if (first === 'auth' && this.words.length <= 2) {
			const near = nearestWord(second, ['login', 'list', 'logout']);
			throw usageError(`Say what to do: auth login, auth list or auth logout.${didYouMean(near && `auth ${near}`)}`);
		}
		if (first === 'models' || first === 'sessions') {
			this.words = this.words.slice(1);
			return first;
		}
		return 'run';
	}

	/** @throws CliError for an option that the command does not take, or that has a value too many or too few. */
	refuseOthers(command: CommandName): void {
		const allowed: readonly OptionName[] = [...commandOptions[command], ...COMMON];
		for (const { name, rawName, value, inlineValue } of this.#options) {
			const known = allowed.find(candidate => candidate === name);
			if (known === undefined) {
				const near = nearestWord(name, allowed);
				const place = command === 'run' ? '' : ` of "${command}"`;
				throw usageError(
					`${rawName} is no option${place}.${didYouMean(near && `--${near}`)} See openrouter-agent --help.`,
				);
			}
			const isMissing = value === undefined || (inlineValue === false && value !== '-' && value.startsWith('-'));
			if (OPTIONS[known].type === 'string' && isMissing) {
				throw usageError(`${rawName} wants a value. See openrouter-agent --help.`);
			}
			if (OPTIONS[known].type === 'boolean' && value !== undefined) {
				throw usageError(`${rawName} takes no value.`);
			}
		}
	}

	refuseWords(command: CommandName): void {
		if (this.words.length > 0) {
			throw usageError(`"${command}" takes nothing more: "${this.words.join(' ')}" is too much.`);
		}
	}

	has(name: OptionName): boolean {
		return this.#options.some(option => option.name === name);
	}

	texts(name: OptionName): readonly string[] {
		return this.#options.flatMap(option => (option.name === name ? (option.value ?? []) : []));
	}

	/** The last one counts. */
	text(name: OptionName): string | undefined {
		return this.texts(name).at(-1);
	}

	/** @throws CliError for another value. */
	oneOf<Value extends string>(name: OptionName, values: readonly Value[]): Value | undefined {
		const text = this.text(name);
		const found = values.find(value => value === text);
		if (text !== undefined && found === undefined) {
			throw usageError(`--${name} is one of ${values.join(', ')}; "${text}" is none of them.`);
		}
		return found;
	}
}

function didYouMean(near: string | undefined): string {
	return near === undefined || near === '' ? '' : ` Did you mean ${near}?`;
}
