import * as z from 'zod';
import type { ModelFacts, ModelPrice } from '../../agent/modelFacts.ts';
import { type ReasoningEffort, reasoningEffort } from '../../agent/settings/modelSettings.ts';
import { compareEfforts, type ModelAbilities, type ParameterName } from '../../agent/settings/modelSettingsFor.ts';
import { optionalFlag, optionalNumber, optionalText, optionalTexts } from '../lenient.ts';
import { readPrice } from './modelPrice.ts';

/** One row of the catalogue. */
export interface CatalogueModel extends ModelAbilities {
	readonly id: string;
	/** With the vendor in front: "DeepSeek: DeepSeek V4". */
	readonly name: string;
	/** Seconds since 1970. */
	readonly created: number;
	/** Dated id under which answers and bills name the model. */
	readonly canonicalId?: string;
	/** Where an alias such as `~openai/gpt-latest` leads now. */
	readonly aliasOf?: string;
	/**
	 * Tokens of input and output together, over all providers: the service asks only those that a request fits. The
	 * listing's `top_provider` has the size at one of them, which may be much smaller.
	 */
	readonly contextLength?: number;
	readonly maxOutputTokens?: number;
	/** Absent where a router sets it. */
	readonly price?: ModelPrice;
	readonly supportsTools: boolean;
	/** Whether a JSON Schema can be given for the answer. */
	readonly takesSchema: boolean;
	/** `text`, `image`, `file`, `audio`, `video`, and what comes to be. */
	readonly inputs: readonly string[];
	readonly outputs: readonly string[];
	/** Whether the service checks requests before they reach the model. */
	readonly isModerated: boolean;
	/** Share of tasks solved, 0–100, in the benchmarks the service publishes. */
	readonly codingIndex?: number;
	readonly agenticIndex?: number;
	/** Day on which the model goes, `YYYY-MM-DD`. */
	readonly expires?: string;
}

export interface ParsedModels {
	readonly models: readonly CatalogueModel[];
	/** Rows that could not be read and were left out. */
	readonly unreadable: number;
}

/** What a parameter of ours is called in `supported_parameters`; any of the names will do. */
const WIRE_PARAMETERS: readonly (readonly [ours: ParameterName, theirs: readonly string[]])[] = [
	['reasoningEffort', ['reasoning', 'reasoning_effort']],
	['temperature', ['temperature']],
	['topP', ['top_p']],
	['topK', ['top_k']],
	['minP', ['min_p']],
	['topA', ['top_a']],
	['frequencyPenalty', ['frequency_penalty']],
	['presencePenalty', ['presence_penalty']],
	['repetitionPenalty', ['repetition_penalty']],
	['seed', ['seed']],
	['stop', ['stop']],
	['verbosity', ['verbosity']],
	['maxOutputTokens', ['max_tokens', 'max_completion_tokens']],
	// Four of 400 rows name it (2026-08-08), and OpenAI's do not, which take it: it goes with tools.
	['parallelToolCalls', ['parallel_tool_calls', 'tools']],
];

const SCHEMA_PARAMETER = 'structured_outputs';

/** Names in `supported_parameters` that mean something here. */
export const USED_PARAMETERS: ReadonlySet<string> = new Set([
	...WIRE_PARAMETERS.flatMap(([, theirs]) => theirs),
	SCHEMA_PARAMETER,
]);

const NOTICE_MS = 30 * 24 * 60 * 60 * 1000;

/** The chat endpoint does not serve these. */
const BATCH_SUFFIX = ':batch';

const modelRow = z.looseObject({
	id: z.string().min(1),
	canonical_slug: optionalText,
	name: optionalText,
	created: optionalNumber,
	context_length: optionalNumber,
	expiration_date: optionalText,
	supported_parameters: optionalTexts,
	pricing: z.unknown().optional(),
	architecture: z
		.looseObject({ input_modalities: optionalTexts, output_modalities: optionalTexts })
		.nullish()
		.catch(undefined),
	top_provider: z
		.looseObject({ max_completion_tokens: optionalNumber, is_moderated: optionalFlag })
		.nullish()
		.catch(undefined),
	reasoning: z
		.looseObject({
			// Null stands for all of them, absence for a model whose efforts are not listed.
			supported_efforts: z.array(z.unknown()).nullable().optional().catch(undefined),
			default_effort: optionalText,
			default_enabled: optionalFlag,
			supports_max_tokens: optionalFlag,
			mandatory: optionalFlag,
		})
		.nullish()
		.catch(undefined),
	benchmarks: z
		.looseObject({
			artificial_analysis: z
				.looseObject({ coding_index: optionalNumber, agentic_index: optionalNumber })
				.nullish()
				.catch(undefined),
		})
		.nullish()
		.catch(undefined),
	alias_target: z.looseObject({ slug: optionalText }).nullish().catch(undefined),
});
type ModelRow = z.infer<typeof modelRow>;

/**
 * Reads the rows of a listing. A row of an unknown form is left out, and so are those that the chat endpoint does not
 * serve; of two rows with one id the first counts. Fields that are new, missing or of another type are no fault.
 */
export function parseModels(rows: readonly unknown[]): ParsedModels {
	const models = new Map<string, CatalogueModel>();
	let unreadable = 0;
	for (const row of rows) {
		const { success, data } = modelRow.safeParse(row);
		if (!success) {
			unreadable++;
		} else if (!data.id.endsWith(BATCH_SUFFIX) && !models.has(data.id)) {
			models.set(data.id, readRow(data));
		}
	}
	return { models: [...models.values()], unreadable };
}

/** The part of a row that the agent works with. */
export function factsOf(model: CatalogueModel): ModelFacts {
	const { contextLength, maxOutputTokens, price } = model;
	return {
		...(contextLength !== undefined && { contextLength }),
		...(maxOutputTokens !== undefined && { maxOutputTokens }),
		...(price !== undefined && { price }),
		takesImages: takesImages(model),
	};
}

/** Rows that never go carry a date in 2098 (seen 2026-08). */
const NEVER = '2090';

/** Whether it goes within a month. */
export function leavesSoon({ expires }: CatalogueModel, now: number): boolean {
	return expires !== undefined && Date.parse(expires) < now + NOTICE_MS;
}

export function takesImages(model: CatalogueModel): boolean {
	return model.inputs.includes('image');
}

function readRow(row: ModelRow): CatalogueModel {
	const price = readPrice(row.pricing);
	const maxOutputTokens = row.top_provider?.max_completion_tokens;
	const indexes = row.benchmarks?.artificial_analysis;
	const supported = new Set(row.supported_parameters ?? []);
	const reasoning = readReasoning(row, supported);
	return {
		id: row.id,
		name: row.name ?? row.id,
		created: row.created ?? 0,
		...(row.canonical_slug && row.canonical_slug !== row.id && { canonicalId: row.canonical_slug }),
		...(row.alias_target?.slug && { aliasOf: row.alias_target.slug }),
		...(isCount(row.context_length) && { contextLength: row.context_length }),
		...(isCount(maxOutputTokens) && { maxOutputTokens }),
		...(price !== undefined && { price }),
		supportsTools: supported.has('tools'),
		takesSchema: supported.has(SCHEMA_PARAMETER),
		parameters: readParameters(row, supported, price),
		...(reasoning !== undefined && { reasoning }),
		inputs: row.architecture?.input_modalities ?? ['text'],
		outputs: row.architecture?.output_modalities ?? ['text'],
		isModerated: row.top_provider?.is_moderated ?? false,
		...(typeof indexes?.coding_index === 'number' && { codingIndex: indexes.coding_index }),
		...(typeof indexes?.agentic_index === 'number' && { agenticIndex: indexes.agentic_index }),
		...(row.expiration_date && row.expiration_date < NEVER && { expires: row.expiration_date }),
	};
}

function readParameters(
	row: ModelRow,
	supported: ReadonlySet<string>,
	price: ModelPrice | undefined,
): ReadonlySet<ParameterName> {
	const listed = WIRE_PARAMETERS.filter(([, theirs]) => theirs.some(name => supported.has(name))).map(([ours]) => ours);
	const takesTokens = listed.includes('reasoningEffort') && takesReasoningTokens(row);
	return new Set<ParameterName>([
		...listed,
		...(takesTokens ? (['reasoningTokens'] as const) : []),
		// No row names these two. A tier that a provider does not have is served as the usual one.
		'serviceTier',
		...(price?.cacheWriteHour === undefined ? [] : (['cacheLifetime'] as const)),
	]);
}

/**
 * Models without a list of efforts are those that think by a budget of tokens, Claude 4.5 and Gemini 2.5 among them:
 * the service makes a share of the answer's limit of each effort, so a number can be given as well.
 */
function takesReasoningTokens({ reasoning }: ModelRow): boolean {
	return reasoning?.supports_max_tokens ?? reasoning?.supported_efforts === undefined;
}

function readReasoning({ reasoning }: ModelRow, supported: ReadonlySet<string>): CatalogueModel['reasoning'] {
	if (!supported.has('reasoning') && !supported.has('reasoning_effort')) {
		return undefined;
	}
	const isMandatory = reasoning?.mandatory ?? false;
	const thinking = readEfforts(reasoning?.supported_efforts);
	const efforts: readonly ReasoningEffort[] = isMandatory ? thinking : ['none', ...thinking];
	// Some are off unless asked, and have an effort for when they are.
	const defaultEffort = reasoning?.default_enabled === false ? 'none' : readEffort(reasoning?.default_effort);
	return { efforts, isMandatory, ...(defaultEffort !== undefined && { defaultEffort }) };
}

/** Those that are thinking, the least first. */
function readEfforts(efforts: readonly unknown[] | null | undefined): readonly ReasoningEffort[] {
	const listed = efforts === undefined ? ['low', 'medium', 'high'] : (efforts ?? reasoningEffort.options);
	return listed
		.flatMap(effort => readEffort(effort) ?? [])
		.filter(effort => effort !== 'none')
		.toSorted(compareEfforts);
}

function readEffort(value: unknown): ReasoningEffort | undefined {
	return reasoningEffort.safeParse(value).data;
}

function isCount(value: number | null | undefined): value is number {
	return typeof value === 'number' && value > 0;
}
