import * as z from 'zod';
import type { ToolDefinition } from '../agent/model.ts';
import type { Tool } from '../agent/tool.ts';

/** The tool as the model is told of it. Key order is the schema's own: the text is part of the cached prefix. */
export function toolDefinition(tool: Tool): ToolDefinition {
	// As input: what is optional for the sender, and without the `additionalProperties` that some providers refuse.
	const { $schema: _, ...parameters } = z.toJSONSchema(tool.input, { io: 'input' });
	return { name: tool.name, description: tool.description, parameters };
}
