import type { DiffHunkView } from '../../protocol/detail.ts';
import { ScrollBox } from './scrollBox.tsx';

/** Lines of a diff with numbers and signs. Colour is not the only sign: each line keeps its `+` or `-`. */
export function Diff({ path, hunks }: { path: string; hunks: readonly DiffHunkView[] }) {
	return (
		<ScrollBox className="diff" label={`Changes of ${path}`}>
			<div class="diff-lines">
				{hunks.map((hunk, index) => (
					// A diff is shown whole and never changed, so that the index is a lasting key.
					<Hunk key={index} hunk={hunk} before={hunks[index - 1]} />
				))}
			</div>
		</ScrollBox>
	);
}

function Hunk({ hunk, before }: { hunk: DiffHunkView; before: DiffHunkView | undefined }) {
	let [oldLine, newLine] = [hunk.oldStart, hunk.newStart];
	const lines = hunk.lines.map(line => {
		const kind = lineKinds[line.charAt(0)] ?? 'same';
		const number = kind === 'removed' ? oldLine : newLine;
		oldLine += kind === 'added' ? 0 : 1;
		newLine += kind === 'removed' ? 0 : 1;
		return { kind, number, text: line.slice(1) };
	});
	const skipped = hunk.newStart - (before === undefined ? 1 : endOf(before));
	return (
		<>
			{skipped > 0 && <div class="diff-fold">{skipped === 1 ? '1 line' : `${skipped} lines`} unchanged</div>}
			{lines.map(({ kind, number, text }) => (
				<div class={`diff-line ${kind}`} key={`${kind}${number}`} data-number={number}>
					<span class="diff-sign">{signs[kind]}</span>
					{text}
				</div>
			))}
		</>
	);
}

type LineKind = 'added' | 'removed' | 'same';

const lineKinds: Readonly<Record<string, LineKind>> = { '+': 'added', '-': 'removed' };
const signs: Readonly<Record<LineKind, string>> = { added: '+', removed: '-', same: ' ' };

function endOf({ newStart, lines }: DiffHunkView): number {
	return newStart + lines.filter(line => !line.startsWith('-')).length;
}

/** Lines added and removed. */
export function countChanges(hunks: readonly DiffHunkView[]): { readonly added: number; readonly removed: number } {
	const lines = hunks.flatMap(hunk => hunk.lines);
	return {
		added: lines.filter(line => line.startsWith('+')).length,
		removed: lines.filter(line => line.startsWith('-')).length,
	};
}

/** "+6 −2" in colours, with words for a screen reader. */
export function ChangeCounts({ added, removed }: { added: number; removed: number }) {
	return (
		<span class="counts">
			<span class="sr-only">{`${added} added, ${removed} removed`}</span>
			<span class="added" aria-hidden="true">{`+${added}`}</span>{' '}
			<span class="removed" aria-hidden="true">{`−${removed}`}</span>
		</span>
	);
}
