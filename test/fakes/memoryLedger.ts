import type { LedgerStore } from '../../src/agent/ledger/ledger.ts';
import { type LedgerRecord, parseLedgerLine } from '../../src/agent/ledger/ledgerRecords.ts';

export interface MemoryLedger {
	/** Lines as a file would hold them. */
	readonly lines: string[];
	/** While set, every exchange fails with it, as on a full disk. */
	failure: Error | undefined;
	/** Another window on the same records. */
	open(): LedgerStore;
}

/**
 * Records in memory, passed through their file format so that nothing survives here that would not on disk.
 * @param pause comes between the steps of an exchange, for tests that mix several.
 */
export function memoryLedger(pause: () => Promise<void> = async () => undefined): MemoryLedger {
	const ledger: MemoryLedger = {
		lines: [],
		failure: undefined,
		open() {
			let read = 0;
			let damagedLines = 0;
			return {
				get damagedLines() {
					return damagedLines;
				},
				async exchange(records) {
					await pause();
					if (ledger.failure !== undefined) {
						throw ledger.failure;
					}
					ledger.lines.push(...records.map(record => JSON.stringify(record)));
					await pause();
					const news: LedgerRecord[] = [];
					for (; read < ledger.lines.length; read++) {
						const record = parseLedgerLine(ledger.lines[read] ?? '');
						if (record === undefined) {
							damagedLines++;
						} else {
							news.push(record);
						}
					}
					await pause();
					return news;
				},
			};
		},
	};
	return ledger;
}
