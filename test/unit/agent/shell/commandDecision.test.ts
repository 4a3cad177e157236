import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type CommandContext, decideCommand } from '../../../../src/agent/shell/commandDecision.ts';
import { reasonText } from '../../../../src/agent/shell/commandReason.ts';
import { type CommandRule, commandRule, proposeRule, ruleText } from '../../../../src/agent/shell/commandRules.ts';
import { commandContext, DENIED } from './commandContext.ts';

const allowLine = (line: string): CommandRule => ({ kind: 'line', effect: 'allow', line });
const allowWords = (...words: string[]): CommandRule => ({ kind: 'words', effect: 'allow', words });
const denyWords = (...words: string[]): CommandRule => ({ kind: 'words', effect: 'deny', words });

function decide(line: string, more: Partial<CommandContext> = {}): string {
	const decision = decideCommand(line, commandContext(more));
	switch (decision.kind) {
		case 'allow':
			return decision.why === 'rule' ? `rule: ${decision.rules.map(ruleText).join(' + ')}` : decision.why;
		case 'ask':
			return `ask: ${decision.reasons.map(({ code }) => code).join(', ')}`;
		case 'deny':
			return `deny: ${decision.reason}`;
	}
}

const proposal = (line: string, more: Partial<CommandContext> = {}) => {
	const decision = decideCommand(line, commandContext(more));
	const rule = decision.kind === 'ask' ? decision.proposedRule : undefined;
	return rule && ruleText(rule);
};

describe('command decision', () => {
	it('never runs a command with a NUL character or a path that must not be resolved', () => {
		assert.match(decide('ls \0'), /^deny: .*NUL/);
		assert.equal(decide('ls \0', { rules: [allowLine('ls \0')] }), decide('ls \0'));
		assert.equal(decide(`cat src/app.ts ${DENIED}`), `deny: "${DENIED}" must not be read.`);
	});

	it('asks for long lines and for many commands, whatever the rules say', () => {
		const many = Array.from({ length: 21 }, () => 'true').join('; ');
		const long = `echo ${'x'.repeat(4_000)}`;
		assert.equal(decide(many, { rules: [allowLine(many)] }), 'ask: many');
		assert.equal(decide(long, { rules: [allowLine(long)] }), 'ask: long');
		assert.equal(decide(long.slice(0, 4_000)), 'readOnly');
	});

	it('asks outside the workspace', () => {
		assert.equal(decide('ls', { cwdIsInside: false }), 'ask: folder');
		assert.equal(decide('make x', { cwdIsInside: false, rules: [allowLine('make x')] }), 'ask: folder');
	});

	it('asks always where another shell would read the line', () => {
		assert.equal(decide('echo x', { isOtherLanguage: true, cwdIsInside: false }), 'ask: language');
		assert.equal(decide('make x', { isOtherLanguage: true, rules: [allowLine('make x')] }), 'ask: language');
		assert.equal(proposal('make x', { isOtherLanguage: true }), undefined);
	});

	it('asks when the workspace has a program of that name, also for what a rule allows', () => {
		const resolve = (name: string) => (name === 'ls' || name === 'git' ? 'inside' : 'outside');
		assert.equal(decide('ls', { resolve }), 'ask: shadowed');
		assert.equal(decide('cat a | ls', { resolve }), 'ask: shadowed');
		assert.equal(decide('git add .', { resolve, rules: [allowWords('git', 'add')] }), 'ask: shadowed');
		assert.equal(decide('git add .', { resolve, rules: [allowLine('git add .')] }), 'ask: shadowed, command');
		assert.equal(decide('pwd', { resolve: () => 'inside' }), 'readOnly');
	});

	it('asks for a program that is not there', () => {
		assert.equal(decide('rg x src', { resolve: () => 'missing' }), 'ask: missing');
		assert.equal(decide('echo x', { resolve: () => 'missing' }), 'readOnly');
	});

	it('asks for git where the settings of the repository are not plain', () => {
		assert.equal(decide('git status', { isGitPlain: false }), 'ask: gitConfig');
		assert.equal(decide('git --no-pager log', { isGitPlain: false }), 'ask: gitConfig');
		assert.equal(decide('ls', { isGitPlain: false }), 'readOnly');
	});

	it('asks what a command reads, and how far it reaches', () => {
		const asked: string[] = [];
		const readPath = (path: string, reach: string, filters: readonly string[] = []) => {
			asked.push([reach, path, ...filters].join(' '));
			return 'free' as const;
		};
		decide("cat a 'b c' - && grep -rf p x src && rg y && rg --files && cat z | rg y && find s -newer n", { readPath });
		decide('ls ./*.ts && git show HEAD:k -- m && sed -n 1p t && echo *.md', { readPath });
		decide("git show :0:n && rg -uu -g '*.ts' --type=js --max-depth 2 -n q r", { readPath });
		assert.deepEqual(asked, [
			...['file a', 'file b c', 'file p', 'tree x', 'tree src', 'searched .', 'file .', 'file z', 'file s'],
			'file n',
			...['file ./*.ts', 'file HEAD:k', 'file k', 'file m', 'file t', 'file *.md'],
			...['file :0:n', 'file 0:n', 'file n', 'searched r -u -u -g*.ts --type=js --max-depth=2'],
		]);
	});

	it('names each reason once and shows its subject without hidden characters', () => {
		const decision = decideCommand("cat '../a' '../a' && rm -r x && 'x$y' z", commandContext());
		assert.deepEqual(decision.kind === 'ask' && decision.reasons.map(reasonText), [
			'../a is private or outside the workspace',
			'rm changes or deletes',
			'x$y is not a known read-only command',
		]);
		const long = decideCommand(`rm${'m'.repeat(100)}`, commandContext());
		assert.equal(long.kind === 'ask' && long.reasons[0]?.subject?.length, 61);
	});
});

describe('a line that a rule frees in part', () => {
	it('asks where git would read in it without what keeps it from running hooks, unless the line itself is ruled', () => {
		const rules = [allowWords('tsc')];
		assert.equal(decide('git diff && tsc', { rules }), 'ask: mixed');
		assert.equal(decide('tsc | head', { rules }), 'rule: tsc …');
		assert.equal(decide('git diff | head', { rules }), 'readOnly');
		assert.equal(decide('git diff && tsc', { rules: [allowLine('git diff && tsc')] }), 'rule: git diff && tsc');
	});
});

describe('command rules', () => {
	it('match whole words', () => {
		const rules = [allowWords('git', 'add'), allowLine('npm run test')];
		assert.equal(decide('git add src -A', { rules }), 'rule: git add …');
		assert.equal(decide('npm run test', { rules }), 'rule: npm run test');
		assert.equal(decide('  npm run test ', { rules }), 'rule: npm run test');
		for (const line of [
			'git added',
			'git add-evil',
			'git',
			'gitadd',
			'git -c x=y add .',
			"git 'add' x",
			'"git" add x',
		]) {
			assert.match(decide(line, { rules }), /^ask/, line);
		}
		for (const line of ['npm run test:evil', 'npm run testx', 'npm run test x', 'npm run test && rm x']) {
			assert.match(decide(line, { rules }), /^ask/, line);
		}
	});

	it('do not take the status of a word', () => {
		const rules = [allowWords('git', 'status')];
		for (const line of ['git statusx', 'git status-evil']) {
			assert.match(decide(line, { rules }), /^ask/, line);
		}
	});

	it('allow part of a line only together with the rest', () => {
		const rules = [allowWords('git', 'add'), allowWords('tsc')];
		assert.equal(decide('ls && git add . && tsc --noEmit | head', { rules }), 'rule: git add … + tsc …');
		assert.equal(decide('git add . && rm x', { rules }), 'ask: destructive');
		assert.equal(decide('git add $(touch x)', { rules }), 'ask: expansion');
		assert.equal(decide('git add . > x', { rules }), 'ask: redirect');
		assert.equal(decide('X=1 git add .', { rules }), 'ask: assignment');
		assert.equal(decide('if git add .; then tsc; fi', { rules }), 'ask: wrapper, wrapper, wrapper');
	});

	it('allow a line that the grammar cannot read only letter by letter', () => {
		const line = 'for f in *.ts; do node $f; done > out';
		const rules = [allowLine(line)];
		assert.equal(decide(line, { rules }), `rule: ${line}`);
		assert.match(decide(line.replace('out', 'out2'), { rules }), /^ask/);
		assert.match(decide(`${line}\n`, { rules }), /^ask: lines/);
	});

	it('allow no first words of interpreters, wrappers, network and package commands, nor of readers', () => {
		const names = [
			...[
				'node',
				'python3',
				'python3.11',
				'sh',
				'BASH',
				'perl',
				'make',
				'awk',
				'deno.exe',
				'env',
				'sudo',
				'xargs',
				'time',
			],
			...['curl', 'ssh', 'npm', 'npx', 'pip', 'pip3', 'go', 'cargo', 'rm', 'find', 'sort', 'rg', 'sed', 'docker', 'cd'],
			...['git', 'if', 'do', 'source', 'eval', './tool', 'bin/tool'],
		];
		for (const name of names) {
			assert.equal(commandRule.safeParse(allowWords(name)).success, false, name);
			assert.equal(commandRule.safeParse(allowWords(name, 'run')).success, false, name);
			assert.match(decide(`${name} run --do x`, { rules: [allowWords(name), allowWords(name, 'run')] }), /^ask/, name);
			assert.equal(commandRule.safeParse(denyWords(name)).success, true, name);
		}
		for (const words of [
			['git', 'push'],
			['git', 'rebase'],
			['git', 'diff'],
			['git', '-c'],
			['Git', 'push'],
		]) {
			assert.equal(commandRule.safeParse(allowWords(...words)).success, false, words.join(' '));
		}
	});

	it('that do not have their shape are none', () => {
		const wrong = [
			{},
			{ kind: 'line', effect: 'allow', line: '' },
			{ kind: 'words', effect: 'allow', words: [] },
			{ kind: 'words', effect: 'allow', words: ['git add'] },
			{ kind: 'words', effect: 'deny', words: ['dd', 'of=x'] },
			{ kind: 'words', effect: 'allow', words: ['tsc'], extra: true },
			{ kind: 'regex', effect: 'allow', line: '.*' },
		];
		assert.deepEqual(
			wrong.filter(rule => commandRule.safeParse(rule).success),
			[],
		);
	});

	it('do not open private files', () => {
		assert.equal(decide('cat .env', { rules: [allowLine('cat .env')] }), 'ask: path');
		assert.equal(decide('git status ../x', { rules: [allowWords('git', 'status')] }), 'ask: path');
	});

	it('are held when text from outside came in', () => {
		const rules = [allowLine('npm test'), allowWords('git', 'add')];
		assert.equal(decide('npm test', { rules, isHeld: true }), 'ask: packages, held');
		assert.equal(decide('git add .', { rules, isHeld: true }), 'ask: command, held');
		assert.equal(decide('ls', { rules, isHeld: true }), 'readOnly');
		assert.equal(proposal('npm test', { isHeld: true }), undefined);
	});

	it('that forbid win over all others and cannot be outrun', () => {
		const rules = [denyWords('curl'), allowLine('curl x'), allowWords('git', 'add'), denyWords('git', 'push')];
		const forbidden = [
			...['curl x', 'ls && curl x', '/usr/bin/curl x', 'CURL x', 'env curl x', 'sudo -u me curl x', 'echo $(curl x)'],
			...[
				'X=`curl x`',
				'ls\ncurl x',
				'if true; then curl x; fi',
				'xargs curl',
				'git push',
				'ls; git push -f',
				'a=b;curl',
			],
			`${'true; '.repeat(60)}curl http://localhost`,
			`curl ${'x'.repeat(5_000)}`,
		];
		for (const line of forbidden) {
			assert.match(decide(line, { rules }), /^deny: The user forbids "(?:curl|git push) …"/, line);
		}
		assert.equal(decide('grep curl README.md', { rules }), 'readOnly');
		assert.equal(decide('git log --grep=push', { rules }), 'readOnly');
		const log = [denyWords('git', 'log')];
		assert.match(decide('git --no-pager log -5', { rules: log }), /^deny/);
		assert.equal(decide('git show log', { rules: log }), 'readOnly');
		assert.equal(decide('curlx', { rules }), 'ask: command');
	});

	it('are proposed as first words where that is safe, else as the whole line', () => {
		assert.equal(proposal('git commit -m "x"'), 'git commit …');
		assert.equal(proposal('tsc --noEmit'), 'tsc …');
		assert.equal(proposal('npm run test'), 'npm run test');
		assert.equal(proposal('node a.js'), 'node a.js');
		assert.equal(proposal('git push origin main'), 'git push origin main');
		assert.equal(proposal('git commit -am x && git push'), 'git commit -am x && git push');
		assert.equal(proposal('sort -o out in'), 'sort -o out in');
		assert.equal(proposal('echo "$HOME"'), 'echo "$HOME"');
	});

	it('are not proposed for what cannot be shown, for reading elsewhere, or for long lines', () => {
		for (const line of ['npm test\u200b', 'npm test\nls', 'cat .env', 'cat ../x', `npm ${'x'.repeat(300)}`]) {
			assert.equal(proposal(line), undefined, line);
		}
		assert.equal(proposal('npm test', { cwdIsInside: false }), undefined);
		assert.equal(proposal('ls', { resolve: () => 'inside' }), undefined);
	});

	it('that are proposed fit their schema and allow the line they were proposed for', () => {
		const part = fc.constantFrom(
			...[
				'git',
				'add',
				'commit',
				'push',
				'tsc',
				'npm',
				'test',
				'rm',
				'-rf',
				'.',
				'&&',
				';',
				'|',
				'>',
				'x',
				'"a b"',
				'$x',
			],
		);
		fc.assert(
			fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), parts => {
				const line = parts.join(' ');
				const rule = proposeRule(line);
				assert.ok(rule !== undefined && commandRule.safeParse(rule).success);
				const decision = decideCommand(line, commandContext({ rules: [rule] }));
				assert.equal(decision.kind, 'allow');
			}),
		);
	});
});
