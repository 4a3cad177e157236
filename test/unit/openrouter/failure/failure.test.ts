import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { advise } from '../../../../src/agent/advice.ts';
import { ModelError, type ModelErrorKind } from '../../../../src/agent/model.ts';
import { readDocument } from '../../../../src/openrouter/answer/readAnswer.ts';
import { wireError } from '../../../../src/openrouter/answer/wire.ts';
import { readFailure } from '../../../../src/openrouter/failure/failure.ts';
import { isObject, parseJson } from '../../../../src/openrouter/lenient.ts';
import { type Repair, repairFor } from '../../../../src/openrouter/request/repair.ts';
import { buildBody } from '../../../../src/openrouter/request/requestBody.ts';
import { request } from '../asking.ts';
import { type ErrorFixture, errorFixtures, readFixture } from '../fixtures.ts';

const NOW = 1_795_219_200_000;

/** Of each kind: the advice's title and first button. */
const ADVICE: Readonly<Partial<Record<ModelErrorKind, readonly [title: string, action: string]>>> = {
	auth: ['Key refused', 'setKey'],
	badRequest: ['Request not understood', 'retry'],
	contextLength: ['Too long for the model', 'chooseModel'],
	credits: ['Credit used up', 'addCredits'],
	forbidden: ['Not permitted', 'chooseModel'],
	freeQuota: ['Free requests used', 'chooseModel'],
	keyLimit: ['Spending limit reached', 'keySettings'],
	modelNotFound: ['Model not offered', 'chooseModel'],
	moderation: ['Request refused', 'chooseModel'],
	noRoute: ['No provider fits', 'editRouting'],
	rateLimit: ['Rate limited', 'retry'],
	unavailable: ['Provider unavailable', 'retry'],
	unsupported: ['Model cannot do this', 'chooseModel'],
};

interface More {
	/** Milliseconds that the service asks to wait. */
	readonly wait?: number;
	readonly message?: RegExp;
	readonly repair?: Repair['type'];
}

/** Every body: its kind, whether the same request may succeed later, and what else it tells. */
const EXPECTED: Readonly<Record<string, readonly [kind: ModelErrorKind, passes: 'passes' | 'final', more?: More]>> = {
	'400-model-not-found.json': ['modelNotFound', 'final', { message: /^acme\/fake-1.0 is not a valid model ID$/ }],
	'400-model-not-found-legacy.json': ['modelNotFound', 'final'],
	'400-wrong-endpoint.json': ['modelNotFound', 'final'],
	'400-invalid-request.json': ['badRequest', 'final'],
	'400-context-length.json': ['contextLength', 'final', { repair: 'smallerAnswer' }],
	'400-context-length-middle-out.json': ['contextLength', 'final', { repair: 'smallerAnswer' }],
	'400-context-length-typed.json': ['contextLength', 'final'],
	'400-context-length-anthropic-raw.json': [
		'contextLength',
		'final',
		{ message: /^Anthropic: prompt is too long: 210113 tokens/ },
	],
	'400-context-length-openai-raw.json': ['contextLength', 'final'],
	'400-context-length-gemini-raw.json': [
		'contextLength',
		'final',
		{ message: /^Google AI Studio: The input token count \(1200000\)/ },
	],
	'400-gemini-thought-signature.json': [
		'badRequest',
		'final',
		{ message: /: Function call is missing a thought_signature/ },
	],
	'400-gemini-corrupted-signature.json': ['badRequest', 'final', { repair: 'dropReasoning' }],
	'400-anthropic-thinking-modified.json': ['badRequest', 'final', { repair: 'dropReasoning' }],
	'400-anthropic-invalid-signature.json': ['badRequest', 'final', { repair: 'dropReasoning' }],
	'400-deepseek-reasoning-content.json': ['badRequest', 'final'],
	'400-tool-call-id-missing.json': ['badRequest', 'final'],
	'400-provider-image-limit.json': [
		'unsupported',
		'final',
		{ message: /^Crucible: Model 'moonshotai\/kimi-k2.6' supports at most 1 image/ },
	],
	'400-provider-flat-raw.json': ['badRequest', 'final', { message: /^Xiaomi: Param Incorrect$/ }],
	'400-content-policy.json': ['moderation', 'final', { message: /content policy violation/ }],
	'400-tool-schema.json': ['badRequest', 'final'],
	'400-oauth-method.json': ['badRequest', 'final'],
	'401-no-auth-credentials.json': ['auth', 'final'],
	'401-missing-authentication-header.json': ['auth', 'final'],
	'401-user-not-found.json': ['auth', 'final'],
	'402-insufficient-credits.json': ['credits', 'final'],
	'402-fewer-max-tokens.json': ['credits', 'final', { repair: 'smallerAnswer' }],
	'402-fewer-max-tokens-key-limit.json': ['keyLimit', 'final'],
	'402-prompt-tokens-limit.json': ['keyLimit', 'final'],
	'402-in-flight-budget.json': ['rateLimit', 'passes', { wait: 3_000 }],
	'402-weight-exceeds-budget.json': ['credits', 'final'],
	'403-moderation.json': ['moderation', 'final', { message: /flagged for "illicit\/violent"/ }],
	'403-guardrail.json': ['moderation', 'final'],
	'403-key-limit-total.json': ['keyLimit', 'final'],
	'403-budget.json': ['keyLimit', 'final', { wait: 864_000_000 }],
	'403-management-key-only.json': ['forbidden', 'final'],
	'403-region.json': ['forbidden', 'final'],
	'403-oauth-code.json': ['forbidden', 'final'],
	'403-oauth-expired.json': ['forbidden', 'final'],
	'404-no-endpoints-tool-use.json': ['unsupported', 'final'],
	'404-no-endpoints-tool-choice.json': ['unsupported', 'final'],
	'404-no-endpoints-parameters.json': ['noRoute', 'final', { repair: 'dropFields' }],
	'404-no-endpoints-image.json': ['unsupported', 'final'],
	'404-data-policy.json': ['noRoute', 'final'],
	'404-data-policy-guardrail.json': ['noRoute', 'final'],
	'404-no-endpoints-free.json': ['modelNotFound', 'final'],
	'404-privacy-restricted.json': ['noRoute', 'final'],
	'404-model-deprecated.json': ['modelNotFound', 'final'],
	'404-free-variant-ended.json': ['modelNotFound', 'final'],
	'404-constraint-filtered.json': [
		'noRoute',
		'final',
		{ message: /All endpoints cost more than the maximum price\.$/ },
	],
	'404-auto-router-empty.json': ['noRoute', 'final'],
	'404-generation-not-ready.json': ['unavailable', 'passes'],
	'405-method.json': ['badRequest', 'final'],
	'408-timeout.json': ['unavailable', 'passes'],
	'409-conflict.json': ['unavailable', 'passes'],
	'413-payload.json': ['contextLength', 'final'],
	'422-unprocessable.json': ['badRequest', 'final'],
	'429-free-per-day-50.json': ['freeQuota', 'final', { wait: 86_400_000 }],
	'429-free-per-day-1000.json': ['freeQuota', 'final', { wait: 86_400_000 }],
	'429-free-per-minute.json': ['rateLimit', 'passes', { wait: 60_000 }],
	// The reset lies in the past, so nothing is known.
	'429-free-model-shared-capacity.json': ['rateLimit', 'passes'],
	'429-upstream-shared-pool.json': [
		'rateLimit',
		'passes',
		{ wait: 30_000, message: /^BaseTen: .* is temporarily rate-limited/ },
	],
	'429-upstream-2025.json': ['rateLimit', 'passes'],
	'429-capacity-exhausted.json': ['rateLimit', 'passes', { wait: 40_000 }],
	'429-platform-typed.json': ['rateLimit', 'passes', { wait: 60_000 }],
	'429-cloudflare-1015.txt': ['rateLimit', 'passes', { wait: 60_000 }],
	'500-internal.json': ['unavailable', 'passes'],
	'502-provider-returned-error.json': ['unavailable', 'passes', { message: /^DeepInfra: upstream connect error/ }],
	'502-html.html': ['unavailable', 'passes', { message: /^Bad gateway Error code 502$/ }],
	'503-no-provider.json': ['noRoute', 'passes'],
	'503-temporarily-unavailable.json': ['unavailable', 'passes', { wait: 10_000 }],
	'504-timeout.json': ['unavailable', 'passes'],
	'524-edge-timeout.json': ['unavailable', 'passes'],
	'529-overloaded.json': ['unavailable', 'passes'],
	'200-error-body.json': ['unavailable', 'passes', { message: /^Kluster: error code: 1015$/ }],
	'200-choice-error.json': ['unavailable', 'passes', { message: /Provider disconnected mid-stream/ }],
	'200-malformed-function-call.json': ['unavailable', 'passes', { message: /MALFORMED_FUNCTION_CALL/ }],
};

/** With everything in it that a refusal may name. */
const FULL_BODY = buildBody(request({ output: { name: 'answer', schema: { type: 'object' } } }), {
	maxTokens: 131_072,
});

describe('readFailure', () => {
	for (const fixture of errorFixtures) {
		const name = fixture.file.replace('errors/', '');

		it(`${name}: kind, advice, whether it passes, wait, repair`, () => {
			const row = EXPECTED[name];
			assert.ok(row, 'the table has this body');
			const [kind, passes, { wait, message = /^[^{}<\n]+$/, repair } = {}] = row;
			const error = read(fixture);
			assert.equal(error.kind, kind);
			assert.equal(error.fields.isRetryable, passes === 'passes');
			assert.equal(error.fields.isRetryable, fixture.retry, 'as the fixture says');
			assert.equal(error.fields.retryAfterMs, wait);
			assert.match(error.message, message);
			assert.equal(repairFor(error, FULL_BODY)?.type, repair);
			const advice = advise({ kind: error.kind, message: error.message, fields: error.fields });
			assert.deepEqual([advice.title, advice.actions[0]?.action], ADVICE[kind]);
			assert.match(advice.text, /^[A-Za-z\d][^\n<]+$/);
		});
	}

	it('has a row for every body there is, and no other', () => {
		const files = readdirSync('test/fixtures/openrouter/errors').filter(file => file !== 'INDEX.json');
		assert.deepEqual(Object.keys(EXPECTED).sort(), files.sort());
		assert.equal(errorFixtures.length, files.length);
	});

	/** What no recorded body has: told apart by its typed fields alone. */
	const typed: readonly (readonly [status: number, metadata: object, kind: ModelErrorKind, isRetryable: boolean])[] = [
		[402, { reason: 'in_flight_budget_exhausted' }, 'rateLimit', true],
		[402, { limit_source: 'openrouter_key_limit' }, 'keyLimit', false],
		[402, { limit_source: 'openrouter_credits', reason: 'weight_exceeds_budget' }, 'credits', false],
		[402, { provider_name: 'DeepSeek', is_byok: false, raw: 'Insufficient Balance' }, 'unavailable', false],
		[402, { provider_name: 'DeepSeek', is_byok: true, raw: 'Insufficient Balance' }, 'credits', false],
		[403, { limit_source: 'openrouter_workspace_budget' }, 'keyLimit', false],
		[429, { limit_source: 'openrouter_free_tier_daily' }, 'freeQuota', false],
		[429, { limit_source: 'openrouter_key_limit' }, 'keyLimit', false],
		[429, { limit_source: 'openrouter_shared_capacity' }, 'rateLimit', true],
		[429, { is_byok: true, provider_code: 'insufficient_quota', provider_name: 'OpenAI' }, 'rateLimit', false],
		[429, { is_byok: false, provider_code: 'insufficient_quota', provider_name: 'OpenAI' }, 'rateLimit', true],
		[400, { error_type: 'image_too_large' }, 'unsupported', false],
		[400, { error_type: 'token_limit_exceeded' }, 'contextLength', false],
	];
	for (const [status, metadata, kind, isRetryable] of typed) {
		it(`takes ${status} ${JSON.stringify(metadata)} for ${kind}, ${isRetryable ? 'passing' : 'final'}`, () => {
			const error = readFailure({ status, error: wireError.parse({ message: 'No', metadata }), now: NOW });
			assert.deepEqual([error.kind, error.fields.isRetryable], [kind, isRetryable]);
		});
	}

	it('adds what the service advises', () => {
		const metadata = { provider_name: 'OpenAI', raw: 'Too much', remedy_hint: 'Add your own key.' };
		const error = readFailure({ status: 429, error: wireError.parse({ message: 'x', metadata }), now: NOW });
		assert.equal(error.message, 'OpenAI: Too much. Add your own key.');
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
