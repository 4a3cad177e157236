/** What comes in on standard input: a prompt, or JSON with a message and tools to run first. */
import * as z from 'zod';
import { decodeText } from '../../files/encoding.ts';
import { parseJsonFile } from '../jsonFile.ts';
import { type CliError, usageError } from './cliError.ts';

/** A tool that the caller wants to run, without a model. */
export interface DirectCall {
	readonly name: string;
	/** Checked by the tool itself. */
	readonly params: Readonly<Record<string, unknown>>;
}

export interface InputRequest {
	readonly message: string;
	readonly tools: readonly DirectCall[];
}

/** More is no prompt. */
const MAX_INPUT_BYTES = 10_000_000;

const request = z.strictObject({
	message: z.string().default(''),
	tools: z
		.array(z.strictObject({ name: z.string(), params: z.record(z.string(), z.unknown()).default({}) }))
		.readonly()
		.default([]),
});

/** Reads standard input to its end. @throws CliError when it is too large. */
export async function readInput(stream: AsyncIterable<Uint8Array>): Promise<string> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of stream) {
		length += chunk.length;
		if (length > MAX_INPUT_BYTES) {
			throw usageError(
				'Standard input has more than 10 MB. Name the file in the prompt instead, so that it is read in parts.',
			);
		}
		chunks.push(chunk);
	}
	return decodeText(Buffer.concat(chunks)).text;
}

/**
 * A request in JSON, or else the text itself as the message. Text that only looks like JSON, such as a piece of code, is
 * a message.
 * @throws CliError for JSON that is meant as a request and is none.
 */
export function parseInput(text: string): InputRequest {
	if (!/^\s*\{/.test(text)) {
		return { message: text, tools: [] };
	}
	const parsed = parseJsonFile(text);
	if (!parsed.ok) {
		if (/^\s*\{\s*"(?:message|tools)"\s*:/.test(text)) {
			const { line, column } = parsed.place;
			throw usageError(`Standard input is not valid JSON: ${parsed.problem} at line ${line}, column ${column}.`);
		}
		return { message: text, tools: [] };
	}
	if (!isRecord(parsed.value) || !('message' in parsed.value || 'tools' in parsed.value)) {
		return { message: text, tools: [] };
	}
	const checked = request.safeParse(parsed.value);
	if (!checked.success) {
		throw misfit(checked.error.issues[0]);
	}
	return checked.data;
}

function misfit(issue: z.core.$ZodIssue | undefined): CliError {
	const place = issue?.path.map(String).join('.') ?? '';
	return usageError(
		`The request on standard input does not fit${place === '' ? '' : ` at "${place}"`}: ${issue?.message ?? 'not valid'}. ` +
			'It has the form {"message": "…", "tools": [{"name": "grep", "params": {…}}]}.',
	);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
