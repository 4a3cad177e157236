import assert from 'node:assert/strict';
import { type Decision, decide, type PolicyCall, refusePath } from '../../../../src/agent/approval/policy.ts';
import { isSecret, protectionOf } from '../../../../src/agent/approval/protectedPaths.ts';
import type { Location } from '../../../../src/agent/workspace.ts';

function touched(path: string, location: Partial<Location> = {}) {
	return { given: path, location: { path, uri: `file:///ws/${path}`, isOutside: false, ...location } };
}

function short(decision: Decision): string {
	return decision.kind === 'ask' ? `ask: ${decision.reason}` : decision.kind;
}

const write = (path: string, more: Partial<PolicyCall> = {}, location: Partial<Location> = {}) =>
	short(decide({ effect: 'write', paths: [touched(path, location)], isTrusted: true, areEditsAllowed: true, ...more }));
const read = (path: string, location: Partial<Location> = {}) =>
	short(decide({ effect: 'read', paths: [touched(path, location)], isTrusted: false, areEditsAllowed: false }));

describe('policy', () => {
	it('lets reads inside the workspace run, also in one that is not trusted', () => {
		assert.equal(read('src/app.ts'), 'allow');
		assert.equal(read('package.json'), 'allow');
		assert.equal(short(decide({ effect: 'read', paths: [], isTrusted: false, areEditsAllowed: false })), 'allow');
	});

	it('asks for reads outside and for secrets', () => {
		assert.equal(read('/etc/passwd', { isOutside: true }), 'ask: outside');
		assert.equal(read('.env'), 'ask: protected');
		assert.equal(read('deploy/ID_RSA'), 'ask: protected');
		assert.equal(read('.env.example'), 'allow');
		assert.equal(read('notes.txt', { realPath: 'keys/server.pem' }), 'ask: protected');
	});

	it('asks for writes until the session allows them', () => {
		assert.equal(write('src/app.ts', { areEditsAllowed: false }), 'ask: write');
		assert.equal(write('src/app.ts'), 'allow');
	});

	it('always asks for writes outside and for protected files', () => {
		assert.equal(write('/home/me/.bashrc', {}, { isOutside: true }), 'ask: outside');
		assert.equal(write('.vscode/settings.json'), 'ask: protected');
	});

	it('looks at every path of a call', () => {
		const paths = [touched('a.ts'), touched('b.ts'), touched('Makefile')];
		assert.equal(short(decide({ effect: 'write', paths, isTrusted: true, areEditsAllowed: true })), 'ask: protected');
		const forbidden = [...paths, touched('.git/config')];
		assert.equal(short(decide({ effect: 'write', paths: forbidden, isTrusted: true, areEditsAllowed: true })), 'deny');
	});

	it('asks for a write that names no path', () => {
		assert.equal(
			short(decide({ effect: 'write', paths: [], isTrusted: true, areEditsAllowed: true })),
			'ask: protected',
		);
	});

	it('sees through links and through the names a workspace gives', () => {
		assert.equal(write('notes.txt', {}, { realPath: '.vscode/tasks.json' }), 'ask: protected');
		assert.equal(write('notes.txt', {}, { uri: 'vscode-vfs://github/o/r/.git/config' }), 'deny');
		assert.equal(write('notes.txt', {}, { uri: 'file:///ws/%2Evscode/x.json' }), 'ask: protected');
		assert.equal(write('.vscode/../.git/hooks/x', {}, { path: '.git/hooks/x' }), 'deny');
	});

	it('denies every write in a workspace that is not trusted, and every write to git', () => {
		assert.equal(write('src/app.ts', { isTrusted: false }), 'deny');
		assert.equal(write('.git/hooks/pre-commit'), 'deny');
		assert.equal(write('/elsewhere/.git/config', {}, { isOutside: true }), 'deny');
	});

	it('refuses to resolve a path with NUL', () => {
		assert.ok(refusePath('a\0.ts'));
		assert.equal(refusePath('a%00.ts'), undefined);
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
