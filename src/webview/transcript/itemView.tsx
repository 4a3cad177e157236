import { usePage } from '../pageContext.ts';
import { Icon } from '../parts/icon.tsx';
import { ErrorCard } from './errorCard.tsx';
import { MarkdownText } from './markdownText.tsx';
import { ReasoningRow } from './reasoningRow.tsx';
import { ReceiptRow } from './receiptRow.tsx';
import { ToolRow } from './toolRow.tsx';
import type { Entry } from './transcriptWindow.ts';

interface ItemViewProps {
	entry: Entry;
	/** It stands in the newest group. */
	isNewest: boolean;
}

/** One item. Drawn anew only when its own entry changes. */
export function ItemView({ entry, isNewest }: ItemViewProps) {
	const page = usePage();
	const item = entry.item.value;
	switch (item.kind) {
		case 'user':
			return <UserBubble text={item.text} chips={item.chips} />;
		case 'text':
			return (
				<div class="prose">
					{entry.text && <MarkdownText text={entry.text} state={item.state} />}
					{item.state === 'interrupted' && <p class="interrupted">Interrupted here.</p>}
				</div>
			);
		case 'reasoning':
			return entry.text ? <ReasoningRow item={item} text={entry.text} /> : null;
		case 'tool':
			return <ToolRow item={item} />;
		case 'notice':
			return (
				<p class="notice">
					<Icon name={item.icon} className="tone-warn" />
					<span>{item.text}</span>
				</p>
			);
		case 'error':
			return <ErrorCard item={item} canAct={isNewest} />;
		case 'receipt':
			return <ReceiptRow item={item} answer={() => answerBefore(page.transcript.entries.peek(), entry)} />;
		default:
			return item satisfies never;
	}
}

function UserBubble({ text, chips }: { text: string; chips: readonly string[] }) {
	return (
		<div class="bubble">
			<p class="bubble-text">{text}</p>
			{chips.length > 0 && (
				<ul class="bubble-chips" aria-label="Attached">
					{chips.map(chip => (
						<li class="chip" key={chip}>
							<Icon name="file-code" />
							<span class="chip-label">{chip}</span>
						</li>
					))}
				</ul>
			)}
		</div>
	);
}

/** The Markdown of the turn that ends with a receipt. */
function answerBefore(entries: readonly Entry[], receipt: Entry): string {
	const before = entries.slice(0, entries.indexOf(receipt));
	const start = before.findLastIndex(({ item }) => item.peek().kind === 'user' || item.peek().kind === 'receipt') + 1;
	return before
		.slice(start)
		.filter(({ item }) => item.peek().kind === 'text')
		.map(({ text }) => String(text ?? '').trim())
		.join('\n\n');
}
