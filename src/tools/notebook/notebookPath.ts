export function isNotebookPath(path: string): boolean {
	return path.toLowerCase().endsWith('.ipynb');
}
