/** Tells when language servers that only push their reports are done with a text. */
import { abortable } from '../../agent/abortable.ts';
import type { Clock } from '../../agent/clock.ts';
import type { LanguageEvent, LanguageServices } from '../../agent/languageServices.ts';

/** Milliseconds. */
export interface SettleTimes {
	/** How long a text may go without any report. */
	readonly first: number;
	/** How long after a report another may follow. */
	readonly quiet: number;
	/** How long in all. */
	readonly limit: number;
}

/** `silent`: nobody reported. `working`: reports or changes kept coming until the limit. */
export type Settled = 'settled' | 'silent' | 'working';

interface FileState {
	changedAt: number;
	/** Of a report since the last change: an earlier one is of another version of the text. */
	reportedAt: number | undefined;
}

/**
 * Listens from its making on, so that nothing is missed between an edit and the wait. Whoever makes it disposes of it.
 * A report names no version: one that was on its way when the text changed counts, and the quiet time is to outlast it.
 */
export class ReportListener {
	private readonly files: Map<string, FileState>;
	private readonly clock: Clock;
	private readonly stop: () => void;
	private look: (() => void) | undefined;

	constructor(uris: readonly string[], services: LanguageServices, clock: Clock) {
		this.clock = clock;
		this.files = new Map(uris.map(uri => [uri, { changedAt: clock.monotonic(), reportedAt: undefined }]));
		this.stop = services.watch(event => this.take(event));
	}

	dispose(): void {
		this.stop();
	}

	/** The reports heard so far are of what was before. */
	restart(): void {
		for (const file of this.files.values()) {
			file.changedAt = this.clock.monotonic();
			file.reportedAt = undefined;
		}
	}

	/** One wait at a time. @throws AbortError at the signal. */
	async settled({ first, quiet, limit }: SettleTimes, signal: AbortSignal): Promise<Settled> {
		const begin = this.clock.monotonic();
		const end = begin + limit;
		let cancel: (() => void) | undefined;
		const done = new Promise<Settled>(resolve => {
			this.look = () => {
				cancel?.();
				const now = this.clock.monotonic();
				const states = [...this.files.values()];
				const due = Math.max(
					...states.map(({ changedAt, reportedAt }) =>
						// A server may have been starting until the wait began.
						reportedAt === undefined ? Math.max(changedAt, begin) + first : reportedAt + quiet,
					),
				);
				if (now >= due) {
					resolve(states.some(({ reportedAt }) => reportedAt !== undefined) ? 'settled' : 'silent');
				} else if (now >= end) {
					resolve('working');
				} else {
					cancel = this.clock.schedule(Math.min(due, end) - now, () => this.look?.());
				}
			};
			this.look();
		});
		try {
			return await abortable(done, signal);
		} finally {
			this.look = undefined;
			cancel?.();
		}
	}

	private take({ kind, uris }: LanguageEvent): void {
		const now = this.clock.monotonic();
		for (const uri of uris) {
			const file = this.files.get(uri);
			if (file === undefined) {
				continue;
			}
			if (kind === 'text') {
				file.changedAt = now;
				file.reportedAt = undefined;
			} else {
				file.reportedAt = now;
			}
		}
		this.look?.();
	}
}
