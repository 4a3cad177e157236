import type { ModelRef } from '../events.ts';
import type { ModelClient } from '../model.ts';
import type { ModelFacts } from '../modelFacts.ts';
import type { ModelSettings } from '../settings/modelSettings.ts';

/** A model ready to be asked: the client that reaches it, and what is known and wished of it. */
export interface ResolvedModel {
	/** Reserves and books what it spends by itself, see `meteredClient.ts`. */
	readonly client: ModelClient;
	readonly model: ModelRef;
	readonly facts: ModelFacts;
	/** What the user set, without what the model does not take. */
	readonly settings: ModelSettings;
	/** Names of the parameters that were left out for that. */
	readonly leftOut: readonly string[];
}
