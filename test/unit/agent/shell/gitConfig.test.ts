import assert from 'node:assert/strict';
import { isPlainGitConfig } from '../../../../src/agent/shell/gitConfig.ts';

const clone = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = false
	logallrefupdates = true
	hooksPath = .husky/_
[remote "origin"]
	url = git@example.com:a/b.git
	fetch = +refs/heads/*:refs/remotes/origin/*
# a comment
[branch "feature/x \\"y\\""]
	remote = origin
	merge = refs/heads/main
	vscode-merge-base = origin/main
[user]
	email = ada@example.com
	useConfigOnly
`;

describe('isPlainGitConfig', () => {
	it('takes what cloning and everyday work write', () => {
		assert.equal(isPlainGitConfig(clone), true);
		assert.equal(isPlainGitConfig(clone.replaceAll('\n', '\r\n')), true);
		assert.equal(isPlainGitConfig(''), true);
	});

	const programs = {
		'a monitor of files': '[core]\n\tfsmonitor = ./x',
		'a key in other case': '[CORE]\n\tFsMonitor = ./x',
		'a pager': '[core]\n\tpager = ./x',
		'a tool that shows differences': '[diff]\n\texternal = ./x',
		'a converter to text': '[diff "y"]\n\ttextconv = ./x',
		'a filter': '[filter "y"]\n\tclean = ./x',
		'a program that checks signatures': '[gpg]\n\tprogram = ./x',
		'signatures in each log': '[log]\n\tshowSignature = true',
		'a format of its own': '[pretty]\n\tx = %G?',
		'another file': '[include]\n\tpath = ../x',
		'another file on a condition': '[includeIf "gitdir:/"]\n\tpath = ../x',
		'another worktree': '[core]\n\tworktree = /',
		'a worktree file': '[extensions]\n\tworktreeConfig = true',
		'objects fetched on demand': '[remote "origin"]\n\tpromisor = true',
		'a program on the other side': '[remote "origin"]\n\tuploadpack = ./x',
		'a bare repository': '[core]\n\tbare = true',
		'a bare repository by a key without value': '[core]\n\tbare',
		'a command of a submodule': '[submodule "s"]\n\tupdate = !./x',
		'a key behind its section': '[core] fsmonitor = ./x',
		'a section in dots': '[diff.y]\n\ttextconv = ./x',
		'a value that goes on': '[user]\n\tname = x\\\n[core]\n\tfsmonitor = ./x',
		'a key without section': 'fsmonitor = ./x',
		'a line that is none': '[core]\n\t= x',
	};
	it("takes a submodule's own folder for its worktree, and no other", () => {
		const text = `${clone}[core]\n\tworktree = ../../../sub\n`;
		assert.equal(isPlainGitConfig(text, '../../../sub'), true);
		assert.equal(isPlainGitConfig(text, '../../../other'), false);
		assert.equal(isPlainGitConfig(text), false);
	});
	for (const [what, text] of Object.entries(programs)) {
		it(`refuses ${what}`, () => assert.equal(isPlainGitConfig(`${clone}${text}\n`), false));
	}
});
