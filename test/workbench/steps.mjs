// One line for each step of a command: what it does while it does it, and how long it took.
const isTerminal = process.stdout.isTTY === true;

/**
 * Runs one step. Whatever it takes is shown; `work` may return the words for the line.
 *
 * @template T
 * @param {string} name
 * @param {(progress: (text: string) => void) => Promise<T>} work
 * @param {(value: T) => string} [describe]
 * @returns {Promise<T>}
 */
export async function step(name, work, describe = () => 'ready') {
	const begin = performance.now();
	const label = name.padEnd(12);
	/** @param {string} text */
	const progress = text => console.log(`${label} ${text}`);
	const value = await work(progress);
	progress(`${describe(value)} (${seconds(begin)})`);
	return value;
}

/**
 * The time since `begin` (of `performance.now()`), for people.
 *
 * @param {number} begin
 */
export function seconds(begin) {
	return `${((performance.now() - begin) / 1000).toFixed(1)} s`;
}

/**
 * @param {string} text
 * @param {'red' | 'green' | 'dim'} colour
 */
export function paint(text, colour) {
	const code = { red: 31, green: 32, dim: 2 }[colour];
	return isTerminal ? `\u001b[${code}m${text}\u001b[0m` : text;
}
