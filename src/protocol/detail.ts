export interface DiffHunkView {
	readonly oldStart: number;
	readonly newStart: number;
	readonly lines: readonly string[];
}

/** What opens below a row, or fills an approval. */
export type Detail =
	| { readonly kind: 'diff'; readonly path: string; readonly hunks: readonly DiffHunkView[] }
	| { readonly kind: 'paths'; readonly paths: readonly string[]; readonly more: number }
	| {
			readonly kind: 'matches';
			readonly matches: readonly { readonly path: string; readonly line: number; readonly text: string }[];
			readonly more: number;
	  }
	| { readonly kind: 'text'; readonly text: string };
