// Child processes that do not outlive us. Each one leads a process group of its own, because editors, browsers and npm
// start processes that a plain kill leaves behind; the group is killed at a time-out, at a signal, and when we exit.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** @type {Set<ChildProcess>} */
const running = new Set();
let isWatchingExit = false;

/**
 * Starts a process in a group of its own.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function start(command, args, options = {}) {
	watchExit();
	const child = spawn(command, args, { ...options, detached: process.platform !== 'win32' });
	running.add(child);
	child.once('error', () => running.delete(child));
	return child;
}

/**
 * Kills a process of `start` with everything it started, at once. The process may have ended already: what it started
 * can still be there.
 *
 * @param {ChildProcess} child
 */
export function killGroup(child) {
	running.delete(child);
	if (child.pid === undefined) {
		return;
	}
	if (process.platform === 'win32') {
		spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
		return;
	}
	try {
		process.kill(-child.pid, 'SIGKILL');
	} catch (error) {
		// The group is gone: what we wanted.
		if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') {
			throw error;
		}
	}
}

/**
 * Runs a process to its end and returns what it wrote.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs: number }} options
 * @throws Error with the end of the output when it cannot be started, fails or takes longer than `timeoutMs`.
 */
export async function run(command, args, { timeoutMs, ...options }) {
	const { code, output, timedOut } = await capture(command, args, { timeoutMs, ...options });
	if (timedOut || code !== 0) {
		const how = timedOut ? `took longer than ${timeoutMs / 1000} s` : `ended with code ${code}`;
		throw new Error(`${command} ${args.join(' ')} ${how}:\n${output.slice(-4000)}`);
	}
	return output;
}

/**
 * Like `run`, for callers to whom a failure is an answer.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs: number }} options
 * @returns {Promise<{ code: number | null, output: string, timedOut: boolean }>} `output` is stdout and stderr as they came.
 */
export async function capture(command, args, { timeoutMs, ...options }) {
	const child = start(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream?.setEncoding('utf8').on('data', text => {
			output += text;
		});
	}
	let timedOut = false;
	const timer = setTimeout(() => {
		timedOut = true;
		killGroup(child);
	}, timeoutMs);
	try {
		const [code] = await once(child, 'close');
		return { code, output, timedOut };
	} finally {
		clearTimeout(timer);
		killGroup(child);
	}
}

/** npm, with what it needs to start on this platform. */
export const npm =
	process.platform === 'win32'
		? { command: process.env['ComSpec'] ?? 'cmd.exe', args: ['/d', '/s', '/c', 'npm.cmd'] }
		: { command: 'npm', args: [] };

function watchExit() {
	if (isWatchingExit) {
		return;
	}
	isWatchingExit = true;
	process.once('exit', () => {
		for (const child of running) {
			killGroup(child);
		}
	});
	for (const [signal, code] of /** @type {const} */ ([
		['SIGINT', 130],
		['SIGTERM', 143],
		['SIGHUP', 129],
	])) {
		process.once(signal, () => process.exit(code));
	}
}
