import assert from 'node:assert/strict';
import type { ApprovalRule } from '../../../../src/agent/approval/approvalRules.ts';
import { type Decision, decide, type Permissions, refusePath } from '../../../../src/agent/approval/policy.ts';
import { isSecret, protectionOf } from '../../../../src/agent/approval/protectedPaths.ts';
import { isSystemPath } from '../../../../src/agent/approval/systemPaths.ts';
import type { CommandPlace, Demand, Effect } from '../../../../src/agent/tool.ts';
import { judgeUrl } from '../../../../src/agent/urlPolicy.ts';
import type { Location } from '../../../../src/agent/workspace.ts';
import { allowing } from '../../../fakes/turnHarness.ts';

function touched(path: string, location: Partial<Location> = {}) {
	return { given: path, location: { path, uri: `file:///ws/${path}`, isOutside: path.startsWith('/'), ...location } };
}

function short(decision: Decision): string {
	switch (decision.kind) {
		case 'ask':
			return `ask: ${decision.reason}${decision.offer === undefined ? '' : ` or ${decision.offer.scopes.join(', ')}`}`;
		case 'allow':
			return decision.by.why === 'free' ? 'allow' : `allow: ${decision.by.why}`;
		default:
			return decision.kind;
	}
}

function files(
	effect: Effect,
	paths: readonly ReturnType<typeof touched>[],
	permissions: Partial<Permissions>,
	more = {},
) {
	const demand: Demand = { kind: 'paths', paths: paths.map(({ given }) => given), ...more };
	return short(decide({ effect, demand, paths }, allowing(permissions)));
}

const write = (
	path: string,
	permissions: Partial<Permissions> = { level: 'edits' },
	location: Partial<Location> = {},
) => files('write', [touched(path, location)], permissions);
const read = (path: string, location: Partial<Location> = {}, permissions: Partial<Permissions> = {}) =>
	files('read', [touched(path, location)], { isTrusted: false, ...permissions });

const place: CommandPlace = {
	cwd: '/ws',
	resolve: () => 'outside',
	readPath: () => 'free',
	cwdIsInside: true,
	isGitPlain: true,
};
const run = (command: string, permissions: Partial<Permissions> = {}) =>
	short(decide({ effect: 'execute', demand: { kind: 'command', command, place }, paths: [] }, allowing(permissions)));
function fetches(url: string, permissions: Partial<Permissions> = {}): string {
	const judgement = judgeUrl(url);
	assert.equal(judgement.kind, 'ask');
	const demand: Demand = { kind: 'fetch', judgement };
	return short(decide({ effect: 'network', demand, paths: [] }, allowing(permissions)));
}
const tool = { id: 'mcp_a', server: 'A', hash: '1' };
const useTool = (permissions: Partial<Permissions> = {}, hash = '1') => {
	const demand: Demand = { kind: 'foreign', tool: { ...tool, hash }, siblings: [tool, { ...tool, id: 'mcp_b' }] };
	return short(decide({ effect: 'foreign', demand, paths: [] }, allowing(permissions)));
};
const search = (permissions: Partial<Permissions> = {}) =>
	short(decide({ effect: 'network', demand: { kind: 'search' }, paths: [] }, allowing(permissions)));
const npmTest: ApprovalRule = { kind: 'command', rule: { kind: 'line', effect: 'allow', line: 'npm test' } };

describe('policy', () => {
	it('lets reads inside the workspace run, also in one that is not trusted', () => {
		assert.equal(read('src/app.ts'), 'allow');
		assert.equal(read('package.json'), 'allow');
		assert.equal(files('read', [], { isTrusted: false }), 'allow');
	});

	it('asks for reads outside, of secrets and of the system', () => {
		assert.equal(read('/srv/notes.txt'), 'ask: outside or session');
		assert.equal(read('.env'), 'ask: secret or session');
		assert.equal(read('deploy/ID_RSA'), 'ask: secret or session');
		assert.equal(read('.env.example'), 'allow');
		assert.equal(read('notes.txt', { realPath: 'keys/server.pem' }), 'ask: secret or session');
		assert.equal(read('/proc/self/environ'), 'ask: system');
		assert.equal(read('/home/me/.ssh/config'), 'ask: system');
		assert.equal(read('notes.txt', { isOutside: true, realPath: '/home/me/.bashrc' }), 'ask: system');
	});

	it('lets a rule free what lies below its path, but no secret there and nothing beside it', () => {
		const rules: ApprovalRule[] = [{ kind: 'read', path: '/srv/docs' }];
		assert.equal(read('/srv/docs/a.md', {}, { rules }), 'allow: rule');
		assert.equal(read('/srv/docs', {}, { rules }), 'allow: rule');
		assert.equal(read('/srv/docs-old/a.md', {}, { rules }), 'ask: outside or session');
		assert.equal(read('/srv/docs/.env', {}, { rules }), 'ask: secret or session');
		assert.equal(read('link', { isOutside: true, realPath: '/srv/else' }, { rules }), 'ask: outside or session');
		assert.equal(read('.env', {}, { rules: [{ kind: 'read', path: '.env' }] }), 'allow: rule');
	});

	it('asks for writes until the session allows them', () => {
		assert.equal(write('src/app.ts', {}), 'ask: write or session');
		assert.equal(write('src/app.ts', { rules: [{ kind: 'edits' }] }), 'allow: rule');
		assert.equal(write('src/app.ts'), 'allow: level');
	});

	it('asks for protected files, secrets and schemas of others at every level', () => {
		for (const level of ['edits', 'everything'] as const) {
			assert.equal(write('.vscode/settings.json', { level }), 'ask: protected');
			assert.equal(write('.netrc', { level }), 'ask: protected');
			const schemas = { remoteSchemas: ['http://elsewhere/s'] };
			assert.equal(files('write', [touched('data.json')], { level }, schemas), 'ask: schema');
		}
	});

	it('asks for writes outside at every level, and never offers a rule for the system and the account', () => {
		for (const level of ['edits', 'everything'] as const) {
			assert.equal(write('/srv/a.txt', { level }), 'ask: outside or session');
			assert.equal(write('/home/me/.bashrc', { level }), 'ask: system');
			assert.equal(write('/etc/cron.d/x', { level }), 'ask: system');
			assert.equal(write('/Users/me/Library/LaunchAgents/x.plist', { level }), 'ask: system');
		}
		const rules: ApprovalRule[] = [{ kind: 'write', folder: '/srv' }];
		assert.equal(write('/srv/a.txt', { rules }), 'allow: rule');
		assert.equal(write('/srv/a.txt', { rules, isHeld: true }), 'ask: outside or session');
		assert.equal(write('/srv/Makefile', { rules }), 'ask: protected');
		assert.equal(write('/home/me/.bashrc', { rules: [{ kind: 'write', folder: '/home/me' }] }), 'ask: system');
	});

	it("asks for what is its own or the editor's wherever it lies", () => {
		const own = { level: 'everything', ownFolders: ['/ws/data/store'] } as const;
		assert.equal(write('data/store/approvals.json', own, { realPath: '/ws/data/store/approvals.json' }), 'ask: system');
		assert.equal(write('data/store/approvals.json', own), 'ask: system');
		assert.equal(write('data/stored.json', own), 'allow: level');
	});

	it('looks at every path of a call', () => {
		const paths = [touched('a.ts'), touched('b.ts'), touched('Makefile')];
		assert.equal(files('write', paths, { level: 'edits' }), 'ask: protected');
		assert.equal(files('write', [...paths, touched('.git/config')], { level: 'edits' }), 'deny');
	});

	it('asks for a write that names no path', () => {
		assert.equal(files('write', [], { level: 'everything' }), 'ask: unclear');
	});

	it('asks nobody for looking at what runs already, and for what is not ours in any case', () => {
		const nothing = (effect: Effect) => decide({ effect, demand: { kind: 'nothing' }, paths: [] }, allowing()).kind;
		const effects: readonly Effect[] = ['read', 'session', 'execute', 'network', 'write', 'foreign'];
		assert.deepEqual(effects.map(nothing), ['allow', 'allow', 'allow', 'allow', 'ask', 'ask']);
	});

	it('sees through links and through the names a workspace gives', () => {
		assert.equal(write('notes.txt', undefined, { realPath: '.vscode/tasks.json' }), 'ask: protected');
		assert.equal(write('notes.txt', undefined, { uri: 'vscode-vfs://github/o/r/.git/config' }), 'deny');
		assert.equal(write('notes.txt', undefined, { uri: 'file:///ws/%2Evscode/x.json' }), 'ask: protected');
		assert.equal(write('.vscode/../.git/hooks/x', undefined, { path: '.git/hooks/x' }), 'deny');
	});

	it('denies all but reading in a workspace that is not trusted, and every write to git', () => {
		const untrusted = { isTrusted: false, level: 'everything', rules: [npmTest, { kind: 'search' }] } as const;
		assert.equal(write('src/app.ts', untrusted), 'deny');
		assert.equal(run('ls', untrusted), 'deny');
		assert.equal(run('npm test', untrusted), 'deny');
		assert.equal(fetches('https://example.com', untrusted), 'deny');
		assert.equal(search(untrusted), 'deny');
		assert.equal(useTool(untrusted), 'deny');
		const readingTheWeb = { effect: 'read', demand: { kind: 'search' }, paths: [] } as const;
		assert.equal(short(decide(readingTheWeb, allowing(untrusted))), 'deny');
		const delegate = { effect: 'session', demand: { kind: 'delegate', isReadOnly: true }, paths: [] } as const;
		assert.equal(short(decide(delegate, allowing(untrusted))), 'deny');
		assert.equal(write('.git/hooks/pre-commit', { level: 'everything' }), 'deny');
		assert.equal(write('/elsewhere/.git/config', { level: 'everything' }), 'deny');
	});

	it('reads only in Ask mode, whatever level and rules say', () => {
		const asking = { mode: 'ask', level: 'everything', rules: [npmTest, { kind: 'edits' }] } as const;
		assert.equal(write('src/app.ts', asking), 'deny');
		assert.equal(run('npm test', asking), 'deny');
		assert.equal(run('touch PWNED', asking), 'deny');
		assert.equal(useTool(asking), 'deny');
		assert.equal(run('git log --oneline', asking), 'allow: readOnly');
		assert.equal(read('src/app.ts', {}, asking), 'allow');
		assert.equal(fetches('https://example.com', { mode: 'ask' }), 'ask: fetch or session, workspace, always');
	});

	it('lets commands run that only read, and others by a rule, by the level or by the user', () => {
		assert.equal(run('ls -la src'), 'allow: readOnly');
		assert.equal(run('npm test'), 'ask: command or session, workspace, always');
		assert.equal(run('npm test', { rules: [npmTest] }), 'allow: rule');
		assert.equal(run('npm test', { level: 'edits' }), 'ask: command or session, workspace, always');
		assert.equal(run('npm test', { level: 'everything' }), 'allow: level');
		const never: ApprovalRule = { kind: 'command', rule: { kind: 'words', effect: 'deny', words: ['npm'] } };
		assert.equal(run('npm test', { level: 'everything', rules: [never] }), 'deny');
	});

	it('asks for pages by their host, and each time for an address that may carry data away', () => {
		assert.equal(fetches('https://example.com/a'), 'ask: fetch or session, workspace, always');
		const rules: ApprovalRule[] = [{ kind: 'host', host: 'example.com' }];
		assert.equal(fetches('https://example.com/b', { rules }), 'allow: rule');
		assert.equal(fetches('http://example.com/b', { rules }), 'ask: fetch');
		assert.equal(fetches('https://example.com:8443/b', { rules }), 'ask: fetch or session, workspace, always');
		assert.equal(fetches('https://sub.example.com/b', { rules }), 'ask: fetch or session, workspace, always');
		const carrying = `https://example.com/?k=${'x'.repeat(300)}`;
		assert.equal(fetches(carrying, { rules }), 'ask: fetch');
		assert.equal(fetches(carrying, { level: 'everything' }), 'ask: fetch');
		assert.equal(fetches('https://example.com', { level: 'everything' }), 'allow: level');
	});

	it('asks for searches once', () => {
		assert.equal(search(), 'ask: search or session, workspace, always');
		assert.equal(search({ rules: [{ kind: 'search' }] }), 'allow: rule');
	});

	it('asks for the tools of a server until it is allowed, and again for one that is defined anew', () => {
		assert.equal(useTool(), 'ask: foreign or session, workspace, always');
		const approval = { server: 'A', tools: [{ id: 'mcp_a', hash: '1' }] };
		const rules: ApprovalRule[] = [{ kind: 'server', approval }];
		assert.equal(useTool({ rules }), 'allow: rule');
		assert.equal(useTool({ rules }, '2'), 'ask: foreign or session, workspace, always');
		assert.equal(useTool({ level: 'everything' }), 'allow: level');
	});

	it('holds the rules for commands and pages after text from outside, not those for servers and edits', () => {
		const approval = { server: 'A', tools: [{ id: 'mcp_a', hash: '1' }] };
		const rules: ApprovalRule[] = [npmTest, { kind: 'host', host: 'example.com' }, { kind: 'server', approval }];
		const held = { isHeld: true, rules } as const;
		assert.match(run('npm test', held), /^ask: command/);
		assert.match(fetches('https://example.com', held), /^ask: fetch/);
		assert.equal(useTool(held), 'allow: rule');
		assert.equal(run('ls', held), 'allow: readOnly');
		assert.equal(write('a.ts', { isHeld: true, level: 'edits' }), 'allow: level');
		for (const asked of [
			run('npm test', { isHeld: true, level: 'everything' }),
			useTool({ isHeld: true, level: 'everything' }),
		]) {
			assert.match(asked, /^ask: /);
		}
	});

	it('refuses to resolve a path with NUL', () => {
		assert.ok(refusePath('a\0.ts'));
		assert.equal(refusePath('a%00.ts'), undefined);
	});
});

describe('system paths', () => {
	it('knows where programs, devices and the settings of an account lie', () => {
		for (const path of [
			...['/etc/passwd', '/usr/bin/ls', '/private/etc/hosts', 'C:\\Windows\\System32\\x', 'c:/Program Files/x'],
			...[
				'/home/me/.bashrc',
				'/Users/me/.zshrc',
				['', 'root', '.ssh', 'authorized_keys'].join('/'),
				'C:\\Users\\me\\AppData\\x',
				'/home/me//.ssh/x',
			],
		]) {
			assert.ok(isSystemPath(path, 'write'), path);
		}
		for (const path of ['/srv/a', '/home/me/project/.eslintrc', '/tmp/x', 'D:\\work\\a', '/etcetera/x']) {
			assert.ok(!isSystemPath(path, 'write'), path);
		}
	});

	it('lets headers of the system be asked for once and not each time', () => {
		assert.ok(!isSystemPath('/usr/include/stdio.h', 'read'));
		assert.ok(isSystemPath('/proc/self/environ', 'read'));
		assert.ok(isSystemPath('/home/me/.aws/credentials', 'read'));
	});
});

describe('protected paths', () => {
	it('knows what can change what the editor or a tool runs, at any depth and in any case', () => {
		for (const path of [
			...[
				'.vscode/settings.json',
				'sub/.VSCode/tasks.json',
				'root-name/.vscode/x/y',
				'my.code-workspace',
				'a/B.CODE-WORKSPACE',
			],
			...[
				'.gitattributes',
				'.gitmodules',
				'.husky/pre-commit',
				'.githooks/x',
				'lefthook.yml',
				'.pre-commit-config.yaml',
			],
			...['.github/workflows/x.yml', '.github/copilot-instructions.md', '.gitlab-ci.yml', '.circleci/config.yml'],
			...['.devcontainer/devcontainer.json', 'Dockerfile', 'dockerfile.dev', 'docker-compose.override.yml'],
			...['.env', '.env.local', '.envrc', '.npmrc', '.yarnrc.yml', '.pnpmfile.cjs', 'package.json', 'x/package.json'],
			...['yarn.lock', 'Cargo.lock', 'package-lock.json', 'pnpm-lock.yaml', 'Makefile', 'rules.mk', 'CMakeLists.txt'],
			...['build.rs', 'Cargo.toml', '.cargo/config.toml', 'pyproject.toml', 'setup.py', 'setup.cfg', 'conftest.py'],
			...[
				'x.pth',
				'sitecustomize.py',
				'A.csproj',
				'B.targets',
				'Directory.Build.props',
				'build.gradle',
				'build.gradle.kts',
			],
			...['gradle.properties', 'gradlew', 'gradlew.bat', 'pom.xml', 'mvnw.cmd', 'web.config', 'server.xml'],
			...[
				'lib/ruby_lsp/foo/addon.rb',
				'Gemfile',
				'Rakefile',
				'.idea/x.xml',
				'.zed/settings.json',
				'.cursor/rules/x.mdc',
			],
			...['.claude/settings.json', '.roo/rules.md', '.roomodes', '.clinerules', '.mcp.json', 'mcp.json', 'AGENTS.md'],
			...[
				'docs/AGENTS.md',
				'CLAUDE.md',
				'Gemini.md',
				'cert.pem',
				'x.key',
				'y.P12',
				'z.pfx',
				'id_rsa',
				'id_ed25519.pub',
			],
		]) {
			assert.equal(protectionOf(path), 'protected', path);
			assert.equal(protectionOf(path.toUpperCase()), 'protected', path.toUpperCase());
			assert.equal(protectionOf(`/abs/deep/${path.replaceAll('/', '\\')}`), 'protected', path);
		}
	});

	it('leaves ordinary files alone', () => {
		for (const path of [
			...['src/app.ts', 'README.md', 'vscode/settings.json', 'github/x.yml', 'docs/makefile.md', 'src/package.ts'],
			...['package.json.md', 'environment.ts', 'src/lock.ts', 'identity.ts', 'keys.ts', 'cargo.ts', 'agents/list.md'],
			...['.gitignore', 'a.git', 'git/config', 'dockerfiles/readme.md', 'my.gradual.ts'],
		]) {
			assert.equal(protectionOf(path), 'none', path);
		}
	});

	it('forbids git folders under every name a file system takes for them', () => {
		for (const path of [
			...[
				'.git/config',
				'.GIT/hooks/x',
				'sub/.git',
				'sub/.Git/HEAD',
				'.git./config',
				'.git /config',
				'.git::$INDEX_ALLOCATION/x',
			],
			...['GIT~1/config', '.g\u200cit/config', '.ｇit/config', 'a\\.git\\config', './.git/config'],
		]) {
			assert.equal(protectionOf(path), 'forbidden', path);
		}
	});

	it('takes no long for hostile names', () => {
		assert.equal(protectionOf(`${'.'.repeat(200_000)}a`), 'none');
		assert.equal(protectionOf(`a${': '.repeat(200_000)}`), 'none');
		assert.equal(isSecret(`.env${'.'.repeat(200_000)}x`), true);
	});
});
