import { usageError } from './cliError.ts';
import { type CliSettings, readSettingsFile } from './settingsFile.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The settings of file and environment. What is wrong in the file is told on the way.
 * @throws CliError for a base URL in the environment that is none.
 */
export async function readSettings({ environment, places, terminal }: Surroundings): Promise<CliSettings> {
	const { settings, faults } = await readSettingsFile(places.settings);
	for (const fault of faults) {
		terminal.note(fault);
	}
	const named = environment['OPENROUTER_BASE_URL']?.trim();
	if (named === undefined || named === '') {
		return { ...settings, baseUrl: withoutSlash(settings.baseUrl) };
	}
	if (!URL.canParse(named) || !/^https?:$/.test(new URL(named).protocol)) {
		throw usageError(`OPENROUTER_BASE_URL is no address: "${named}". It begins with https:// or http://.`);
	}
	return { ...settings, baseUrl: withoutSlash(named) };
}

function withoutSlash(url: string): string {
	return url.replace(/\/+$/, '');
}
