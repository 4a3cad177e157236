/** Takes a command line to its end. */
import { homedir } from 'node:os';
import { parseCommandLine } from './arguments.ts';
import { CliError } from './cliError.ts';
import type { Command } from './commands.ts';
import { type ExitCode, exitCodes } from './exitCodes.ts';
import { HELP } from './help.ts';
import { findPlaces } from './places.ts';
import { Stopper } from './stopper.ts';
import type { Surroundings } from './surroundings.ts';
import { openTerminal } from './terminal.ts';

/**
 * Runs in this process.
 * @param packageFolder with a slash at the end.
 * @returns the exit code, once everything is printed.
 */
export async function main(args: readonly string[], packageFolder: URL): Promise<ExitCode> {
	const { env: environment, platform } = process;
	const stopper = new Stopper((signal, listener) => process.on(signal, listener));
	// Who reads no further has what they wanted: the work ends, and that is no failure.
	const terminal = openTerminal(() => stopper.stop(exitCodes.done));
	const exitCode = await perform(args, {
		environment,
		places: findPlaces({ environment, home: homedir(), platform }),
		folder: process.cwd(),
		openInput: () => process.stdin,
		terminal,
		stopper,
		packageFolder,
	});
	await terminal.flush();
	return exitCode;
}

/** Never throws: what goes wrong is told on the terminal. */
export async function perform(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
	const { environment, stopper, terminal } = surroundings;
	try {
		return await run(parseCommandLine(args), surroundings);
	} catch (error) {
		if (stopper.exitCode !== undefined) {
			return stopper.exitCode;
		}
		if (error instanceof CliError) {
			terminal.note(error.message);
			return error.exitCode;
		}
		const message = error instanceof Error ? error.message : String(error);
		const stack = environment['OPENROUTER_AGENT_DEBUG'] && error instanceof Error ? `\n${error.stack}` : '';
		terminal.note(`Something went wrong inside: ${message}${stack}`);
		return exitCodes.internal;
	}
}

async function run(command: Command, surroundings: Surroundings): Promise<ExitCode> {
	const { stopper, terminal } = surroundings;
	switch (command.kind) {
		case 'help':
			terminal.write(HELP);
			return exitCodes.done;
		case 'version': {
			const { version } = await import('./version.ts');
			terminal.write(`${version}\n`);
			return exitCodes.done;
		}
		case 'run': {
			stopper.listen(() => terminal.progress('Stopping; once more ends at once.'));
			const { runCommand } = await import('./runCommand.ts');
			return runCommand(command.options, surroundings);
		}
		case 'login': {
			stopper.listen(() => undefined);
			const { loginCommand } = await import('./loginCommand.ts');
			return loginCommand(command.options, surroundings);
		}
		case 'listKeys': {
			const { listKeysCommand } = await import('./keyCommands.ts');
			return listKeysCommand(command.json, surroundings);
		}
		case 'logout': {
			const { logoutCommand } = await import('./keyCommands.ts');
			return logoutCommand(surroundings);
		}
		case 'models': {
			const { modelsCommand } = await import('./modelsCommand.ts');
			return modelsCommand(command.options, surroundings);
		}
		case 'sessions': {
			const { sessionsCommand } = await import('./sessionsCommand.ts');
			return sessionsCommand(command, surroundings);
		}
	}
}
