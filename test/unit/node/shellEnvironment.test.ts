import assert from 'node:assert/strict';
import { commandEnvironment } from '../../../src/node/shell/environment.ts';

const kept = (environment: Record<string, string>, allowed: readonly string[] = []) => {
	const { variables, withheld } = commandEnvironment({ environment, allowed });
	return { names: Object.keys(environment).filter(name => variables[name] === environment[name]), withheld };
};

describe('the environment of commands', () => {
	it('has what builds and programs need', () => {
		const environment = {
			...{ HOME: '/h', LANG: 'C', LC_ALL: 'C', USER: 'u', TMPDIR: '/t', JAVA_HOME: '/j', GOPATH: '/g', NVM_DIR: '/n' },
			...{
				VIRTUAL_ENV: '/v',
				HTTPS_PROXY: 'http://u:p@proxy:1',
				SSH_AUTH_SOCK: '/s',
				XDG_SESSION_ID: '1',
				DISPLAY: ':0',
			},
			...{
				DBUS_SESSION_BUS_ADDRESS: 'unix:path=/x',
				GOOGLE_APPLICATION_CREDENTIALS: '/c.json',
				TOKENIZERS_PARALLELISM: '1',
			},
			...{
				NODE_EXTRA_CA_CERTS: '/c',
				GIT_SSL_CAINFO: '/c',
				MONKEY: 'm',
				KEYBOARD: 'k',
				MAX_TOKENS: '5',
				API_URL: 'http://x/y',
			},
		};
		assert.deepEqual(kept(environment), { names: Object.keys(environment), withheld: [] });
	});

	it('has no handle of the editor and nothing that runs before the command', () => {
		for (const name of [
			...['VSCODE_IPC_HOOK_CLI', 'VSCODE_CWD', 'ELECTRON_RUN_AS_NODE', 'BROWSER', 'EDITOR', 'OPENROUTER_API_KEY'],
			...['BASH_ENV', 'ENV', 'LD_PRELOAD', 'LD_LIBRARY_PATH', 'DYLD_INSERT_LIBRARIES', 'GIT_DIR', 'GIT_SSH_COMMAND'],
			...['BASH_FUNC_ls%%', 'PROMPT_COMMAND', 'PS4', 'IFS', 'SHELLOPTS', 'NODE_OPTIONS', 'PYTHONSTARTUP', 'PERL5OPT'],
			...['RUBYOPT', 'JAVA_TOOL_OPTIONS', '_JAVA_OPTIONS', 'OPENROUTER_AGENT_SHELL', 'SSH_ASKPASS', 'LESSOPEN'],
		]) {
			// Nor if the user asks for it: it is no secret that a command could need.
			assert.deepEqual(kept({ [name]: 'x' }, [name]), { names: [], withheld: [] }, name);
		}
	});

	it('has no secret, by name or by form, unless the user lets it through', () => {
		const secrets = {
			...{ GITHUB_TOKEN: 'x', NPM_TOKEN: 'x', AWS_SECRET_ACCESS_KEY: 'x', AWS_ACCESS_KEY_ID: 'x', OPENAI_API_KEY: 'x' },
			...{
				STRIPE_KEY: 'x',
				DB_PASSWORD: 'x',
				PGPASSWORD: 'x',
				MYSQL_PWD: 'x',
				SENTRY_DSN: 'x',
				GH_PAT: 'x',
				SECRETS: 'x',
			},
			...{
				lower_token: 'x',
				DATABASE_URL: 'postgres://user:pass@host/db',
				THING: `ghp_${'a'.repeat(36)}`,
				JWT: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc',
			},
			...{ ANTHROPIC: 'sk-ant-0123456789abcdef', AWS: 'AKIAIOSFODNN7EXAMPLE', SLACK: 'xoxb-1234567890-abc' },
		};
		const names = Object.keys(secrets);
		assert.deepEqual(kept(secrets), { names: [], withheld: names.toSorted() });
		assert.deepEqual(kept(secrets, names), { names, withheld: [] });
	});

	it('lets nothing wait for a person', () => {
		const { variables } = commandEnvironment({ environment: { PAGER: 'less', TERM: 'xterm-256color' }, allowed: [] });
		assert.deepEqual([variables['PAGER'], variables['TERM'], variables['GIT_EDITOR']], ['cat', 'dumb', 'true']);
	});
});
