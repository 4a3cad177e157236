/** The command in this process, with a home, a folder, a terminal and an input of its own. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { perform } from '../../../src/node/cli/main.ts';
import { findPlaces } from '../../../src/node/cli/places.ts';
import { Stopper } from '../../../src/node/cli/stopper.ts';
import type { OpenRouterServer } from '../../openrouter-server/openRouterServer.ts';

export interface CliResult {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

export interface CliCall {
	readonly input?: string;
	readonly env?: Readonly<Record<string, string>>;
	/** Without it there is no key and no address. */
	readonly server?: OpenRouterServer;
	/** A person reads the output. */
	readonly isLive?: boolean;
}

export class Cli {
	/** Where the command works. */
	readonly folder: string;
	/** Where it keeps what is the user's. */
	readonly home: string;

	/** @param base an empty folder. */
	constructor(base: string) {
		this.folder = join(base, 'project');
		this.home = join(base, 'home');
	}

	async put(path: string, content: string | Uint8Array): Promise<string> {
		const file = join(this.folder, path);
		await mkdir(dirname(file), { recursive: true });
		await writeFile(file, content);
		return file;
	}

	environment({ env = {}, server }: CliCall = {}): Record<string, string> {
		return {
			OPENROUTER_AGENT_HOME: this.home,
			...(server && { OPENROUTER_BASE_URL: server.url, OPENROUTER_API_KEY: server.key }),
			...env,
		};
	}

	/** Takes the command line to its end. */
	async run(args: readonly string[], call: CliCall = {}): Promise<CliResult> {
		await mkdir(this.folder, { recursive: true });
		const environment = this.environment(call);
		const { isLive = false } = call;
		let stdout = '';
		let stderr = '';
		const code = await perform(args, {
			environment,
			places: findPlaces({ environment, home: '/nowhere', platform: process.platform }),
			folder: this.folder,
			openInput: () => Readable.from(call.input === undefined ? [] : [Buffer.from(call.input)]),
			terminal: {
				isLive,
				write: text => {
					stdout += text;
				},
				note: line => {
					stderr += `${line}\n`;
				},
				progress: line => {
					stderr += isLive ? `${line}\n` : '';
				},
				flush: async () => undefined,
			},
			stopper: new Stopper(() => undefined),
			packageFolder: pathToFileURL(`${process.cwd()}/`),
		});
		return { code, stdout, stderr };
	}
}
