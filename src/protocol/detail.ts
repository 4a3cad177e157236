/** What rows and approvals show below their line. All text is ready to be shown: invisible characters are spelt out. */

export interface DiffHunkView {
	readonly oldStart: number;
	readonly newStart: number;
	readonly lines: readonly string[];
}

/** One of several files that change. */
export interface FileDiffView {
	readonly path: string;
	readonly hunks: readonly DiffHunkView[];
	/** What becomes of the file, where that is more than its lines. */
	readonly fate?: 'new' | 'deleted';
	/** Its path before. */
	readonly movedFrom?: string;
}

/** What opens below a row, or fills an approval. */
export type Detail =
	| { readonly kind: 'diff'; readonly path: string; readonly hunks: readonly DiffHunkView[] }
	/** Of more than one file. */
	| { readonly kind: 'diffs'; readonly files: readonly FileDiffView[] }
	| { readonly kind: 'paths'; readonly paths: readonly string[]; readonly more: number }
	| {
			readonly kind: 'matches';
			readonly matches: readonly { readonly path: string; readonly line: number; readonly text: string }[];
			readonly more: number;
	  }
	| { readonly kind: 'text'; readonly text: string }
	/** A command line as it runs, whole, with invisible characters made visible. */
	| {
			readonly kind: 'command';
			readonly command: string;
			/** Where it runs, when that is not the workspace's folder. */
			readonly directory?: string;
			/** The end of what it printed. */
			readonly output?: string;
	  }
	/** An address, whole; its parts joined are the address. */
	| { readonly kind: 'url'; readonly parts: readonly UrlPartView[] }
	/** A call of a tool that is not ours. `input` is indented JSON. */
	| { readonly kind: 'foreign'; readonly server: string; readonly tool: string; readonly input: string };

export interface UrlPartView {
	readonly text: string;
	/** `odd` is to be thought of: it may carry data away, or leads to an unusual port. */
	readonly look: 'plain' | 'host' | 'odd';
}
