import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hasHidden, refuseTyped, visibleCommand } from '../../../../src/agent/shell/commandText.ts';

/** What a reader of the escapes would write down. */
function readEscapes(shown: string): string {
	return shown.replace(/\\u\{([0-9A-F]+)\}/g, (_, digits) => String.fromCodePoint(Number.parseInt(digits, 16)));
}

describe('visibleCommand', () => {
	it('leaves an ordinary command as it is', () => {
		const line = 'grep -rn "größe\\|大小" src\n\techo 👍';
		assert.equal(visibleCommand(line), line);
	});

	it('shows what hides, moves, reorders or takes no room', () => {
		const shown = (text: string) => visibleCommand(`a${text}b`);
		assert.equal(shown('\u202e'), 'a\\u{202E}b');
		assert.equal(shown('\u200b\u200b\u200b\u200b\u200b\u200b').length, 2 + 6 * '\\u{200B}'.length);
		assert.equal(shown('\u{e0041}'), 'a\\u{E0041}b');
		assert.equal(shown('\r'), 'a\\u{000D}b');
		assert.equal(shown('\x1b[2K'), 'a\\u{001B}[2Kb');
		assert.equal(shown('\u00a0'), 'a\\u{00A0}b');
		assert.equal(shown('\u2028'), 'a\\u{2028}b');
		assert.equal(shown('\u2800'), 'a\\u{2800}b');
		assert.equal(shown('\ufe0f'), 'a\\u{FE0F}b');
		assert.equal(shown('\ud800'), 'a\\u{D800}b');
	});

	it('tells an escape that was written from one that it made', () => {
		assert.equal(visibleCommand('a\\u{202E}b'), 'a\\u{005C}u{202E}b');
	});

	it('loses nothing and shows no hidden character, whatever the command holds', () => {
		const character = fc.oneof(
			fc.constantFrom('\\', 'u', '{', '}', '2', '0', '\u202e', '\u200d', '\u{e0041}', '\0', '\x1b', '\ud800', '\n'),
			fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
		);
		fc.assert(
			fc.property(fc.string({ unit: character }), line => {
				const shown = visibleCommand(line);
				assert.equal(readEscapes(shown), line);
				assert.equal(hasHidden(shown), false);
			}),
		);
	});
});

describe('refuseTyped', () => {
	it('refuses what would act on a terminal', () => {
		for (const text of ['\x03', '\x1b[201~', '\n', '\r', '\x04', '\x7f', '\x9b1m', '\t']) {
			assert.match(refuseTyped(`ls ${text}`) ?? '', /one line without control characters/);
		}
		assert.equal(refuseTyped('ls -la "größe"'), undefined);
	});
});
