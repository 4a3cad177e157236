import { jsonBytes } from '../../agent/jsonBytes.ts';
import type { ModelRequest, OutputFormat, ToolDefinition } from '../../agent/model.ts';
import { answerLimit, type ModelLimits } from './answerLimit.ts';
import { cacheKey, cacheMarks } from './cacheMarks.ts';
import { wireModelId } from './modelFamily.ts';
import { providerRouting, usesPreset } from './providerRouting.ts';
import { wireMessages } from './wireMessages.ts';
import { wireParameters } from './wireParameters.ts';
import { withoutUndefined } from './withoutUndefined.ts';

/** What differs between the attempts at one request. */
export interface BodyOptions {
	readonly limits?: ModelLimits | undefined;
	/** Overrides the rule, after the service named what is possible. */
	readonly maxTokens?: number | undefined;
	/** Off after a provider refused the reasoning it was sent. */
	readonly replaysReasoning?: boolean;
	/** Off after the service refused the provider that was asked first. */
	readonly withPin?: boolean;
	/** Fields that the service refused. */
	readonly without?: ReadonlySet<string>;
}

/**
 * The JSON body of `/chat/completions`, its fields in a fixed order. What the provider compares with its cache, tools and
 * messages, comes last, and nothing that changes between two requests of a session is in it.
 */
export interface RequestBody {
	readonly model: string;
	readonly stream: true;
	readonly session_id: string;
	readonly max_tokens: number;
	readonly [field: string]: unknown;
	readonly messages: readonly object[];
}

const MAX_SESSION_ID_LENGTH = 256;

/** Builds the body. The same request gives the same bytes: providers find their cache by the prefix. */
export function buildBody(request: ModelRequest, options: BodyOptions = {}): RequestBody {
	const { limits, without = new Set() } = options;
	const { parameters = {}, tools, output, fallbacks } = request;
	const model = wireModelId(request.model);
	const marks = cacheMarks(request);
	const isOutputInWords = output !== undefined && without.has('response_format');
	const messageOptions = {
		model,
		images: request.images ?? {},
		takesImages: limits?.takesImages,
		replaysReasoning: options.replaysReasoning ?? true,
		marks,
		note: isOutputInWords ? outputInWords(output) : undefined,
	};
	const messages = wireMessages(request.messages, messageOptions);
	const wireTools = tools.map(wireTool);
	const wanted = request.maxOutputTokens ?? parameters.maxOutputTokens;
	const images = countImages(request);
	const maxTokens = options.maxTokens ?? answerLimit(inputBytes(request), wanted, limits, images);
	const optional = withoutUndefined({
		models: fallbacks?.length ? fallbacks.map(wireModelId) : undefined,
		preset: request.preset,
		prompt_cache_key: cacheKey(request),
		...wireParameters(parameters, maxTokens, wireTools.length > 0),
		provider: providerRouting(request, options.withPin),
		response_format: output && responseFormat(output),
		tools: wireTools.length > 0 ? wireTools : undefined,
	});
	return {
		model,
		stream: true,
		session_id: request.sessionId.slice(0, MAX_SESSION_ID_LENGTH),
		max_tokens: maxTokens,
		// Without it small models lose the middle of the conversation, tool results included, without a word. Those of a
		// preset would be replaced by it.
		...(!usesPreset(request) && { plugins: [{ id: 'context-compression', enabled: false }] }),
		...Object.fromEntries(Object.entries(optional).filter(([name]) => !without.has(name))),
		messages,
	};
}

/** Pictures are counted besides. */
function inputBytes({ messages, tools }: ModelRequest): number {
	const parts: readonly object[] = [...tools, ...messages];
	return parts.reduce((bytes, part) => bytes + jsonBytes(part), 0);
}

function countImages({ messages, images }: ModelRequest): number {
	const refs = images === undefined ? [] : messages.flatMap(message => ('images' in message && message.images) || []);
	return refs.filter(({ hash }) => images?.[hash] !== undefined).length;
}

function wireTool({ name, description, parameters }: ToolDefinition): object {
	return { type: 'function', function: { name, description, parameters } };
}

function responseFormat({ name, schema }: OutputFormat): object {
	return { type: 'json_schema', json_schema: { name, strict: isStrict(schema), schema } };
}

/** For models that cannot be held to a schema. */
function outputInWords({ schema }: OutputFormat): string {
	return `Answer with one JSON object that fits this JSON Schema, and with nothing else:\n${JSON.stringify(schema)}`;
}

/** Whether a schema meets what strict mode demands: every object closed, and all of its properties required. */
function isStrict(schema: unknown): boolean {
	if (Array.isArray(schema)) {
		return schema.every(isStrict);
	}
	if (typeof schema !== 'object' || schema === null) {
		return true;
	}
	const { properties, required, additionalProperties } = schema as Partial<Record<string, unknown>>; // any object is one
	if (typeof properties === 'object' && properties !== null) {
		const names: readonly unknown[] = Array.isArray(required) ? required : [];
		if (additionalProperties !== false || !Object.keys(properties).every(name => names.includes(name))) {
			return false;
		}
	}
	return Object.values(schema).every(isStrict);
}
