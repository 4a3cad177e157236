import { effect } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { TextState } from '../../protocol/transcript.ts';
import type { GrowingText } from '../growingText.ts';
import { MarkdownView } from '../markdown/markdownView.ts';
import { usePage } from '../pageContext.ts';

interface MarkdownTextProps {
	text: GrowingText;
	state: TextState;
}

/** Markdown that may still grow. Preact makes the box and never looks inside again. */
export function MarkdownText({ text, state }: MarkdownTextProps) {
	const page = usePage();
	const root = useRef<HTMLDivElement>(null);
	const view = useRef<MarkdownView | undefined>(undefined);

	useLayoutEffect(() => {
		if (root.current === null) {
			return;
		}
		const shown = new MarkdownView(root.current, text, page.frames, page);
		view.current = shown;
		const unsubscribe = effect(() => {
			// Read for the dependency.
			text.count.value;
			shown.update();
		});
		return () => {
			unsubscribe();
			shown.dispose();
		};
	}, [text, page]);
	useLayoutEffect(() => {
		if (state !== 'streaming') {
			view.current?.end();
		}
	}, [state]);

	return <div class={`markdown ${state === 'streaming' ? 'is-streaming' : ''}`} ref={root} />;
}
