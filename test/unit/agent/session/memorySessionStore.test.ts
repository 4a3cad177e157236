import { memorySessionStore } from '../../../fakes/memorySessionStore.ts';
import { describeSessionStore } from './sessionStoreContract.ts';

let at = 0;
describeSessionStore('The store in memory', async () => {
	const store = memorySessionStore(() => at++);
	return { store, another: () => store };
});
