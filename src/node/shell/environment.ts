/** What of the user's environment a command of the agent gets. */
import { KEY_VARIABLE } from '../credentials.ts';

/** Tells the processes of a shell from all others, also those that left its process group. */
export const MARK_VARIABLE = 'OPENROUTER_AGENT_SHELL';

/**
 * Handles into the editor and the desktop, and what makes a shell, the loader, git or a language's runtime load or run
 * something before the command itself. `BROWSER` and `EDITOR` are the editor's own in its hosts.
 */
const HANDLES = [
	/^(?:VSCODE|ELECTRON|LD|DYLD|BASH_FUNC|OPENROUTER)_/,
	// Without its certificates git reaches no server behind a company's proxy.
	/^GIT_(?!SSL_CA)/,
	/^(?:BASH_ENV|ENV|SHELLOPTS|BASHOPTS|PROMPT_COMMAND|PS[0-4]|IFS|CDPATH|GLOBIGNORE|EXECIGNORE|POSIXLY_CORRECT)$/,
	/^(?:BROWSER|EDITOR|VISUAL|PAGER|MANPAGER|LESSOPEN|LESSCLOSE|SSH_ASKPASS|SUDO_ASKPASS|TERM_PROGRAM.*)$/,
	/^(?:NODE_OPTIONS|NODE_CHANNEL_FD|PYTHONSTARTUP|PYTHONINSPECT|PERL5OPT|PERL5DB|RUBYOPT|_?JAVA_(?:TOOL_)?OPTIONS)$/,
	/^(?:APPLICATION_INSIGHTS_.*|CHROME_DESKTOP|GIO_LAUNCHED_DESKTOP_FILE.*|OLDPWD|PWD|SHLVL|_)$/,
	new RegExp(`^(?:${MARK_VARIABLE}|${KEY_VARIABLE})$`),
];
/** Names by which people call secrets. */
const SECRET_NAME =
	/(?:^|_)(?:API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|KEY|PAT|AUTH|DSN)(?:_ID)?$|TOKEN(?:_|$)|SECRET|PASSW(?:OR)?D|PASSPHRASE|CREDENTIAL|COOKIE|_PWD$|_PASS$/;
/** Paths and numbers, not secrets, whatever their names say. */
const NO_SECRET = /^(?:SSH_AUTH_SOCK|GOOGLE_APPLICATION_CREDENTIALS|.*_(?:FILE|PATH|DIR|SOCK|TTL|LIMIT))$/;
/** Values that are keys by their form, or addresses with a password in them. */
const SECRET_VALUE =
	/^(?:sk-[\w-]{16,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_\w{20,}|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*)$|^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/;
/** Through these the network is reached at all. */
const PROXY = /^(?:https?|all|ftp)_proxy$/i;

/** So that nothing waits for a person: no pager, no editor, no question for a password; and no colours. */
const FIXED: Readonly<Record<string, string>> = {
	TERM: 'dumb',
	NO_COLOR: '1',
	PAGER: 'cat',
	MANPAGER: 'cat',
	GIT_PAGER: 'cat',
	GIT_TERMINAL_PROMPT: '0',
	// Takes a message as git proposes it; without one git says that it is empty.
	GIT_EDITOR: 'true',
};

export interface EnvironmentRule {
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** Names that the user lets through although they look like secrets. */
	readonly allowed: readonly string[];
}

export interface CommandEnvironment {
	readonly variables: Readonly<Record<string, string>>;
	/** Names that looked like secrets. Sorted. */
	readonly withheld: readonly string[];
}

/**
 * The environment without secrets, handles and loader tricks. PATH is left to `safeSearchPath`, which looks at the disk.
 * The user's own variables otherwise stay: a build finds its tools and settings through them.
 */
export function commandEnvironment({ environment, allowed }: EnvironmentRule): CommandEnvironment {
	const variables: Record<string, string> = {};
	const withheld: string[] = [];
	for (const [name, value] of Object.entries(environment)) {
		const upper = name.toUpperCase();
		if (value === undefined || HANDLES.some(pattern => pattern.test(upper))) {
			continue;
		}
		if (!allowed.includes(name) && isSecret(upper, value)) {
			withheld.push(name);
			continue;
		}
		variables[name] = value;
	}
	return { variables: { ...variables, ...FIXED }, withheld: withheld.sort() };
}

function isSecret(name: string, value: string): boolean {
	const hasSecretName = SECRET_NAME.test(name) && !NO_SECRET.test(name);
	return hasSecretName || (!PROXY.test(name) && SECRET_VALUE.test(value));
}
