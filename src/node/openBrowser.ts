import { spawn } from 'node:child_process';
import { KEY_VARIABLE } from './credentials.ts';

/** Opens an address in the user's browser. Does its best: where there is none, the user has the address to open. */
export function openBrowser(url: string, environment: Readonly<Record<string, string | undefined>>): void {
	const [command, ...args] = browserCommand(url, environment['BROWSER']?.trim());
	// The key is nothing to a browser.
	const { [KEY_VARIABLE]: _, ...env } = environment;
	const child = spawn(command, args, { stdio: 'ignore', detached: true, windowsHide: true, env });
	child.on('error', () => undefined);
	child.unref();
}

function browserCommand(url: string, named: string | undefined): readonly [string, ...string[]] {
	if (named) {
		return [named, url];
	}
	switch (process.platform) {
		case 'darwin':
			return ['open', url];
		case 'win32':
			// A shell would take the "&" of the address for its own.
			return ['rundll32', 'url.dll,FileProtocolHandler', url];
		default:
			return ['xdg-open', url];
	}
}
