import { memoryLedger } from '../../../fakes/memoryLedger.ts';
import { describeLedgerStore } from './ledgerStoreContract.ts';

describeLedgerStore('The memory ledger', async () => {
	const ledger = memoryLedger();
	return {
		open: ledger.open,
		async damage(text) {
			ledger.lines.push(...text.split('\n').filter(line => line !== ''));
		},
	};
});
