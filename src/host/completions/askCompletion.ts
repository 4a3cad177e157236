import { answerText, type TextAnswer } from '../../agent/answerText.ts';
import type { CompletionExtent } from '../../agent/completion/completionPlace.ts';
import { ANSWER_END, ANSWER_TOKENS } from '../../agent/completion/completionPrompt.ts';
import { type Message, type ModelClient, ModelError } from '../../agent/model.ts';
import type { ModelSettings } from '../../agent/settings/modelSettings.ts';
import { requestSettings } from '../../agent/settings/requestSettings.ts';
import { resolveModelId } from '../../openrouter/catalogue/modelIds.ts';
import type { CatalogueModel } from '../../openrouter/catalogue/models.ts';
import type { Translate } from '../translate.ts';
import { chooseCompletionModel, completionSettings } from './completionModel.ts';

export interface CompletionAsker {
	/** Reserves and books what it spends by itself. */
	readonly client: () => ModelClient;
	readonly models: () => Promise<readonly CatalogueModel[]>;
	/** Id that the user named; empty for the rule. */
	readonly written: () => string;
	readonly settingsOf: (model: string) => ModelSettings;
	/** In the ledger, and for the service, what a session is elsewhere. */
	readonly sessionId: string;
	/** Milliseconds since 1970. */
	readonly now: () => number;
	readonly translate: Translate;
	/** Told which model is asked. */
	readonly onModel: (id: string) => void;
}

/**
 * Asks the model for one completion.
 * @throws ModelError as the client does; of kind `modelNotFound` where the setting names none, and of kind `unsupported`
 * where the price of that is not known: nobody would see what all the small requests come to.
 */
export async function askCompletion(
	asker: CompletionAsker,
	messages: readonly Message[],
	extent: CompletionExtent,
	signal: AbortSignal,
): Promise<TextAnswer> {
	const { id, model } = await chosenModel(asker);
	signal.throwIfAborted();
	asker.onModel(id);
	const { settings, thinkingTokens } = completionSettings(asker.settingsOf(id), ANSWER_END, model);
	const request = {
		model: id,
		messages,
		tools: [],
		sessionId: asker.sessionId,
		purpose: 'completion',
		maxOutputTokens: ANSWER_TOKENS[extent] + thinkingTokens,
		...requestSettings(settings),
	} as const;
	return answerText(asker.client(), request, signal);
}

async function chosenModel(asker: CompletionAsker): Promise<{ readonly id: string; readonly model: CatalogueModel }> {
	const models = await asker.models();
	const written = asker.written();
	if (written === '') {
		const model = chooseCompletionModel(models, asker.now());
		if (model === undefined) {
			throw new ModelError('modelNotFound', asker.translate('No model of the list suits as a default.'));
		}
		return { id: model.id, model };
	}
	const found = resolveModelId(written, models);
	if (found.type === 'unknown') {
		throw new ModelError(
			'modelNotFound',
			found.reason ?? asker.translate('OpenRouter lists no model "{0}".', written),
			found.closest.length > 0 ? { alternatives: found.closest } : {},
		);
	}
	if (found.model?.price === undefined) {
		throw new ModelError(
			'unsupported',
			asker.translate('What {0} costs is not known beforehand, so it is not asked for completions.', found.id),
		);
	}
	return { id: found.id, model: found.model };
}
