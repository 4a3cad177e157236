/**
 * Port to news of the workspace's files on disk. Implemented by `host/workspace/fileNews.ts`; where nobody watches, by
 * `ownFileNews`, which knows of what agents write alone. One for all agents of a window: what one of them writes no
 * other takes for the work of its command.
 */
export interface FileNews {
	/**
	 * @param onNews is called within the news itself, so it must be quick.
	 * @returns stops it.
	 */
	listen(onNews: (news: FileNotice) => void): () => void;
	/** An agent wrote, made or removed this file itself. */
	tellWritten(uri: string): void;
}

export interface FileNotice {
	readonly uri: string;
	/** As the tools show it. */
	readonly path: string;
	/** `written`: by an editor, a person in the explorer or a tool of an agent. The others tell nothing of who it was. */
	readonly kind: 'created' | 'changed' | 'deleted' | 'written';
}

/** What is known where nobody watches the disk. */
export function ownFileNews(): FileNews {
	const listeners = new Set<(news: FileNotice) => void>();
	return {
		listen(onNews) {
			listeners.add(onNews);
			return () => listeners.delete(onNews);
		},
		tellWritten(uri) {
			for (const listener of [...listeners]) {
				listener({ uri, path: '', kind: 'written' });
			}
		},
	};
}
