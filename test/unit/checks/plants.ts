import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** A checker takes a second, and far longer on a busy machine. */
export const CHECKER_TIMEOUT_MS = 60_000;

/** Configuration that a checker reads, by its path in the project. */
const CONFIGURATION = ['biome.jsonc', '.oxlintrc.json', 'tsconfig.json', '.gitignore'];

/** A folder that is set up like the project and holds what a test plants in it. */
export class PlantedProject {
	readonly folder = mkdtempSync(join(tmpdir(), 'openrouter-agent-plants-'));

	constructor(files: Readonly<Record<string, string>>) {
		for (const file of CONFIGURATION) {
			copyFileSync(file, join(this.folder, file));
		}
		symlinkSync(resolve('node_modules'), join(this.folder, 'node_modules'), 'junction');
		for (const [path, text] of Object.entries(files)) {
			this.plant(path, text);
		}
	}

	plant(path: string, text: string): void {
		mkdirSync(dirname(join(this.folder, path)), { recursive: true });
		writeFileSync(join(this.folder, path), text);
	}

	/** What a package's program prints. Checkers fail on what we plant, so its exit code says nothing here. */
	run(script: string, args: readonly string[]): string {
		try {
			return execFileSync(process.execPath, [resolve('node_modules', script), ...args], {
				cwd: this.folder,
				encoding: 'utf8',
				stdio: ['ignore', 'pipe', 'pipe'],
			});
		} catch (error) {
			const { stdout } = error as { stdout?: unknown }; // of a program that ended with an error
			if (typeof stdout !== 'string') {
				throw error;
			}
			return stdout;
		}
	}

	remove(): void {
		rmSync(this.folder, { recursive: true, force: true });
	}
}
