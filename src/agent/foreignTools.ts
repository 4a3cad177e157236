/**
 * Tools that are not ours: of MCP servers that the user set up in the editor, and of other extensions. All that they say
 * of themselves and answer is untrusted. Implemented by `host/integrations/lmTools.ts`.
 */

/** As the editor gives it. */
export interface ForeignToolInfo {
	/** What the editor calls it by; unique. */
	readonly id: string;
	/** Its name within the server. */
	readonly title: string;
	/** The server or extension, as far as it can be told. For people: two servers may share it. */
	readonly server: string;
	readonly origin: 'mcp' | 'extension';
	readonly description: string;
	/** JSON schema, unchecked. */
	readonly inputSchema: unknown;
}

export type ForeignPart =
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'image'; readonly mimeType: string; readonly data: Uint8Array }
	/** What cannot be shown, in words. */
	| { readonly kind: 'other'; readonly words: string };

export interface ForeignTools {
	/** Those there are now. Servers start and stop without a word, so ask at each turn. */
	list(): readonly ForeignToolInfo[];
	/**
	 * The editor asks for no approval of its own for tools of MCP servers: ask before.
	 * @throws ToolError when the tool is gone, failed, or the user declined in the editor.
	 * @throws AbortError at the signal.
	 */
	invoke(id: string, input: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<readonly ForeignPart[]>;
}
