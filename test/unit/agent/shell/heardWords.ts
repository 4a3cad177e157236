import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOnlyCommands } from '../../../../src/agent/shell/commandTable.ts';

export interface Heard {
	/** The words of each command that bash ran, in no certain order. A command it did not find starts with `?`. */
	readonly commands: readonly (readonly string[])[];
	/** Files that the line made. */
	readonly files: readonly string[];
}

/**
 * Bash as a judge of words: every known command is a function that notes its words and ends with a chosen status, nothing
 * else can be found, and the folder is empty, so that a pattern stays as it is.
 */
export class BashEar {
	readonly #root = mkdtempSync(join(tmpdir(), 'words-'));
	readonly #folder = join(this.#root, 'empty');
	readonly #notes = join(this.#root, 'notes');
	readonly #startup = join(this.#root, 'startup.sh');

	constructor() {
		mkdirSync(this.#folder);
		const functions = [...readOnlyCommands.keys()].map(name => `${name}() { note ${name} "$@"; }`);
		const start = [
			'note() { printf \'%s\\0\' "$#" "$@" >> "$NOTES"; return "$STATUS"; }',
			'command_not_found_handle() { note "?" "$@"; }',
			...functions,
			'PATH=/nowhere',
		];
		writeFileSync(this.#startup, `${start.join('\n')}\n`);
	}

	hear(line: string, status: 0 | 1): Heard {
		writeFileSync(this.#notes, '');
		const { error } = spawnSync('bash', ['--noprofile', '--norc', '-c', line], {
			cwd: this.#folder,
			env: { BASH_ENV: this.#startup, NOTES: this.#notes, STATUS: String(status), LC_ALL: 'C.UTF-8' },
			stdio: 'ignore',
		});
		if (error !== undefined) {
			throw error;
		}
		return { commands: readNotes(readFileSync(this.#notes, 'utf8')), files: readdirSync(this.#folder) };
	}

	dispose(): void {
		rmSync(this.#root, { recursive: true, force: true });
	}
}

/** Each command as the count of its words, then the words, all ended by NUL. */
function readNotes(text: string): string[][] {
	const parts = text.split('\0').slice(0, -1);
	const commands: string[][] = [];
	for (let at = 0; at < parts.length; ) {
		const count = Number(parts[at]);
		commands.push(parts.slice(at + 1, at + 1 + count));
		at += 1 + count;
	}
	return commands;
}
