/** What a message asks for, as far as rules can tell. */

/** Where to look. Absent means the whole workspace. */
export type Scope =
	| { readonly kind: 'glob'; readonly glob: string }
	/** File or folder as the user wrote it; it may be only the end of the real path. */
	| { readonly kind: 'path'; readonly path: string }
	/** The attached file, or else the one spoken of last. */
	| { readonly kind: 'current' };

export type FileReference = Exclude<Scope, { readonly kind: 'glob' }>;

/** Lines of a file, 1-based and inclusive. `last` counts from the end. */
export type LineRange =
	| { readonly kind: 'span'; readonly from: number; readonly to?: number }
	| { readonly kind: 'last'; readonly count: number };

export interface SearchText {
	readonly text: string;
	readonly isRegex: boolean;
	/** Only where no letter, digit or underscore touches it. */
	readonly isWholeWord: boolean;
}

export type OutlineFilter = 'function' | 'class' | 'type' | 'export' | 'test' | 'heading';

/** Work that rules cannot do. The words are the start of the sentence that says so. */
export type ModelTask =
	| 'Explaining code'
	| 'Writing tests'
	| 'Fixing problems'
	| 'Writing documentation'
	| 'Reviewing code'
	| 'Refactoring'
	| 'Writing code'
	| 'Running commands'
	| 'Working with Git'
	| 'Answering questions';

export type TalkTopic =
	| 'help'
	| 'hello'
	| 'thanks'
	| 'stop'
	| 'undo'
	| 'moveFile'
	| 'needsQuotes'
	| 'problems'
	| 'yesOrNo';

export type Intent =
	| {
			readonly kind: 'find';
			readonly search: SearchText;
			readonly scope?: Scope;
			readonly want: 'places' | 'files' | 'count';
	  }
	| { readonly kind: 'definition'; readonly name: string; readonly scope?: Scope }
	| { readonly kind: 'findFiles'; readonly glob: string; readonly scope?: Scope; readonly want: 'paths' | 'count' }
	| { readonly kind: 'list'; readonly folder?: Scope }
	| { readonly kind: 'read'; readonly file: FileReference; readonly range?: LineRange }
	| { readonly kind: 'outline'; readonly file: FileReference; readonly filter?: OutlineFilter }
	| {
			readonly kind: 'replace';
			readonly from: string;
			readonly to: string;
			readonly isWholeWord: boolean;
			readonly scope?: Scope;
	  }
	| { readonly kind: 'needsModel'; readonly task: ModelTask; readonly file?: FileReference; readonly name?: string }
	/** The request before this one, in another place when `scope` is given. */
	| { readonly kind: 'again'; readonly scope?: Scope }
	/** The lines after those shown last. */
	| { readonly kind: 'more' }
	| { readonly kind: 'talk'; readonly topic: TalkTopic }
	| { readonly kind: 'unknown' };
