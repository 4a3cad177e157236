/** Foreign tools made fit to be shown to a model: safe unique names, cleaned descriptions, bounded schemas. */
import type { ForeignToolInfo } from '../../agent/foreignTools.ts';
import { cleanSchema, type JsonSchema } from './cleanSchema.ts';
import { cleanText } from './cleanText.ts';

export interface ForeignTool {
	/** For the model: `[A-Za-z0-9_-]`, at most 64. */
	readonly name: string;
	/** For the editor. */
	readonly id: string;
	readonly title: string;
	readonly server: string;
	readonly origin: ForeignToolInfo['origin'];
	readonly description: string;
	readonly parameters: JsonSchema;
	/** Of the definition as given, so that a change which cleaning hides counts too. Approvals are bound to it. */
	readonly hash: string;
}

/** The limit of the strictest providers. */
const MAX_NAME = 64;
const MAX_LABEL = 60;
const MAX_DESCRIPTION = 700;
/** More would be a mistake or an attack. */
const MAX_TOOLS = 1000;
const HASH_IN_NAME = 8;

/**
 * In the order of their ids, which does not depend on which server started first. A name depends on the tool's own id
 * alone; of two tools whose names would be the same the second is left out, so no tool can take another's place.
 * @param taken the names of our own tools.
 */
export async function cleanForeignTools(
	infos: readonly ForeignToolInfo[],
	taken: ReadonlySet<string>,
): Promise<readonly ForeignTool[]> {
	const sorted = [...infos].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)).slice(0, MAX_TOOLS);
	const tools = new Map<string, ForeignTool>();
	for (const info of sorted) {
		const tool = await cleanForeignTool(info, taken);
		if (!tools.has(tool.name)) {
			tools.set(tool.name, tool);
		}
	}
	return [...tools.values()];
}

async function cleanForeignTool(info: ForeignToolInfo, taken: ReadonlySet<string>): Promise<ForeignTool> {
	const { id, title, server, origin, description, inputSchema } = info;
	return {
		name: await safeName(id, taken),
		id,
		title: cleanText(title, MAX_LABEL),
		server: cleanText(server, MAX_LABEL),
		origin,
		description: cleanText(description, MAX_DESCRIPTION),
		parameters: cleanSchema(inputSchema),
		hash: await sha256(canonicalJson({ id, description, inputSchema })),
	};
}

/** The id itself where it is safe; else made safe, with a part of its hash so that it stays its own. */
async function safeName(id: string, taken: ReadonlySet<string>): Promise<string> {
	const safe = id.replace(/[^A-Za-z0-9_-]/g, '_');
	if (safe === id && id !== '' && id.length <= MAX_NAME && !taken.has(id)) {
		return id;
	}
	return `${safe.slice(0, MAX_NAME - HASH_IN_NAME - 1)}_${(await sha256(id)).slice(0, HASH_IN_NAME)}`;
}

/** Hexadecimal. */
async function sha256(text: string): Promise<string> {
	const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
	return [...new Uint8Array(digest)].map(byte => byte.toString(16).padStart(2, '0')).join('');
}

/** The order of a definition's keys says nothing. */
function canonicalJson(value: unknown): string {
	return JSON.stringify(value, (_, part: unknown) =>
		typeof part === 'object' && part !== null && !Array.isArray(part)
			? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
			: part,
	);
}
