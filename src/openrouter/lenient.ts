/**
 * Schemas for what the service sends. It adds fields and enum values without notice and sends null for "not set", so
 * optional information that has an unexpected type counts as absent rather than as an error.
 */
import * as z from 'zod';

export const optionalText = z.string().nullish().catch(undefined);
export const optionalNumber = z.number().nullish().catch(undefined);
export const optionalFlag = z.boolean().nullish().catch(undefined);
export const optionalTexts = z.array(z.string()).nullish().catch(undefined);

/** Parses JSON text; undefined when it is none. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
