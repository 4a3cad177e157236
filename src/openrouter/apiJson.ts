import type * as z from 'zod';
import { systemClock } from '../agent/clock.ts';
import { ModelError } from '../agent/model.ts';
import { wireError } from './answer/wire.ts';
import { type ApiRequest, type Connection, send } from './connection.ts';
import { oneLine } from './failure/errorText.ts';
import { readFailure } from './failure/failure.ts';
import { redact } from './failure/redact.ts';
import { stopped } from './failure/stopped.ts';
import { isObject, parseJson } from './lenient.ts';

/** A connection, and the signal that ends the request. */
export interface ApiCall extends Connection {
	readonly signal: AbortSignal;
}

/**
 * Fetches a JSON document and parses it.
 * @throws ModelError as `send` does, also for an error in a 200 and for a document of another shape.
 */
export async function getJson<Schema extends z.ZodType>(
	call: ApiCall,
	path: string,
	schema: Schema,
	options: { readonly isPublic?: boolean } = {},
): Promise<z.infer<Schema>> {
	return askJson(call, { method: 'get', path, accept: 'application/json', ...options }, schema);
}

/** Sends a JSON document and parses the one that comes back. @throws ModelError as `getJson` does. */
export async function postJson<Schema extends z.ZodType>(
	call: ApiCall,
	path: string,
	body: object,
	schema: Schema,
): Promise<z.infer<Schema>> {
	return askJson(call, { method: 'post', path, body, accept: 'application/json' }, schema);
}

async function askJson<Schema extends z.ZodType>(
	call: ApiCall,
	request: ApiRequest,
	schema: Schema,
): Promise<z.infer<Schema>> {
	const response = await send(call, request, call.signal);
	const text = await readText(response, call.signal);
	const body = parseJson(text);
	const error = isObject(body) ? wireError.safeParse(body['error']) : undefined;
	if (error?.success) {
		throw readFailure({
			headers: response.headers,
			error: error.data,
			now: (call.clock ?? systemClock).now(),
			key: call.key,
		});
	}
	const parsed = schema.safeParse(body);
	if (!parsed.success) {
		throw new ModelError(
			'notAnAnswer',
			`OpenRouter's answer to ${request.path.replace(/\?.*/, '')} has an unknown form.`,
			{
				details: redact(oneLine(text, 200), call.key),
			},
		);
	}
	return parsed.data;
}

/** @throws ModelError when the connection breaks or the signal fires before the body is whole. */
export async function readText(response: Response, signal: AbortSignal): Promise<string> {
	try {
		return await response.text();
	} catch (error) {
		throw signal.aborted
			? stopped(signal)
			: new ModelError(
					'network',
					'The connection broke before the answer was whole.',
					{ isRetryable: true },
					{ cause: error },
				);
	}
}
