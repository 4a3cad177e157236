/** Numbers as the panel writes them. */

/** US dollars: three decimals below a dollar, since turns cost cents; never a bare 0 for something that cost. */
export function formatCost(dollars: number): string {
	if (dollars === 0) {
		return '$0.00';
	}
	if (dollars < 0.001) {
		return '<$0.001';
	}
	return `$${dollars.toFixed(dollars < 1 ? 3 : 2)}`;
}

/** Last part of a `/` path. */
export function baseName(path: string): string {
	return path.slice(path.lastIndexOf('/') + 1);
}

/** All but the last part of a `/` path, without the slash; empty for a bare name. */
export function folderName(path: string): string {
	return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
