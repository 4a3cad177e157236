import type { Intent } from '../intents/intent.ts';
import type { CurrentFile } from '../turn.ts';

/** What a plan may know besides its intent and the results of its calls. */
export interface PlanContext {
	readonly current: CurrentFile | undefined;
	/** The lines that "more" continues with. */
	readonly nextLines: { readonly path: string; readonly from: number } | undefined;
}

export type IntentOf<Kind extends Intent['kind']> = Extract<Intent, { readonly kind: Kind }>;
