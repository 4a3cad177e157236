/**
 * Takes the editor's names for tools of MCP servers apart. VS Code makes them from `mcp_`, the server's own name cut to
 * 13 characters, `_`, and the tool's name; both names may hold underscores, and its stable API tells the server nowhere
 * else. So this is a guess, good enough to be shown: approvals are bound to each tool's definition.
 */
const START = 'mcp_';
/** Of `mcp_`, the server's name and the underscore after it. */
const MAX_PREFIX = 18;

export interface McpName {
	readonly server: string;
	readonly title: string;
}

/**
 * The server is what other names begin with as well: a name that was cut if there is one, else what most share. Where a
 * name stands alone it is its first word.
 * @param names of all MCP tools there are.
 */
export function splitMcpNames(names: readonly string[]): ReadonlyMap<string, McpName> {
	const counts = new Map<string, number>();
	for (const prefix of names.flatMap(prefixesOf)) {
		counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
	}
	return new Map(
		names.map(name => {
			let best: string | undefined;
			for (const prefix of prefixesOf(name)) {
				const count = counts.get(prefix) ?? 0;
				const most = counts.get(best ?? '') ?? 0;
				const isCut = prefix.length === MAX_PREFIX && count > 1;
				if (isCut || count > most || (count === most && count > 1)) {
					best = prefix;
				}
			}
			return [name, best === undefined ? { server: 'mcp', title: name } : split(name, best)];
		}),
	);
}

function split(name: string, prefix: string): McpName {
	return { server: prefix.slice(START.length, -1), title: name.slice(prefix.length) };
}

/** From short to long: `mcp_a_`, `mcp_a_b_` for `mcp_a_b_c`. */
function prefixesOf(name: string): string[] {
	const prefixes: string[] = [];
	for (let at = name.indexOf('_', START.length); at !== -1 && at < MAX_PREFIX; at = name.indexOf('_', at + 1)) {
		// A part of the name must be left on both sides.
		if (name.startsWith(START) && at > START.length && at < name.length - 1) {
			prefixes.push(name.slice(0, at + 1));
		}
	}
	return prefixes;
}
