import * as vscode from 'vscode';
import { SETTINGS_SECTION } from './ids.ts';
import { type Settings, settingsSchema } from './settingsSchema.ts';

export function readSettings(): Settings {
	const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION);
	const values = Object.keys(settingsSchema.shape).map(name => [name, configuration.get(name)]);
	return settingsSchema.parse(Object.fromEntries(values));
}

/** Writes a setting of the user, never of the workspace. */
export function writeSetting<Name extends keyof Settings>(name: Name, value: Settings[Name]): Thenable<void> {
	return vscode.workspace.getConfiguration(SETTINGS_SECTION).update(name, value, vscode.ConfigurationTarget.Global);
}
