import type { Locks } from '../../src/host/webLock.ts';

/** The browser's locks, as far as `ifAvailable`, `steal` and plain waiting go. */
export function memoryLocks(): Locks {
	const holders = new Map<string, { readonly rob: (reason: DOMException) => void; readonly over: Promise<void> }>();
	const request = async (name: string, options: LockOptions, hold: LockGrantedCallback<unknown>): Promise<unknown> => {
		if (options.ifAvailable && holders.has(name)) {
			return hold(null);
		}
		for (let holder = holders.get(name); holder !== undefined && !options.steal; holder = holders.get(name)) {
			await holder.over;
		}
		holders.get(name)?.rob(new DOMException('The lock was stolen.', 'AbortError'));
		return new Promise((resolve, reject) => {
			let free: (() => void) | undefined;
			const over = new Promise<void>(resolveOver => {
				free = resolveOver;
			});
			const own = { rob: reject, over };
			holders.set(name, own);
			Promise.resolve(hold({ name, mode: 'exclusive' }))
				.then(resolve, reject)
				.finally(() => {
					if (holders.get(name) === own) {
						holders.delete(name);
					}
					free?.();
				});
		});
	};
	// Safe: those who take a lock here use this one of the overloads.
	return { request: request as unknown as LockManager['request'] };
}
