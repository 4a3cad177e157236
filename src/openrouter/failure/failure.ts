import { ModelError, type ModelErrorKind } from '../../agent/model.ts';
import { type WireError, wireError } from '../answer/wire.ts';
import { innermostMessage, oneLine } from './errorText.ts';
import { redact } from './redact.ts';
import { readRetryAfter } from './retryAfter.ts';

const MESSAGE_LIMIT = 400;
const DETAILS_LIMIT = 4_000;
/** The edge's firewall blocks for minutes and does not say so. */
const FIREWALL_WAIT_MS = 60_000;

/** A refusal as it came: as an HTTP error, as an error in a 200, or as an error inside a stream. */
export interface WireFailure {
	/** Absent inside a stream, where `error.code` stands for it. */
	readonly status?: number | undefined;
	readonly headers?: Headers | undefined;
	readonly error?: WireError | undefined;
	/** The body where it is no JSON. */
	readonly text?: string | undefined;
	readonly generationId?: string | undefined;
	/** Milliseconds since 1970, to read reset times. */
	readonly now: number;
	/** Taken out of all text. */
	readonly key?: string | undefined;
}

/** Says of a refusal what it is, whether waiting helps, and what the user should read. */
export function readFailure(failure: WireFailure): ModelError {
	const { now, key, generationId } = failure;
	const error = failure.error && withoutKey(failure.error, key);
	const bodyText = failure.text && redact(failure.text, key);
	const status = failure.status ?? statusOf(error);
	const provider = error?.metadata?.provider_name || undefined;
	const inner = innermostMessage(error?.metadata?.raw) ?? innermostMessage(error) ?? innermostMessage(bodyText) ?? '';
	const evidence = {
		status,
		error,
		text: `${innermostMessage(error) ?? ''}\n${rawText(error)}\n${bodyText ?? ''}`,
	};
	const kind = kindOf(evidence);
	const isRetryable = error?.availability?.retryable ?? canPass(kind, evidence);
	const retryAfterMs =
		readRetryAfter(failure.headers, error, now) ?? (isFirewall(evidence) ? FIREWALL_WAIT_MS : undefined);
	const affordable = /can only afford (\d+)/i.exec(evidence.text)?.[1];
	const details = error === undefined ? bodyText : JSON.stringify(error, undefined, 2);
	return new ModelError(kind, sentences(inner, provider, evidence), {
		...(status !== undefined && { status }),
		...(provider !== undefined && { provider }),
		isRetryable,
		...(retryAfterMs !== undefined && { retryAfterMs }),
		...(affordable !== undefined && { affordableTokens: Number(affordable) }),
		...(error?.availability?.fallback_models?.length && { alternatives: error.availability.fallback_models }),
		...(generationId !== undefined && { generationId }),
		...(details && { details: details.slice(0, DETAILS_LIMIT) }),
	});
}

/** In every field at once, as any of them may echo what was sent. */
function withoutKey(error: WireError, key: string | undefined): WireError {
	return wireError.parse(JSON.parse(redact(JSON.stringify(error), key)));
}

interface Evidence {
	readonly status: number | undefined;
	readonly error: WireError | undefined;
	/** Everything the service and the provider said. */
	readonly text: string;
}

const KIND_BY_AVAILABILITY: ReadonlyMap<string, ModelErrorKind> = new Map([
	['model_not_found', 'modelNotFound'],
	['wrong_endpoint', 'modelNotFound'],
	['model_deprecated', 'modelNotFound'],
	['model_unavailable_upstream', 'modelNotFound'],
	['free_variant_ended', 'modelNotFound'],
	['no_endpoints', 'noRoute'],
	['privacy_restricted', 'noRoute'],
	['constraint_filtered', 'noRoute'],
	['region_restricted', 'forbidden'],
	['capacity_exhausted', 'rateLimit'],
	['temporarily_unavailable', 'unavailable'],
]);

/** For errors without a status: streams may carry a word as their code. */
const KIND_BY_TYPE: ReadonlyMap<string, ModelErrorKind> = new Map([
	['context_length_exceeded', 'contextLength'],
	['token_limit_exceeded', 'contextLength'],
	['payload_too_large', 'contextLength'],
	['authentication', 'auth'],
	['payment_required', 'credits'],
	['permission_denied', 'forbidden'],
	['rate_limit_exceeded', 'rateLimit'],
	['not_found', 'modelNotFound'],
	['invalid_request', 'badRequest'],
	['invalid_prompt', 'badRequest'],
	['unprocessable', 'badRequest'],
	['invalid_image', 'unsupported'],
	['image_too_large', 'unsupported'],
	['image_too_small', 'unsupported'],
	['unsupported_image_format', 'unsupported'],
	['content_policy_violation', 'moderation'],
	['refusal', 'moderation'],
]);

/** As reported from OpenRouter, Anthropic, OpenAI, Google and others; the wording is all there is to tell them by. */
const OVERFLOW =
	/context_length_exceeded|maximum context length|prompt is too long|exceeds the maximum number of tokens|input token count .{0,40}exceeds|context window|too many tokens|token limit reached|reduce the length of (either one|the messages|your prompt)/i;

function kindOf(evidence: Evidence): ModelErrorKind {
	const { status, error, text } = evidence;
	const byAvailability = KIND_BY_AVAILABILITY.get(error?.availability?.code ?? '');
	if (byAvailability !== undefined) {
		return byAvailability;
	}
	const type = error?.metadata?.error_type ?? error?.error_type ?? '';
	const isClientError = status === undefined || (status >= 400 && status < 429);
	const isOverflow = type === 'context_length_exceeded' || type === 'token_limit_exceeded';
	if (isOverflow || (isClientError && status !== 402 && OVERFLOW.test(text))) {
		return 'contextLength';
	}
	if (status === undefined) {
		return KIND_BY_TYPE.get(type) ?? KIND_BY_TYPE.get(String(error?.code)) ?? 'unavailable';
	}
	if (status < 400) {
		return 'notAnAnswer';
	}
	return status >= 500 ? serverKind(text) : clientKind(status, evidence, type);
}

function clientKind(status: number, evidence: Evidence, type: string): ModelErrorKind {
	switch (status) {
		case 401:
			return 'auth';
		case 402:
			return paymentKind(evidence);
		case 403:
			return forbiddenKind(evidence, type);
		case 404:
			return notFoundKind(evidence.text);
		case 408:
		case 409:
		case 425:
			return 'unavailable';
		case 413:
			return 'contextLength';
		case 429:
			return tooManyKind(evidence);
		default:
			if (/not a valid model/i.test(evidence.text)) {
				return 'modelNotFound';
			}
			return requestKind(evidence.text, KIND_BY_TYPE.get(type));
	}
}

function serverKind(text: string): ModelErrorKind {
	return /no available model provider that meets your routing/i.test(text) ? 'noRoute' : 'unavailable';
}

/** What is refused as it stands: for its content, for something in it the model does not take, or for a fault of ours. */
function requestKind(text: string, typed: ModelErrorKind | undefined): ModelErrorKind {
	if (typed === 'moderation' || typed === 'unsupported') {
		return typed;
	}
	const isInputRefused = /supports? at most \d+ images?|(not|n't) support (image|tool|function)s?\b/i.test(text);
	return isInputRefused ? 'unsupported' : 'badRequest';
}

function paymentKind(evidence: Evidence): ModelErrorKind {
	if (isInFlightBudget(evidence)) {
		return 'rateLimit';
	}
	const isUpstream = evidence.error?.metadata?.provider_name && !/openrouter|afford/i.test(evidence.text);
	if (isUpstream && limitSource(evidence) === '' && !isOwnKey(evidence)) {
		// The provider's bill with OpenRouter, which is not the user's to pay.
		return 'unavailable';
	}
	return limitSource(evidence) === 'openrouter_key_limit' || /settings\/keys/i.test(evidence.text)
		? 'keyLimit'
		: 'credits';
}

function forbiddenKind(evidence: Evidence, type: string): ModelErrorKind {
	const { error, text } = evidence;
	if (/key limit exceeded|budget limit/i.test(text) || /key_limit|budget/.test(limitSource(evidence))) {
		return 'keyLimit';
	}
	const isModerated = error?.metadata?.reasons || error?.metadata?.patterns || KIND_BY_TYPE.get(type) === 'moderation';
	return isModerated ? 'moderation' : 'forbidden';
}

function notFoundKind(text: string): ModelErrorKind {
	if (/^generation\b.*not found/i.test(text)) {
		// The record of a bill is written some seconds after the answer.
		return 'unavailable';
	}
	if (/support (tool use|image input|the provided 'tool_choice')/i.test(text)) {
		return 'unsupported';
	}
	return /data policy|guardrail|requested parameters|model restrictions/i.test(text) ? 'noRoute' : 'modelNotFound';
}

/** Most of them pass; what is used up for the day, or for good, does not. */
function tooManyKind(evidence: Evidence): ModelErrorKind {
	const source = limitSource(evidence);
	if (source === 'openrouter_free_tier_daily' || /free-models-per-day/i.test(evidence.text)) {
		return 'freeQuota';
	}
	if (source === 'openrouter_credits') {
		return 'credits';
	}
	return /key_limit|(guardrail|workspace)_budget/.test(source) ? 'keyLimit' : 'rateLimit';
}

/** Requests that run now hold the credit reserved for them: it comes back when they end, so waiting helps. */
function isInFlightBudget(evidence: Evidence): boolean {
	return (
		evidence.error?.metadata?.reason === 'in_flight_budget_exhausted' ||
		limitSource(evidence) === 'openrouter_in_flight_budget'
	);
}

function isFirewall({ status, text }: Evidence): boolean {
	return status === 429 && /error code: 1015/i.test(text);
}

function canPass(kind: ModelErrorKind, evidence: Evidence): boolean {
	const { status, text } = evidence;
	if (status === 402) {
		return isInFlightBudget(evidence);
	}
	if (kind === 'rateLimit') {
		// The user's own account with a provider is empty: that is no matter of time.
		return !(isOwnKey(evidence) && /insufficient_quota|exceeded your current quota|insufficient balance/i.test(text));
	}
	return kind === 'unavailable' || (kind === 'noRoute' && status === 503);
}

function isOwnKey({ error }: Evidence): boolean {
	return error?.metadata?.is_byok === true;
}

function limitSource(evidence: Evidence): string {
	return evidence.error?.metadata?.limit_source ?? '';
}

function statusOf(error: WireError | undefined): number | undefined {
	const code = typeof error?.code === 'string' && /^\d{3}$/.test(error.code) ? Number(error.code) : error?.code;
	return typeof code === 'number' ? code : (error?.http_status ?? undefined);
}

function rawText(error: WireError | undefined): string {
	const raw = error?.metadata?.raw;
	return `${typeof raw === 'string' ? raw : raw === undefined ? '' : JSON.stringify(raw)} ${error?.metadata?.provider_code ?? ''}`;
}

/** What went wrong, and what the service says besides: which rule it was, and what to do. */
function sentences(inner: string, provider: string | undefined, { status, error }: Evidence): string {
	const text = oneLine(inner, MESSAGE_LIMIT);
	const isGeneric = text === '' || /^provider returned error\.?$/i.test(text);
	const type = error?.metadata?.error_type ?? error?.error_type;
	const generic = `${provider ?? (text === '' ? 'OpenRouter' : 'The provider')} answered with ${
		status === undefined ? 'an error' : `status ${status}`
	}${type ? ` (${type.replaceAll('_', ' ')})` : ''}.`;
	const said = provider === undefined ? text : `${provider}: ${text}`;
	const more = [error?.availability?.constraint?.detail, error?.metadata?.remedy_hint]
		.filter(extra => typeof extra === 'string' && extra !== '' && !text.includes(extra))
		.map(extra => oneLine(extra ?? '', MESSAGE_LIMIT));
	const first = isGeneric ? generic : said;
	return [more.length === 0 || /[.!?…]$/.test(first) ? first : `${first}.`, ...more].join(' ');
}
