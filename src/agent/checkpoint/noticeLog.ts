import type { Clock } from '../clock.ts';
import type { FileNews, FileNotice } from './fileNews.ts';

/** What the disk did, as it was told. */
export interface DiskNotice {
	readonly path: string;
	readonly kind: 'created' | 'changed' | 'deleted';
}

/** Files that are told of; of more, only how many notices there were is known. */
const MAX_FILES = 20_000;

/** Gathers news while commands run, and for a moment after them. */
export class NoticeLog {
	readonly #news: FileNews;
	readonly #clock: Pick<Clock, 'monotonic'>;
	/** By URI. */
	readonly #notices = new Map<string, DiskNotice>();
	readonly #written = new Set<string>();
	#more = 0;
	#endsAt: number | undefined;
	#stop: (() => void) | undefined;

	constructor(news: FileNews, clock: Pick<Clock, 'monotonic'>) {
		this.#news = news;
		this.#clock = clock;
	}

	/** Nothing more that comes now can be the work of a command. */
	get isOver(): boolean {
		return this.#endsAt !== undefined && this.#clock.monotonic() > this.#endsAt;
	}

	/** Listens from here on, if it does not yet. */
	open(): void {
		this.#endsAt = undefined;
		this.#stop ??= this.#news.listen(notice => this.#take(notice));
	}

	/** What comes after this time is left out. Never when undefined. */
	endAt(time: number | undefined): void {
		this.#endsAt = time;
	}

	/** Listens no more, and forgets. */
	close(): void {
		this.#stop?.();
		this.#stop = undefined;
		this.#notices.clear();
		this.#written.clear();
		this.#more = 0;
	}

	/** A person or an agent wrote the file, so what it holds now is not the work of a command alone. */
	isWritten(uri: string): boolean {
		return this.#written.has(uri);
	}

	forgetWritten(uri: string): void {
		this.#written.delete(uri);
	}

	/** Hands over what was gathered, without what was written by somebody else, and forgets it. */
	take(): { readonly notices: readonly DiskNotice[]; readonly more: number } {
		const notices = [...this.#notices].filter(([uri]) => !this.#written.has(uri)).map(([, notice]) => notice);
		const more = this.#more;
		this.#notices.clear();
		this.#more = 0;
		return { notices, more };
	}

	#take({ uri, path, kind }: FileNotice): void {
		if (this.isOver) {
			return;
		}
		if (kind === 'written') {
			this.#written.add(uri);
			return;
		}
		const before = this.#notices.get(uri)?.kind;
		if (before === 'created' && kind === 'deleted') {
			// It was there for a moment only.
			this.#notices.delete(uri);
		} else if (before !== undefined || this.#notices.size < MAX_FILES) {
			this.#notices.set(uri, { path, kind: joined(before, kind) });
		} else {
			this.#more++;
		}
	}
}

function joined(before: DiskNotice['kind'] | undefined, kind: DiskNotice['kind']): DiskNotice['kind'] {
	if (before === 'created' && kind === 'changed') {
		return 'created';
	}
	return before === 'deleted' && kind === 'created' ? 'changed' : kind;
}
