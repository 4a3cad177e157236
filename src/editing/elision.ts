/** Placeholders such as `// ... existing code ...`, which a model writes for code it does not repeat. */

const ELISION =
	/^\s*(?:\/\/|\/\*|#|--|;|%|<!--|\{\s*\/\*|\.{3}|…|\[)[\s*.…[]*.{0,20}\b(?:existing|unchanged|remaining|rest of|omitted)\b.{0,60}$/i;
const DOTS = /\.{3}|…/;

/** The first placeholder line of `after` that `before` does not have, trimmed. */
export function findNewElision(before: string, after: string): string | undefined {
	if (!DOTS.test(after)) {
		return undefined;
	}
	for (const line of after.split('\n')) {
		if (line.length <= 200 && DOTS.test(line) && ELISION.test(line) && !before.includes(line.trim())) {
			return line.trim();
		}
	}
	return undefined;
}
