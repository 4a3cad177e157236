import assert from 'node:assert/strict';
import { findDenyRule } from '../../../../src/agent/shell/commandRules.ts';
import { denyRule } from '../../../../src/host/approvals/denyRule.ts';

describe('a command that the user forbids', () => {
	it('is its first words where it is plain words', () => {
		assert.deepEqual(denyRule('  git  push '), { kind: 'words', effect: 'deny', words: ['git', 'push'] });
		assert.deepEqual(denyRule('curl'), { kind: 'words', effect: 'deny', words: ['curl'] });
	});
	it('is the whole line where it is more', () => {
		assert.deepEqual(denyRule('rm -rf "$HOME"'), { kind: 'line', effect: 'deny', line: 'rm -rf "$HOME"' });
	});
	it('is nothing where nothing was typed, or too much', () => {
		assert.equal(denyRule('   '), undefined);
		assert.equal(denyRule(`"${'x'.repeat(5000)}"`), undefined);
	});
	it('is found wherever it stands in a line', () => {
		const rule = denyRule('git push');
		assert.ok(rule);
		for (const line of ['git push', 'cd x && git push origin', 'sudo git push', 'git --no-pager push']) {
			assert.equal(findDenyRule([rule], line), rule, line);
		}
		assert.equal(findDenyRule([rule], 'git status'), undefined);
	});
});
