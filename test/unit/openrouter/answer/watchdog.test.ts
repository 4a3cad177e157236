import assert from 'node:assert/strict';
import { Watchdog } from '../../../../src/openrouter/answer/watchdog.ts';
import { ManualClock } from '../manualClock.ts';

const LIMITS = { firstByteMs: 120_000, idleByteMs: 60_000, idleDataMs: 300_000 };

function never(): Promise<never> {
	return new Promise(() => {
		// Nothing comes.
	});
}

describe('Watchdog', () => {
	/** Waits for a piece that comes after so many milliseconds. */
	async function receive(dog: Watchdog, clock: ManualClock, ms: number): Promise<void> {
		const piece = new Promise<void>(resolve => clock.schedule(ms, resolve));
		const waiting = dog.wait(piece);
		clock.advance(ms);
		await waiting;
	}

	function start(signal = new AbortController().signal) {
		const clock = new ManualClock();
		return { clock, dog: new Watchdog(clock, LIMITS, signal) };
	}

	it('waits longer for the headers than between bytes', async () => {
		const { clock, dog } = start();
		await receive(dog, clock, 119_000);
		dog.sawHeaders();
		const waiting = assert.rejects(dog.wait(never()), { kind: 'silent', message: 'Nothing has come for 60 s.' });
		clock.advance(60_000);
		await waiting;
	});

	it('lives on comments, but not for ever', async () => {
		const { clock, dog } = start();
		dog.sawHeaders();
		for (let comment = 0; comment < 5; comment++) {
			await receive(dog, clock, 55_000);
		}
		const waiting = assert.rejects(dog.wait(never()), { kind: 'silent', message: 'Nothing has come for 300 s.' });
		clock.advance(25_000);
		await waiting;
	});

	it('starts anew with each data event', async () => {
		const { clock, dog } = start();
		dog.sawHeaders();
		for (let event = 0; event < 20; event++) {
			await receive(dog, clock, 55_000);
			dog.sawData();
		}
	});

	it('does not count the time in which nobody reads', async () => {
		const { clock, dog } = start();
		dog.sawHeaders();
		await receive(dog, clock, 1_000);
		clock.advance(10_000_000);
		await receive(dog, clock, 59_000);
	});

	it('ends a wait when the signal fires, whatever the network does', async () => {
		const controller = new AbortController();
		const { dog } = start(controller.signal);
		const waiting = assert.rejects(dog.wait(never()), { kind: 'aborted' });
		controller.abort();
		await waiting;
		await assert.rejects(dog.wait(never()), { kind: 'aborted' });
	});
});
