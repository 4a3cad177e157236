/**
 * The message in an answer: without fence, quotes or label around it. Holds for an answer of which only the beginning is
 * there, too.
 */
export function commitText(answer: string): string {
	const text = answer.replaceAll('\r\n', '\n').trim();
	const fence = /^(`{3,})[^\n]*(?:\n|$)([\s\S]*)$/.exec(text);
	const inner = fence === null ? text : (fence[2] ?? '').replace(/\n?`{1,}\s*$/, '');
	const plain = inner.replace(/^(?:commit message|message)\s*:\s*/i, '').trim();
	const quoted = /^(["'`])([^\n]*)\1$/.exec(plain);
	return quoted === null ? plain : (quoted[2] ?? '').trim();
}
