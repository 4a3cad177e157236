/** What an answer's links and buttons can ask for. */
export interface MarkdownActions {
	openLink(url: string): void;
	openFile(path: string, line?: number): void;
	/** Puts text on the clipboard and says so to a screen reader. */
	copy(text: string): void;
	/** Puts text into the editor at the cursor. */
	insert(text: string): void;
	/** Colours the code of a card once it is on screen. */
	colourWhenVisible(card: ColourableCode): void;
}

/** A closed code block on the page. */
export interface ColourableCode {
	readonly element: HTMLElement;
	readonly language: string;
	readonly code: string;
	/** Takes coloured nodes whose text equals the code. */
	show(coloured: DocumentFragment): void;
}
