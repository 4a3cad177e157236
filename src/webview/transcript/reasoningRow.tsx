import { useSignal } from '@preact/signals';
import { formatDuration } from '../../protocol/amounts.ts';
import type { Item } from '../../protocol/transcript.ts';
import type { GrowingText } from '../growingText.ts';
import { FoldRow } from './foldRow.tsx';
import { MarkdownText } from './markdownText.tsx';

interface ReasoningRowProps {
	item: Extract<Item, { kind: 'reasoning' }>;
	text: GrowingText;
}

/** What the model thought. Folded, also while it thinks, unless the user opens it. */
export function ReasoningRow({ item, text }: ReasoningRowProps) {
	const isOpen = useSignal(false);
	const isThinking = item.state === 'streaming';
	const duration = item.durationMs === undefined ? '' : `for ${formatDuration(item.durationMs)}`;
	return (
		<FoldRow
			icon={isThinking ? 'loading' : 'lightbulb'}
			tone={isThinking ? 'busy' : 'muted'}
			state={isThinking ? 'running' : item.state === 'interrupted' ? 'stopped' : 'done'}
			verb={isThinking ? 'Thinking' : 'Thought'}
			subject={<span class="muted-prose">{duration}</span>}
			isOpen={isOpen.value}
			onToggle={() => {
				isOpen.value = !isOpen.value;
			}}
		>
			<div class="reasoning-text">
				<MarkdownText text={text} state={item.state} />
			</div>
		</FoldRow>
	);
}
