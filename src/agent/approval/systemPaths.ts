/** Paths outside every workspace that belong to the system or hold the settings of an account. */

/** Where programs, their settings and devices lie; also as macOS and Windows have them. */
const writeFolders =
	/^(?:\/(?:private\/)?(?:etc|usr|bin|sbin|lib\d*|boot|proc|sys|dev|system|library|applications|var|opt|root)(?:\/|$)|[a-z]:\/(?:windows|program files(?: \(x86\))?|programdata)(?:\/|$))/;
/** Of these, where reading tells of processes and devices rather than of files. */
const readFolders = /^\/(?:proc|sys|dev)(?:\/|$)/;
/** A dot file or the settings folder of an account: `~/.ssh`, `~/Library`, `AppData`. */
const accountFolders =
	/^(?:[a-z]:)?\/(?:home\/[^/]+|users\/[^/]+|root|var\/root)\/(?:\.|library(?:\/|$)|appdata(?:\/|$)|application data(?:\/|$))/;

/** @param path absolute. */
export function isSystemPath(path: string, use: 'read' | 'write'): boolean {
	const name = path.replaceAll('\\', '/').toLowerCase().normalize('NFKC').replace(/\/+/g, '/');
	return accountFolders.test(name) || (use === 'write' ? writeFolders : readFolders).test(name);
}
