/** The part of `navigator.locks` that holding a session needs. */
export type Locks = Pick<LockManager, 'request'>;

/** A lock that is held until it is released or taken away. */
export interface HeldLock {
	/** Another tab took it by force. */
	readonly isTaken: boolean;
	/** Resolves when the lock is free. */
	release(): Promise<void>;
}

/**
 * Takes a lock of the browser, which frees it by itself when the tab dies.
 * @param force takes it from whoever holds it.
 * @returns undefined while another tab holds it.
 */
export function takeWebLock(locks: Locks, name: string, force: boolean): Promise<HeldLock | undefined> {
	return new Promise((resolve, reject) => {
		let isTaken = false;
		let free: (() => void) | undefined;
		const hold = (lock: Lock | null): Promise<void> | undefined => {
			if (lock === null) {
				resolve(undefined);
				return undefined;
			}
			const released = new Promise<void>(release => {
				free = release;
			});
			resolve({
				get isTaken() {
					return isTaken;
				},
				release() {
					free?.();
					return over;
				},
			});
			return released;
		};
		// Settles once the lock is free, which is later than `released`.
		const over: Promise<void> = locks.request(name, force ? { steal: true } : { ifAvailable: true }, hold).then(
			() => undefined,
			(error: unknown) => {
				// Before the lock was ours this is a failure; after that it means it was taken away.
				isTaken = true;
				reject(error);
			},
		);
	});
}
