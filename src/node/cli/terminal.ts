/** What the command prints. */
import { styleText } from 'node:util';

export interface Terminal {
	/** To standard output, exactly as it is. */
	write(text: string): void;
	/** A line to standard error. */
	note(line: string): void;
	/** A line to standard error that only a person wants to see. */
	progress(line: string): void;
	/** A person reads standard output. */
	readonly isLive: boolean;
	/** Resolves when everything has left the process. */
	flush(): Promise<void>;
}

/** @param onClosed called when nobody reads standard output any more. */
export function openTerminal(onClosed: () => void): Terminal {
	const { stdout, stderr } = process;
	const isLive = stdout.isTTY === true;
	const isWatched = stderr.isTTY === true;
	let isClosed = false;
	stdout.on('error', (error: NodeJS.ErrnoException) => {
		if (isClosed) {
			return;
		}
		isClosed = true;
		if (error.code !== 'EPIPE') {
			stderr.write(`Standard output failed: ${error.message}\n`);
		}
		onClosed();
	});
	// There is nowhere left to say it.
	stderr.on('error', () => undefined);
	const paint = (line: string) => (isWatched && !process.env['NO_COLOR'] ? styleText('dim', line) : line);
	return {
		isLive,
		write(text) {
			if (!isClosed) {
				stdout.write(isLive ? printable(text) : text);
			}
		},
		note: line => void stderr.write(`${printable(line)}\n`),
		progress(line) {
			if (isWatched) {
				stderr.write(`${paint(printable(line))}\n`);
			}
		},
		flush: () => new Promise(done => (isClosed ? done() : stdout.write('', () => done()))),
	};
}

/**
 * Without the control characters with which a text could work the terminal: move its cursor, rename its window, fill
 * its clipboard. Line ends and tabs stay.
 */
export function printable(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out.
	return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}
