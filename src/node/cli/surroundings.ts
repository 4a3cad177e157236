import type { Readable } from 'node:stream';
import type { Places } from './places.ts';
import type { Stopper } from './stopper.ts';
import type { Terminal } from './terminal.ts';

export type InputStream = Readable & { readonly isTTY?: boolean };

/** The process as a command sees it. Tests make one of their own. */
export interface Surroundings {
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly places: Places;
	/** Absolute: where relative paths of the command line lead. */
	readonly folder: string;
	/** Opens standard input; `isTTY` when a person types. */
	openInput(): InputStream;
	readonly terminal: Terminal;
	readonly stopper: Stopper;
	/** The folder of our package, with a slash at the end. */
	readonly packageFolder: URL;
}
