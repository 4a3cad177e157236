/**
 * The tool could not do what was asked. The message goes to the model, so it says what to do next.
 * Anything else a tool throws is a bug of ours.
 */
export class ToolError extends Error {
	override readonly name = 'ToolError';
}
