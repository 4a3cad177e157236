import type { LinkTarget } from './links.ts';

/** Elements an answer can become. The list is closed: nothing a model writes makes another one. */
export type ElementName =
	| 'p'
	| 'h2'
	| 'h3'
	| 'h4'
	| 'h5'
	| 'h6'
	| 'ul'
	| 'ol'
	| 'li'
	| 'blockquote'
	| 'hr'
	| 'br'
	| 'strong'
	| 'em'
	| 'del'
	| 'code'
	| 'table'
	| 'thead'
	| 'tbody'
	| 'tr'
	| 'th'
	| 'td';

/** What Markdown becomes before it is shown: plain data, so that it is tested without a browser. */
export type MarkdownNode =
	| { readonly kind: 'text'; readonly text: string }
	| {
			readonly kind: 'element';
			readonly name: ElementName;
			readonly className?: string;
			/** Number of the first item, for `ol`. */
			readonly start?: number;
			readonly children: readonly MarkdownNode[];
	  }
	| {
			readonly kind: 'link';
			readonly target: LinkTarget;
			readonly title?: string;
			readonly children: readonly MarkdownNode[];
	  }
	| { readonly kind: 'task'; readonly isDone: boolean }
	| { readonly kind: 'code'; readonly info: string; readonly text: string };
