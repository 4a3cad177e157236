/** Which shell runs commands, and how it is told one. */
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shell } from '../../agent/shellPort.ts';
import { ToolError } from '../../agent/toolError.ts';

export interface ShellProgram {
	readonly language: Shell['language'];
	readonly path: string;
}

/** Descriptor through which a POSIX shell tells its working directory. */
export const CWD_DESCRIPTOR = 3;

/**
 * Runs the command in this very shell, then tells where it stands: through a descriptor of its own that the command
 * itself does not get, so nothing printed can be mistaken for it. In a trap, to be told after `exit` and errors too.
 * Output and errors share one pipe, which keeps their order.
 */
const POSIX_SCRIPT = [
	'exec 2>&1',
	// A signal can come where the descriptor is closed: then nothing is told.
	`trap '{ command pwd >&${CWD_DESCRIPTOR}; } 2>/dev/null' EXIT`,
	'__command=$1',
	'shift',
	`eval "$__command" ${CWD_DESCRIPTOR}>&-`,
].join('; ');

/** Variable with the path of the file that PowerShell writes its location to: it has no further descriptors. */
export const CWD_FILE_VARIABLE = 'OPENROUTER_AGENT_LOCATION_FILE';

/** Preferred first. */
const POSIX_SHELLS: readonly ShellProgram[] = [
	{ language: 'bash', path: '/bin/bash' },
	{ language: 'bash', path: '/usr/bin/bash' },
	{ language: 'bash', path: '/usr/local/bin/bash' },
	{ language: 'bash', path: '/run/current-system/sw/bin/bash' },
	{ language: 'sh', path: '/bin/sh' },
];

/**
 * The shells to try. Known places alone on POSIX systems: PATH may name a folder that others write to.
 * Not tested on Windows.
 */
export function shellCandidates(
	platform: NodeJS.Platform,
	environment: Readonly<Record<string, string | undefined>>,
): readonly ShellProgram[] {
	if (platform !== 'win32') {
		return POSIX_SHELLS;
	}
	const system = environment['SystemRoot'] ?? 'C:\\Windows';
	const programs = environment['ProgramFiles'] ?? 'C:\\Program Files';
	return [
		{ language: 'powershell', path: join(programs, 'PowerShell', '7', 'pwsh.exe') },
		{ language: 'powershell', path: join(system, 'System32', 'WindowsPowerShell', 'v1.0', 'powershell.exe') },
	];
}

/** @throws ToolError when none of them is there. */
export async function findShell(candidates: readonly ShellProgram[]): Promise<ShellProgram> {
	for (const candidate of candidates) {
		try {
			await access(candidate.path, constants.X_OK);
			return candidate;
		} catch {
			// Not on this machine: the next one.
		}
	}
	const looked = candidates.map(({ path }) => path).join(', ');
	throw new ToolError(`No shell can be started here (looked for ${looked}). Go on without commands and tell the user.`);
}

/** Arguments that run a command without any profile of the user's. */
export function shellArguments({ language }: ShellProgram, command: string): readonly string[] {
	switch (language) {
		case 'bash':
			return ['--noprofile', '--norc', '-c', POSIX_SCRIPT, 'bash', command];
		case 'sh':
			return ['-c', POSIX_SCRIPT, 'sh', command];
		case 'powershell':
			return ['-NoProfile', '-NonInteractive', '-EncodedCommand', encodedScript(command)];
		default:
			return language satisfies never;
	}
}

/** As base64 of UTF-16, so that no quoting comes between. Not tested on Windows. */
function encodedScript(command: string): string {
	const inner = Buffer.from(command, 'utf8').toString('base64');
	const script = [
		'[Console]::OutputEncoding = [Text.UTF8Encoding]::new($false)',
		`$__command = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('${inner}'))`,
		'$__failed = $false',
		'try { Invoke-Expression $__command; $__failed = -not $? } catch { $_ | Out-String | Write-Output; $__failed = $true }',
		`finally { [IO.File]::WriteAllText($env:${CWD_FILE_VARIABLE}, (Get-Location -PSProvider FileSystem).ProviderPath) }`,
		'if ($LASTEXITCODE) { exit $LASTEXITCODE }',
		'if ($__failed) { exit 1 }',
	].join('\n');
	return Buffer.from(script, 'utf16le').toString('base64');
}
