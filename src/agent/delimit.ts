/**
 * Sets a foreign text off from ours, under a label: a fence longer than any run of backticks in the text, so the text
 * cannot close it. Depends on nothing but its arguments, because the same text must give the same bytes in every
 * request.
 */
export function delimit(label: string, text: string): string {
	let longest = 2;
	for (const [run] of text.matchAll(/`+/g)) {
		longest = Math.max(longest, run.length);
	}
	const fence = '`'.repeat(longest + 1);
	return `${label.replace(/\s+/g, ' ')}\n${fence}\n${text}\n${fence}`;
}
