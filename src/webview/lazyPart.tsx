import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { usePage } from './pageContext.ts';

/** A part of the page whose code loads when it is first shown, or before. */
export interface LazyPart<Props> {
	readonly View: ComponentType<Props>;
	/** Begins to load the code; does nothing while it loads and once it did. Never rejects: the view tells a failure. */
	load(): Promise<void>;
}

type State<Props> =
	| { readonly kind: 'waiting' }
	| { readonly kind: 'loaded'; readonly view: ComponentType<Props> }
	| { readonly kind: 'failed'; readonly error: unknown };

/**
 * Makes a part whose code loads by itself: what the first paint does not need must not delay it.
 * @param load imports the part's module.
 */
export function lazyPart<Props extends object>(load: () => Promise<ComponentType<Props>>): LazyPart<Props> {
	const state = signal<State<Props>>({ kind: 'waiting' });
	let loading: Promise<void> | undefined;
	const start = () => {
		loading ??= load().then(
			view => {
				state.value = { kind: 'loaded', view };
			},
			(error: unknown) => {
				loading = undefined;
				state.value = { kind: 'failed', error };
			},
		);
		return loading;
	};
	const View = (props: Props) => {
		const shown = state.value;
		useEffect(() => void start(), []);
		switch (shown.kind) {
			case 'waiting':
				return <div class="loading-part" aria-busy="true" />;
			case 'loaded':
				return <shown.view {...props} />;
			case 'failed':
				return <FailedPart error={shown.error} onRetry={() => void start()} />;
		}
	};
	return { View, load: start };
}

/** The files of the page are gone, such as after an update of the extension. */
function FailedPart({ error, onRetry }: { error: unknown; onRetry: () => void }) {
	const page = usePage();
	useEffect(() => page.reportError(error), [error, page]);
	return (
		<div class="nothing">
			<p>This part of the panel could not be loaded. After an update of the extension, reload the window.</p>
			<button type="button" class="button secondary" onClick={onRetry}>
				Try again
			</button>
		</div>
	);
}
