/** What stands in a text where the address of a schema is meant. */
export interface SchemaAddresses {
	/** Local ones too. */
	readonly values: readonly string[];
	/** What cannot be followed, such as an alias: it counts as it is. */
	readonly unclear: readonly string[];
	/** Any address of the text may be meant. */
	readonly isOpen: boolean;
}

/** Schemes that nobody fetches from another machine. */
const LOCAL = new Set(['urn', 'tag', 'data', 'vscode', 'vscode-userdata', 'untitled', 'inmemory']);

/** Whether fetching it would speak to another machine. */
export function isRemote(given: string): boolean {
	// What makes addresses of texts leaves these out.
	const address = given.replace(/[\p{Cc}\s]+/gu, '');
	if (/^[\\/]{2}/.test(address)) {
		// On any host, by the scheme that is there or as a network folder.
		return true;
	}
	// A single letter is a drive.
	const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(address)?.[1]?.toLowerCase();
	if (scheme === undefined || LOCAL.has(scheme)) {
		return false;
	}
	if (scheme === 'file') {
		const [, slashes = '', host = ''] = /^file:([\\/]*)([^\\/]*)/i.exec(address) ?? [];
		return slashes.length > 3 || (slashes.length === 2 && host !== '' && host.toLowerCase() !== 'localhost');
	}
	return scheme === 'http' || scheme === 'https' || /[\\/]{2}/.test(address);
}

/** Whatever looks like an address, wherever it stands. */
export function anyAddresses(text: string): readonly string[] {
	return text.match(/[a-z][a-z0-9+.-]{1,20}:[\\/]{2}[^\s"'<>`]+/gi) ?? [];
}
