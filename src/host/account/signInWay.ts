/** How the browser's code finds its way back to the editor. */
export type SignInWay =
	/** Through the editor's own callback address to our URI handler. */
	| 'editor'
	/** To a port of this machine, forwarded where the window is remote. */
	| 'loopback'
	/** By the user's hand. */
	| 'paste';

export interface SignInSurroundings {
	/** The address the editor gives out for our URI handler. */
	readonly editorCallback: string;
	/** The window runs on the user's machine, so that its browser reaches local and forwarded ports. */
	readonly isDesktop: boolean;
	/** We can open a port. */
	readonly canListen: boolean;
}

/**
 * Takes a callback of the forms that OpenRouter documents: https, or http on the loopback address. Desktop windows give
 * out `vscode://…`, which is not among them, so there a port is opened; a web window's browser may be anywhere, so a
 * port is of no use to it. Pasting is possible besides, whatever is chosen.
 */
export function chooseSignInWay({ editorCallback, isDesktop, canListen }: SignInSurroundings): SignInWay {
	if (isCallback(editorCallback)) {
		return 'editor';
	}
	return isDesktop && canListen ? 'loopback' : 'paste';
}

function isCallback(address: string): boolean {
	if (!URL.canParse(address)) {
		return false;
	}
	const { protocol, hostname } = new URL(address);
	return protocol === 'https:' || (protocol === 'http:' && (hostname === 'localhost' || hostname === '127.0.0.1'));
}
