import * as z from 'zod';
import type { ToolDefinition } from '../agent/model.ts';
import type { Tool } from '../agent/tool.ts';

/** The tool as the model is told of it. Key order is the schema's own: the text is part of the cached prefix. */
export function toolDefinition(tool: Tool): ToolDefinition {
	const { $schema: _, ...parameters } = z.toJSONSchema(tool.input, {
		// What is optional for the sender is optional.
		io: 'input',
		// Some providers refuse it.
		override({ jsonSchema }) {
			delete jsonSchema.additionalProperties;
		},
	});
	return { name: tool.name, description: tool.description, parameters };
}
