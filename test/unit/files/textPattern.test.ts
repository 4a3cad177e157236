import assert from 'node:assert/strict';
import { textPatternOf } from '../../../src/files/textPattern.ts';

const query = (pattern: string, rest: { isRegex?: boolean; isMultiline?: boolean } = {}) => {
	const {
		pattern: source,
		isRegex,
		isMultiline,
	} = textPatternOf({
		pattern,
		isRegex: true,
		isCaseSensitive: true,
		glob: undefined,
		limit: 1,
		contextLines: 0,
		...rest,
	});
	return { source, isRegex, isMultiline };
};

describe('text pattern', () => {
	it('is left as it is where it keeps to a line', () => {
		assert.deepEqual(query('a.*b'), { source: 'a.*b', isRegex: true, isMultiline: false });
		assert.deepEqual(query('[^\\n]*\\\\n'), { source: '[^\\n]*\\\\n', isRegex: true, isMultiline: false });
		assert.deepEqual(query('a.b', { isRegex: false }), { source: 'a.b', isRegex: false, isMultiline: false });
	});
	it('spans lines where it names a line end, and takes either kind', () => {
		assert.deepEqual(query('a\\n[^\\n]b'), { source: 'a\\r?\\n[^\\n]b', isRegex: true, isMultiline: true });
		assert.deepEqual(query('a\r\nb'), { source: 'a\\r?\\nb', isRegex: true, isMultiline: true });
	});
	it('becomes a regular expression where plain text has a line end', () => {
		assert.deepEqual(query('f(\n)', { isRegex: false }), {
			source: 'f\\(\\r?\\n\\)',
			isRegex: true,
			isMultiline: true,
		});
	});
	it('lets the dot match line ends on demand', () => {
		assert.deepEqual(query('a.*b', { isMultiline: true }), { source: '(?s)a.*b', isRegex: true, isMultiline: true });
	});
});
