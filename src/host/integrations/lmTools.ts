/** The tools of MCP servers and other extensions that the editor offers to every extension. */
import * as vscode from 'vscode';
import { abortable, abortError } from '../../agent/abortable.ts';
import type { ForeignPart, ForeignToolInfo, ForeignTools } from '../../agent/foreignTools.ts';
import { ToolError } from '../../agent/toolError.ts';
import { splitMcpNames } from './mcpNames.ts';

/** How the editor marks the tools of MCP servers. */
const MCP_TAG = 'mcp';
/** Holds JSON with `uri` and `name`. */
const RESOURCE_LINK = 'application/vnd.code.resource-link';

export interface LmToolsOptions {
	/** Ours, whose own tools are not offered back. */
	readonly extensionId: string;
}

export function createLmTools({ extensionId }: LmToolsOptions): ForeignTools {
	// A repository may bring servers with it: none of them before the user trusts it.
	const list = () => (vscode.workspace.isTrusted ? listTools(extensionId) : []);
	return {
		list,
		async invoke(id, input, signal) {
			if (!list().some(tool => tool.id === id)) {
				throw new ToolError('This tool is gone: its server may have stopped. Use toolSearch.');
			}
			return toParts(await invokeTool(id, input, signal));
		},
	};
}

/** Without the editor's own: ours do the same, and most of those want a chat of the editor. */
function listTools(extensionId: string): readonly ForeignToolInfo[] {
	const contributors = toolContributors(extensionId);
	const tools = vscode.lm.tools;
	const mcpNames = splitMcpNames(tools.filter(isMcp).map(({ name }) => name));
	return tools.flatMap((tool): ForeignToolInfo[] => {
		const { name: id, description, inputSchema } = tool;
		const mcp = isMcp(tool) ? mcpNames.get(id) : undefined;
		if (mcp !== undefined) {
			return [{ id, ...mcp, origin: 'mcp', description, inputSchema }];
		}
		const server = contributors.get(id);
		return server === undefined ? [] : [{ id, title: id, server, origin: 'extension', description, inputSchema }];
	});
}

function isMcp({ tags }: vscode.LanguageModelToolInformation): boolean {
	return tags.includes(MCP_TAG);
}

/** Which installed extension contributes a tool. Those that come with the editor are left out. */
function toolContributors(extensionId: string): ReadonlyMap<string, string> {
	const contributors = new Map<string, string>();
	for (const { id, packageJSON } of vscode.extensions.all) {
		const tools: unknown = packageJSON.contributes?.languageModelTools;
		if (packageJSON.isBuiltin === true || id === extensionId || !Array.isArray(tools)) {
			continue;
		}
		for (const tool of tools) {
			if (typeof tool?.name === 'string') {
				contributors.set(tool.name, id);
			}
		}
	}
	return contributors;
}

async function invokeTool(
	id: string,
	input: Readonly<Record<string, unknown>>,
	signal: AbortSignal,
): Promise<vscode.LanguageModelToolResult> {
	signal.throwIfAborted();
	const source = new vscode.CancellationTokenSource();
	const cancel = () => source.cancel();
	signal.addEventListener('abort', cancel, { once: true });
	try {
		// There is no chat request of the editor, and so no token of one.
		const call = vscode.lm.invokeTool(id, { input, toolInvocationToken: undefined }, source.token);
		return await abortable(Promise.resolve(call), signal);
	} catch (error) {
		if (signal.aborted) {
			throw abortError();
		}
		if (error instanceof vscode.CancellationError || (error instanceof Error && error.name === 'Canceled')) {
			throw new ToolError('The user declined this call in the editor. Do not repeat it; ask the user.', {
				cause: error,
			});
		}
		throw new ToolError(`The tool failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
	} finally {
		signal.removeEventListener('abort', cancel);
		source.dispose();
	}
}

function toParts({ content }: vscode.LanguageModelToolResult): readonly ForeignPart[] {
	return content.map((part): ForeignPart => {
		if (part instanceof vscode.LanguageModelTextPart) {
			return { kind: 'text', text: part.value };
		}
		if (part instanceof vscode.LanguageModelPromptTsxPart) {
			return { kind: 'text', text: JSON.stringify(part.value) };
		}
		return part instanceof vscode.LanguageModelDataPart
			? dataPart(part)
			: { kind: 'other', words: 'a part of a kind that this editor has added' };
	});
}

function dataPart({ mimeType, data }: vscode.LanguageModelDataPart): ForeignPart {
	if (mimeType.startsWith('image/')) {
		return { kind: 'image', mimeType, data };
	}
	if (mimeType.startsWith('text/') || mimeType === 'application/json' || mimeType === RESOURCE_LINK) {
		return { kind: 'text', text: new TextDecoder().decode(data) };
	}
	return { kind: 'other', words: `${data.length} bytes of ${mimeType}` };
}
