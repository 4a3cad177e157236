import assert from 'node:assert/strict';
import { apply, type Edit } from '../../../src/editing/index.ts';

/** One edit of a text: what comes out, or the kind of the refusal. */
export interface Row {
	readonly name: string;
	readonly content: string;
	readonly edit: Edit | readonly Edit[];
	readonly path?: string;
	readonly base?: string;
	/** The text afterwards. */
	readonly gives?: string;
	/** How the only edit was found. */
	readonly how?: string;
	/** Kind of the refusal. */
	readonly refused?: string;
}

export function check(rows: readonly Row[]): void {
	for (const { name, content, edit, path = 'a.ts', base, gives, how, refused } of rows) {
		it(name, () => {
			const edits = 'oldText' in edit ? [edit] : edit;
			const result = apply({ content, edits, path, ...(base !== undefined && { base }) });
			if (refused !== undefined) {
				assert.ok(!result.ok, `applied: ${JSON.stringify(result)}`);
				assert.equal(result.kind, refused, result.reason);
				assert.notEqual(result.reason, '');
				return;
			}
			assert.ok(result.ok, result.ok ? '' : `${result.kind}: ${result.reason}`);
			assert.equal(result.content, gives);
			if (how !== undefined) {
				assert.deepEqual(result.matched, [how]);
			}
		});
	}
}

/** Lines joined, the last one ended. */
export function lines(...all: string[]): string {
	return `${all.join('\n')}\n`;
}
