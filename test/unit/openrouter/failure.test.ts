import assert from 'node:assert/strict';
import { advise } from '../../../src/agent/advice.ts';
import { ModelError, type ModelErrorKind } from '../../../src/agent/model.ts';
import { readFailure } from '../../../src/openrouter/failure.ts';
import { isObject, parseJson } from '../../../src/openrouter/lenient.ts';
import { readDocument } from '../../../src/openrouter/readAnswer.ts';
import { repairFor } from '../../../src/openrouter/repair.ts';
import { wireError } from '../../../src/openrouter/wire.ts';
import { type ErrorFixture, errorFixtures, readFixture } from './fixtures.ts';

const NOW = 1_795_219_200_000;

interface Expected {
	readonly kind: ModelErrorKind;
	/** Milliseconds. */
	readonly retryAfter?: number;
	/** First button. */
	readonly action: string;
	readonly message?: RegExp;
	readonly repair?: string;
}

const newSession = { kind: 'contextLength', action: 'newSession' } as const;
const replay = { kind: 'badRequest', action: 'retry' } as const;
const auth = { kind: 'auth', action: 'setKey' } as const;
const noRoute = { kind: 'noRoute', action: 'privacySettings' } as const;
const notFound = { kind: 'modelNotFound', action: 'chooseModel' } as const;
const unsupported = { kind: 'unsupported', action: 'chooseModel' } as const;
const unavailable = { kind: 'unavailable', action: 'retry' } as const;
const rateLimit = { kind: 'rateLimit', action: 'retry' } as const;

/** Every body of the index. */
const EXPECTED: Readonly<Record<string, Expected>> = {
	'400-model-not-found.json': { ...notFound, message: /^acme\/fake-1.0 is not a valid model ID$/ },
	'400-model-not-found-legacy.json': notFound,
	'400-wrong-endpoint.json': notFound,
	'400-invalid-request.json': replay,
	'400-context-length.json': { ...newSession, repair: 'smallerAnswer' },
	'400-context-length-middle-out.json': { ...newSession, repair: 'smallerAnswer' },
	'400-context-length-typed.json': newSession,
	'400-context-length-anthropic-raw.json': { ...newSession, message: /^Anthropic: prompt is too long: 210113 tokens/ },
	'400-context-length-openai-raw.json': newSession,
	'400-context-length-gemini-raw.json': {
		...newSession,
		message: /^Google AI Studio: The input token count \(1200000\)/,
	},
	'400-gemini-thought-signature.json': { ...replay, message: /: Function call is missing a thought_signature/ },
	'400-gemini-corrupted-signature.json': { ...replay, repair: 'dropReasoning' },
	'400-anthropic-thinking-modified.json': { ...replay, repair: 'dropReasoning' },
	'400-anthropic-invalid-signature.json': { ...replay, repair: 'dropReasoning' },
	'400-deepseek-reasoning-content.json': replay,
	'400-tool-call-id-missing.json': replay,
	'400-provider-image-limit.json': {
		...replay,
		message: /^Crucible: Model 'moonshotai\/kimi-k2.6' supports at most 1 image/,
	},
	'400-provider-flat-raw.json': { ...replay, message: /^Xiaomi: Param Incorrect$/ },
	'400-content-policy.json': { kind: 'moderation', action: 'chooseModel' },
	'400-tool-schema.json': replay,
	'400-oauth-method.json': replay,
	'401-no-auth-credentials.json': auth,
	'401-missing-authentication-header.json': auth,
	'401-user-not-found.json': auth,
	'402-insufficient-credits.json': { kind: 'credits', action: 'addCredits' },
	'402-fewer-max-tokens.json': { kind: 'credits', action: 'addCredits', repair: 'smallerAnswer' },
	'402-fewer-max-tokens-key-limit.json': { kind: 'keyLimit', action: 'keySettings' },
	'402-prompt-tokens-limit.json': { kind: 'keyLimit', action: 'keySettings' },
	'402-in-flight-budget.json': { ...rateLimit, retryAfter: 3_000 },
	'402-weight-exceeds-budget.json': { kind: 'credits', action: 'addCredits' },
	'403-moderation.json': { kind: 'moderation', action: 'chooseModel', message: /flagged for "illicit\/violent"/ },
	'403-guardrail.json': { kind: 'moderation', action: 'chooseModel' },
	'403-key-limit-total.json': { kind: 'keyLimit', action: 'keySettings' },
	'403-budget.json': { kind: 'keyLimit', action: 'keySettings', retryAfter: 864_000_000 },
	'403-management-key-only.json': { kind: 'forbidden', action: 'chooseModel' },
	'403-region.json': { kind: 'forbidden', action: 'chooseModel' },
	'403-oauth-code.json': { kind: 'forbidden', action: 'chooseModel' },
	'403-oauth-expired.json': { kind: 'forbidden', action: 'chooseModel' },
	'404-no-endpoints-tool-use.json': unsupported,
	'404-no-endpoints-tool-choice.json': unsupported,
	'404-no-endpoints-parameters.json': noRoute,
	'404-no-endpoints-image.json': unsupported,
	'404-data-policy.json': noRoute,
	'404-data-policy-guardrail.json': noRoute,
	'404-no-endpoints-free.json': notFound,
	'404-privacy-restricted.json': noRoute,
	'404-model-deprecated.json': notFound,
	'404-free-variant-ended.json': notFound,
	'404-constraint-filtered.json': noRoute,
	'404-auto-router-empty.json': noRoute,
	'404-generation-not-ready.json': notFound,
	'405-method.json': replay,
	'408-timeout.json': unavailable,
	'409-conflict.json': unavailable,
	'413-payload.json': newSession,
	'422-unprocessable.json': replay,
	'429-free-per-day-50.json': { kind: 'freeQuota', action: 'chooseModel', retryAfter: 86_400_000 },
	'429-free-per-day-1000.json': { kind: 'freeQuota', action: 'chooseModel', retryAfter: 86_400_000 },
	'429-free-per-minute.json': { ...rateLimit, retryAfter: 60_000 },
	// The reset lies in the past, so nothing is known.
	'429-free-model-shared-capacity.json': rateLimit,
	'429-upstream-shared-pool.json': {
		...rateLimit,
		retryAfter: 30_000,
		message: /^BaseTen: .* is temporarily rate-limited/,
	},
	'429-upstream-2025.json': rateLimit,
	'429-capacity-exhausted.json': { ...rateLimit, retryAfter: 40_000 },
	'429-platform-typed.json': { ...rateLimit, retryAfter: 60_000 },
	'429-cloudflare-1015.txt': { ...rateLimit, retryAfter: 60_000 },
	'500-internal.json': unavailable,
	'502-provider-returned-error.json': { ...unavailable, message: /^DeepInfra: upstream connect error/ },
	'502-html.html': { ...unavailable, message: /^Bad gateway Error code 502$/ },
	'503-no-provider.json': noRoute,
	'503-temporarily-unavailable.json': { ...unavailable, retryAfter: 10_000 },
	'504-timeout.json': unavailable,
	'524-edge-timeout.json': unavailable,
	'529-overloaded.json': unavailable,
	'200-error-body.json': { ...unavailable, message: /^Kluster: error code: 1015$/ },
	'200-choice-error.json': { ...unavailable, message: /Provider disconnected mid-stream/ },
	'200-malformed-function-call.json': { ...unavailable, message: /MALFORMED_FUNCTION_CALL/ },
};

describe('readFailure', () => {
	for (const fixture of errorFixtures) {
		const name = fixture.file.replace('errors/', '');

		it(`${name}: kind, retry, wait, message, advice`, () => {
			const expected = EXPECTED[name];
			assert.ok(expected, 'the table has this body');
			const error = read(fixture);
			assert.equal(error.kind, expected.kind);
			// The record of a bill comes late; who asks for it retries, the chat does not.
			assert.equal(error.fields.isRetryable, name === '404-generation-not-ready.json' ? false : fixture.retry);
			assert.equal(error.fields.retryAfterMs, expected.retryAfter);
			assert.match(error.message, expected.message ?? /^[^{}<\n]+$/);
			assert.equal(repairFor(error, 131_072)?.type, expected.repair);
			const advice = advise({ kind: error.kind, message: error.message, fields: error.fields });
			assert.equal(advice.actions[0]?.action, expected.action);
			assert.match(advice.text, /^[A-Za-z\d][^\n<]+$/);
		});
	}

	it('has no expectation without its body', () => {
		const names = errorFixtures.map(({ file }) => file.replace('errors/', ''));
		assert.deepEqual(Object.keys(EXPECTED).sort(), names.sort());
	});

	it('names the models that the service offers instead', () => {
		const error = read({ file: 'errors/404-model-deprecated.json', status: 404, headers: {}, retry: false });
		assert.deepEqual(error.fields.alternatives, ['openai/gpt-4.1']);
		const [first] = advise({ kind: error.kind, message: error.message, fields: error.fields }).actions;
		assert.deepEqual(first, { action: 'chooseModel', label: 'Use openai/gpt-4.1', argument: 'openai/gpt-4.1' });
	});

	it('says what answer the credit pays for', () => {
		const error = read({ file: 'errors/402-fewer-max-tokens.json', status: 402, headers: {}, retry: false });
		assert.equal(error.fields.affordableTokens, 30_104);
	});

	it('keeps what came over the wire for the details, shortened and without a key', () => {
		const key = `sk-or-v1-${'ab'.repeat(32)}`;
		const error = readFailure({
			status: 400,
			error: wireError.parse({ message: `Key ${key} is wrong`, metadata: { raw: 'x'.repeat(100_000) } }),
			now: NOW,
			key,
		});
		assert.ok(!JSON.stringify([error.message, error.fields]).includes(key));
		assert.ok((error.fields.details?.length ?? 0) <= 4_000);
		assert.ok(error.message.length <= 400);
	});

	it('says something when the service says nothing', () => {
		const error = readFailure({ status: 503, now: NOW });
		assert.equal(error.message, 'OpenRouter answered with status 503.');
	});

	it('reads an error that is bare text', () => {
		const error = readFailure({ status: 500, error: wireError.parse('It broke'), now: NOW });
		assert.equal(error.message, 'It broke');
	});
});

/** As the client reads it: from the body of an HTTP error, or from that of a 200. */
function read({ file, status, headers }: ErrorFixture): ModelError {
	const text = new TextDecoder().decode(readFixture(file));
	if (status === 200) {
		return refusalOf(text);
	}
	const body = parseJson(text);
	return readFailure({
		status,
		headers: new Headers(headers),
		...(isObject(body) ? { error: wireError.parse(body['error']) } : { text }),
		now: NOW,
	});
}

function refusalOf(text: string): ModelError {
	try {
		const events = [...readDocument(text, { newCallId: () => 'x', now: () => NOW })];
		assert.fail(`read as an answer: ${JSON.stringify(events)}`);
	} catch (error) {
		assert.ok(error instanceof ModelError, String(error));
		return error;
	}
}
