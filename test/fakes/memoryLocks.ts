import type { Locks } from '../../src/host/webLock.ts';

/** The browser's locks, as far as `ifAvailable` and `steal` go. */
export function memoryLocks(): Locks {
	const holders = new Map<string, (reason: DOMException) => void>();
	const request = (name: string, options: LockOptions, hold: LockGrantedCallback<unknown>): Promise<unknown> => {
		const holder = holders.get(name);
		if (holder !== undefined && !options.steal) {
			return Promise.resolve(hold(null));
		}
		holder?.(new DOMException('The lock was stolen.', 'AbortError'));
		return new Promise((resolve, reject) => {
			holders.set(name, reject);
			Promise.resolve(hold({ name, mode: 'exclusive' }))
				.then(resolve, reject)
				.finally(() => {
					if (holders.get(name) === reject) {
						holders.delete(name);
					}
				});
		});
	};
	// Safe: the journal uses this one of the overloads.
	return { request: request as unknown as LockManager['request'] };
}
