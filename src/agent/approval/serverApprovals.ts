/**
 * What the user allowed of the servers whose tools are not ours. An allowance is for tools as they were defined when the
 * user was asked: a tool that is new, or says something else of itself by now, is asked for again.
 */
import * as z from 'zod';

/** For storing. Kept outside the workspace, so that no repository brings its own. */
export const serverApproval = z.strictObject({
	/** For people. */
	server: z.string(),
	tools: z.array(z.strictObject({ id: z.string(), hash: z.string() })).readonly(),
});
export type ServerApproval = Readonly<z.infer<typeof serverApproval>>;

/** One tool as it is defined now. */
export interface DefinedTool {
	readonly id: string;
	readonly server: string;
	readonly hash: string;
}

/** @param all the tools there are: those of the same server are allowed with the one that was asked for. */
export function allowServer(asked: DefinedTool, all: readonly DefinedTool[]): ServerApproval {
	const tools = all.filter(({ server }) => server === asked.server);
	return { server: asked.server, tools: tools.map(({ id, hash }) => ({ id, hash })) };
}

export function allowTool({ server, id, hash }: DefinedTool): ServerApproval {
	return { server, tools: [{ id, hash }] };
}

export function isToolAllowed(tool: DefinedTool, approvals: readonly ServerApproval[]): boolean {
	return approvals.some(({ tools }) => tools.some(({ id, hash }) => id === tool.id && hash === tool.hash));
}
