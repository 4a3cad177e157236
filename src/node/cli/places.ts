import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where the command keeps what is the user's. None of the folders need exist. */
export interface Places {
	/** Written by the user. */
	readonly settings: string;
	readonly credentials: string;
	/** Sessions, a folder for each workspace. */
	readonly sessions: string;
	readonly ledger: string;
	/** What commands print, and which of them run. */
	readonly shells: string;
	/** May be deleted at any time. */
	readonly cache: string;
}

export interface PlaceSurroundings {
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly home: string;
	/** Node's name of the platform. */
	readonly platform: string;
}

const NAME = 'openrouter-agent';

/**
 * The folders of the XDG base directory specification, on Windows those for applications; all in one folder where
 * `OPENROUTER_AGENT_HOME` names it.
 */
export function findPlaces(surroundings: PlaceSurroundings = systemSurroundings()): Places {
	const { config, data, cache } = foldersOf(surroundings);
	return {
		settings: join(config, 'settings.json'),
		credentials: join(config, 'credentials.json'),
		sessions: join(data, 'sessions'),
		ledger: join(data, 'ledger'),
		shells: join(data, 'shells'),
		cache,
	};
}

function systemSurroundings(): PlaceSurroundings {
	return { environment: process.env, home: homedir(), platform: process.platform };
}

function foldersOf({ environment, home, platform }: PlaceSurroundings): Record<'config' | 'data' | 'cache', string> {
	const own = folderIn(environment['OPENROUTER_AGENT_HOME']);
	if (own !== undefined) {
		return { config: own, data: own, cache: join(own, 'cache') };
	}
	if (platform === 'win32') {
		const roaming = folderIn(environment['APPDATA']) ?? join(home, 'AppData', 'Roaming');
		const local = folderIn(environment['LOCALAPPDATA']) ?? join(home, 'AppData', 'Local');
		return { config: join(roaming, NAME), data: join(local, NAME), cache: join(local, NAME, 'cache') };
	}
	return {
		config: join(folderIn(environment['XDG_CONFIG_HOME']) ?? join(home, '.config'), NAME),
		data: join(folderIn(environment['XDG_DATA_HOME']) ?? join(home, '.local', 'share'), NAME),
		cache: join(folderIn(environment['XDG_CACHE_HOME']) ?? join(home, '.cache'), NAME),
	};
}

/** The specification has relative paths passed over: they would mean another folder in each place. */
function folderIn(value: string | undefined): string | undefined {
	return value !== undefined && isAbsolute(value) ? value : undefined;
}
