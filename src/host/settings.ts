import * as vscode from 'vscode';
import { parseBudget, parseModelSettings, type SettingFault } from '../agent/settings/parseSettings.ts';
import { isObject } from '../openrouter/lenient.ts';
import { SETTINGS_SECTION } from './ids.ts';
import { type Settings, settingsSchema } from './settingsSchema.ts';

/** All settings. What is wrong in `modelSettings` and `budget` is left out, the rest of them counts. */
export function readSettings(): Settings {
	const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION);
	const values = Object.fromEntries(Object.keys(settingsSchema.shape).map(name => [name, configuration.get(name)]));
	return settingsSchema.parse({
		...values,
		modelSettings: parseModelSettings(values['modelSettings']).settings,
		budget: parseBudget(values['budget']).budget,
	});
}

/** Writes a setting of the user, never of the workspace. */
export function writeSetting<Name extends keyof Settings>(name: Name, value: Settings[Name]): Thenable<void> {
	return vscode.workspace.getConfiguration(SETTINGS_SECTION).update(name, value, vscode.ConfigurationTarget.Global);
}

/**
 * Changes one entry of the user's `modelSettings`. The others stay as they were written, faults included.
 * @param change gets the entry as it stands; undefined takes it out.
 */
export async function changeModelSettings(
	key: string,
	change: (entry: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>> | undefined,
): Promise<void> {
	const written = userModelSettings();
	const { [key]: entry, ...others } = written;
	const changed = change(isObject(entry) ? entry : {});
	const next = changed === undefined ? others : { ...written, [key]: changed };
	await vscode.workspace
		.getConfiguration(SETTINGS_SECTION)
		.update('modelSettings', next, vscode.ConfigurationTarget.Global);
}

/** The user's own `modelSettings` as written, without those of the workspace. */
export function userModelSettings(): Readonly<Record<string, unknown>> {
	const written = vscode.workspace.getConfiguration(SETTINGS_SECTION).inspect('modelSettings')?.globalValue;
	return isObject(written) ? written : {};
}

/** Tells the user, once for each state of the settings, what in them is wrong. */
export function watchSettings(): vscode.Disposable {
	let told: string | undefined;
	const check = () => {
		const faults = settingFaults();
		const text = faultsText(faults);
		if (text !== told) {
			told = text;
			if (faults[0] !== undefined) {
				// Nobody waits for the user to read it.
				void warn(text, faults[0].setting);
			}
		}
	};
	check();
	return vscode.workspace.onDidChangeConfiguration(event => {
		if (event.affectsConfiguration(SETTINGS_SECTION)) {
			check();
		}
	});
}

/** How many faults one notice names; the editor marks all of them in the file. */
const NAMED_FAULTS = 3;

interface NamedFault extends SettingFault {
	/** With the section: `openrouterAgent.budget`. */
	readonly setting: string;
}

function settingFaults(): readonly NamedFault[] {
	const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION);
	const named = (name: string, faults: readonly SettingFault[]) =>
		faults.map(fault => ({ ...fault, setting: `${SETTINGS_SECTION}.${name}` }));
	return [
		...named('modelSettings', parseModelSettings(configuration.get('modelSettings')).faults),
		...named('budget', parseBudget(configuration.get('budget')).faults),
	];
}

function faultsText(faults: readonly NamedFault[]): string {
	const list = faults
		.slice(0, NAMED_FAULTS)
		.map(({ setting, path, message }) => `${[setting, path].filter(part => part !== '').join(' › ')} (${message})`)
		.join('; ');
	const more = faults.length - NAMED_FAULTS;
	return more > 0
		? vscode.l10n.t('Left out of the settings: {0}; and {1} more. The rest of them counts.', list, more)
		: vscode.l10n.t('Left out of the settings: {0}. The rest of them counts.', list);
}

async function warn(text: string, setting: string): Promise<void> {
	const open = vscode.l10n.t('Open settings');
	if ((await vscode.window.showWarningMessage(text, open)) === open) {
		const revealSetting = { key: setting, edit: true };
		await vscode.commands.executeCommand('workbench.action.openSettingsJson', { revealSetting });
	}
}
