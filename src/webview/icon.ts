/** Icons of the codicon font that the page uses; `chat.css` has the code point of each. */
export type IconName =
	| 'add'
	| 'agent'
	| 'arrow-down'
	| 'arrow-left'
	| 'arrow-up'
	| 'check'
	| 'checklist'
	| 'chevron-down'
	| 'chevron-right'
	| 'circle-large'
	| 'circle-slash'
	| 'close'
	| 'comment'
	| 'compact'
	| 'copy'
	| 'diff-multiple'
	| 'diff-single'
	| 'discard'
	| 'edit'
	| 'ellipsis'
	| 'error'
	| 'file-code'
	| 'file-media'
	| 'go-to-file'
	| 'insert'
	| 'lightbulb'
	| 'loading'
	| 'lock'
	| 'pass-filled'
	| 'plug'
	| 'record'
	| 'refresh'
	| 'search'
	| 'selection'
	| 'shield'
	| 'sparkle'
	| 'stop'
	| 'switch'
	| 'symbol-method'
	| 'warning';

/** An icon for nodes made without Preact. It says nothing to a screen reader: a word beside it does. */
export function icon(name: IconName): HTMLElement {
	const element = document.createElement('span');
	element.className = `icon icon-${name}`;
	element.setAttribute('aria-hidden', 'true');
	return element;
}
