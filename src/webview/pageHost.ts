import type { PageMessage } from '../protocol/messages.ts';

/** What survives a rebuild of the page. The editor keeps it as long as the view lives. */
export interface SavedState {
	readonly draft: string;
	/** Session the scroll position belongs to. */
	readonly sessionId?: string;
	/** Entry at the top edge, and how many pixels of it are above; absent at the end of the transcript. */
	readonly scroll?: { readonly entryId: string; readonly offset: number };
	/** Settings that were changed in the form and not stored. */
	readonly form?: FormDraft;
}

export interface FormDraft {
	readonly target: string;
	readonly settings: Readonly<Record<string, unknown>>;
}

interface VsCodeApi {
	postMessage(message: PageMessage): void;
	getState(): unknown;
	setState(state: SavedState): void;
}

// Given to every webview by the editor.
declare function acquireVsCodeApi(): VsCodeApi;

/** Milliseconds of rest after which the state is saved: not with every key. */
const SAVE_AFTER = 200;

/** The page's way to the host. There is one for a page: the editor hands its interface out once. */
export class PageHost {
	readonly #api = acquireVsCodeApi();
	#saved: SavedState = readState(this.#api.getState());
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor() {
		// The page may go at any time; what is not saved then is lost.
		addEventListener('pagehide', () => this.#save());
	}

	get saved(): SavedState {
		return this.#saved;
	}

	post(message: PageMessage): void {
		this.#api.postMessage(message);
	}

	save(state: SavedState): void {
		this.#saved = state;
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.#save(), SAVE_AFTER);
	}

	#save(): void {
		clearTimeout(this.#timer);
		this.#api.setState(this.#saved);
	}
}

/** An older version of ours may have saved something else. */
function readState(value: unknown): SavedState {
	if (typeof value !== 'object' || value === null || !('draft' in value) || typeof value.draft !== 'string') {
		return { draft: '' };
	}
	const { draft } = value;
	const form = 'form' in value ? readForm(value.form) : undefined;
	const sessionId = 'sessionId' in value && typeof value.sessionId === 'string' ? value.sessionId : undefined;
	const scroll = 'scroll' in value ? readScroll(value.scroll) : undefined;
	return { draft, ...(sessionId !== undefined && { sessionId }), ...(scroll && { scroll }), ...(form && { form }) };
}

function readForm(value: unknown): FormDraft | undefined {
	if (typeof value !== 'object' || value === null || !('target' in value) || !('settings' in value)) {
		return undefined;
	}
	const { target, settings } = value;
	return typeof target === 'string' && typeof settings === 'object' && settings !== null
		? { target, settings: { ...settings } }
		: undefined;
}

function readScroll(value: unknown): SavedState['scroll'] {
	if (typeof value !== 'object' || value === null || !('entryId' in value) || !('offset' in value)) {
		return undefined;
	}
	const { entryId, offset } = value;
	return typeof entryId === 'string' && typeof offset === 'number' ? { entryId, offset } : undefined;
}
