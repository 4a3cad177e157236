/**
 * Which files can change what the editor or the user's tools run, and which hold secrets. Names are compared in lower
 * case at any depth, so the same rules hold for relative, multi-root and absolute paths.
 */

/** `forbidden`: no file tool writes there. `protected`: every write is asked for. */
export type Protection = 'forbidden' | 'protected' | 'none';

/** Everything below a folder of this name. */
const protectedFolders = new Set([
	...['.vscode', '.husky', '.githooks', '.github', '.circleci', '.devcontainer', '.cargo'],
	...['.idea', '.zed', '.cursor', '.claude', '.openrouter'],
]);

const protectedNames = new Set([
	...['.gitattributes', '.gitmodules', '.gitconfig', '.pre-commit-config.yaml', '.pre-commit-config.yml'],
	...['.gitlab-ci.yml', '.gitlab-ci.yaml', '.envrc', '.npmrc', 'package.json', 'makefile', 'gnumakefile'],
	...['cmakelists.txt', 'build.rs', 'cargo.toml', 'pyproject.toml', 'setup.py', 'setup.cfg', 'conftest.py'],
	...['sitecustomize.py', 'usercustomize.py', 'gradle.properties', 'pom.xml', 'web.config', 'server.xml'],
	...['gemfile', 'rakefile', '.mcp.json', 'mcp.json', 'agents.md', 'agent.md', 'claude.md', 'gemini.md'],
]);

const protectedPatterns: readonly RegExp[] = [
	/\.(?:code-workspace|lock|mk|pth|csproj|fsproj|vbproj|vcxproj|proj|targets|props|pem|key|p12|pfx)$/,
	/-lock\.(?:json|yaml|yml)$/,
	/\.gradle(?:\.|$)/,
	/^(?:lefthook\.|\.lefthook\.|dockerfile|docker-compose|compose\.ya?ml$|\.env|\.yarnrc|\.pnpmfile\.|gradlew|mvnw)/,
	/^(?:directory\.build\.|\.cline|\.roo)/,
	// Keys by custom; `id_generator.py` is none.
	/^id_[^.]*(?:\.pub)?$/,
];

/** Files whose content is a secret: reading them is asked for too. */
const secretNames = new Set(['.netrc', '.npmrc', '.pypirc', '.git-credentials', '.envrc']);
const secretPatterns: readonly RegExp[] = [
	/\.(?:pem|key|p12|pfx)$/,
	/^id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?$/,
	// `.env.example` and its like are made to be shown.
	/^\.env(?!.*\.(?:example|sample|template)$)/,
];

/** @param path workspace-relative or absolute, with `/` or `\`. */
export function protectionOf(path: string): Protection {
	const names = segmentsOf(path);
	// Windows knows a folder by its short name as well.
	if (names.some(name => name === '.git' || /^git~\d+$/.test(name))) {
		return 'forbidden';
	}
	const file = names.at(-1) ?? '';
	const isProtected =
		names.some(name => protectedFolders.has(name) || /^\.roo/.test(name)) ||
		protectedNames.has(file) ||
		protectedPatterns.some(pattern => pattern.test(file)) ||
		// Ruby LSP runs add-ons from here.
		names.some((name, at) => name === 'ruby_lsp' && names[at + 2]?.startsWith('addon'));
	return isProtected ? 'protected' : 'none';
}

/** Whether a file of this name holds keys or passwords by custom. */
export function isSecret(path: string): boolean {
	const file = segmentsOf(path).at(-1) ?? '';
	return secretNames.has(file) || secretPatterns.some(pattern => pattern.test(file));
}

/**
 * Names as the file systems compare them: macOS ignores case and invisible characters, Windows case, trailing dots
 * and spaces, and what follows a colon.
 */
function segmentsOf(path: string): string[] {
	return path
		.normalize('NFKC')
		.replace(/\p{Cf}/gu, '')
		.toLowerCase()
		.split(/[/\\]/)
		.map(name => name.replace(/(?<=.):.*$/, '').replace(/(?<=[^.\s])[.\s]+$/, ''))
		.filter(name => name !== '' && name !== '.');
}
