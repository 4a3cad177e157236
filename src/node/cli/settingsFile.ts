import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { BudgetLimits } from '../../agent/ledger/spendBudget.ts';
import type { ModelSettingsMap } from '../../agent/settings/modelSettings.ts';
import { parseBudget, parseModelSettings, type SettingFault } from '../../agent/settings/parseSettings.ts';
import { DEFAULT_BASE_URL } from '../../agent/settings/settingDefaults.ts';
import { nearestWord } from '../../agent/settings/wordDistance.ts';
import { decodeText } from '../../files/encoding.ts';
import { isCode } from '../fileLock.ts';
import { parseJsonFile } from '../jsonFile.ts';

/** What the user wrote into the settings file, with the defaults for the rest. */
export interface CliSettings {
	/** A model id, or empty for the default by rule. */
	readonly model: string;
	readonly baseUrl: string;
	readonly modelSettings: ModelSettingsMap;
	readonly budget: BudgetLimits;
	readonly maxRequestsPerTurn: number;
	/** Names of variables that commands get although they look like secrets. */
	readonly 'commands.allowedVariables': readonly string[];
	/** Of this machine, that pages may be fetched from. */
	readonly 'web.loopbackPorts': readonly number[];
}

export interface ReadSettings {
	readonly settings: CliSettings;
	/** One sentence for each thing that is wrong and was left out. */
	readonly faults: readonly string[];
}

const DEFAULT_MAX_REQUESTS = 50;

const NAMES = [
	...['model', 'baseUrl', 'modelSettings', 'budget', 'maxRequestsPerTurn'],
	...['commands.allowedVariables', 'web.loopbackPorts'],
];
const model = z.string().trim();
const baseUrl = z.url({ protocol: /^https?$/ });
const variables = z.array(z.string().min(1)).readonly();
const ports = z.array(z.number().int().min(1).max(65_535)).readonly();
const maxRequests = z.number().int().min(1).max(200);

/** Never fails for what is in the file: what is wrong is told and left out, and the rest holds. */
export async function readSettingsFile(path: string): Promise<ReadSettings> {
	let bytes: Uint8Array;
	try {
		bytes = await readFile(path);
	} catch (error) {
		const faults = isCode(error, 'ENOENT') ? [] : [`"${path}" cannot be read, so the defaults hold: ${String(error)}`];
		return { settings: parseSettings({}).settings, faults };
	}
	const parsed = parseJsonFile(decodeText(bytes).text);
	if (!parsed.ok) {
		const { line, column } = parsed.place;
		return {
			settings: parseSettings({}).settings,
			faults: [`${path}:${line}:${column}: ${parsed.problem}. The file is left out and the defaults hold.`],
		};
	}
	const { settings, faults } = parseSettings(parsed.value);
	return {
		settings,
		faults: faults.map(fault => `${path}: ${[fault.path, fault.message].filter(Boolean).join(': ')}. It is left out.`),
	};
}

function parseSettings(value: unknown): { readonly settings: CliSettings; readonly faults: readonly SettingFault[] } {
	const faults: SettingFault[] = [];
	const file = isRecord(value) ? value : {};
	if (!isRecord(value)) {
		faults.push({ path: '', message: 'expected an object, such as { "model": "z-ai/glm-4.7" }' });
	}
	for (const name of Object.keys(file).filter(key => !NAMES.includes(key))) {
		const near = nearestWord(name, NAMES);
		faults.push({
			path: name,
			message: `there is no such setting${near === undefined ? '' : `; did you mean "${near}"?`}`,
		});
	}
	const take = <Value>(name: string, schema: z.ZodType<Value>, fallback: Value): Value => {
		const parsed = file[name] === undefined ? undefined : schema.safeParse(file[name]);
		if (parsed?.success === false) {
			faults.push({ path: name, message: parsed.error.issues[0]?.message ?? 'not valid' });
		}
		return parsed?.success ? parsed.data : fallback;
	};
	const models = parseModelSettings(file['modelSettings']);
	const budget = parseBudget(file['budget']);
	const below = (section: string) => (fault: SettingFault) => ({
		...fault,
		path: [section, fault.path].filter(Boolean).join('.'),
	});
	faults.push(...models.faults.map(below('modelSettings')), ...budget.faults.map(below('budget')));
	return {
		settings: {
			model: take('model', model, ''),
			baseUrl: take('baseUrl', baseUrl, DEFAULT_BASE_URL),
			modelSettings: models.settings,
			budget: budget.budget,
			maxRequestsPerTurn: take('maxRequestsPerTurn', maxRequests, DEFAULT_MAX_REQUESTS),
			'commands.allowedVariables': take('commands.allowedVariables', variables, []),
			'web.loopbackPorts': take('web.loopbackPorts', ports, []),
		},
		faults,
	};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
