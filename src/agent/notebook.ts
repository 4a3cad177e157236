/** A notebook in the words of the agent, whether it comes from a file or from an editor that holds it unsaved. */

export interface Notebook {
	readonly cells: readonly NotebookCell[];
	/** Of most code cells, such as `python`; absent when nothing says. */
	readonly language?: string;
	/** The user has unsaved changes in it. */
	readonly isUnsaved: boolean;
}

export interface NotebookCell {
	/** Of formats from 4.5 on. */
	readonly id?: string;
	readonly kind: 'code' | 'markdown' | 'raw';
	/** Of a code cell, where it is known. */
	readonly language?: string;
	readonly source: string;
	readonly outputs: readonly NotebookOutput[];
}

export type NotebookOutput =
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'error'; readonly name: string; readonly message: string; readonly trace: string }
	/** Anything that is no text, such as a picture. */
	| { readonly kind: 'other'; readonly mimeType: string };
