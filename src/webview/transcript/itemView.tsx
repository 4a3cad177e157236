import type { Item } from '../../protocol/transcript.ts';
import { usePage } from '../pageContext.ts';
import { Icon, IconButton } from '../parts/icon.tsx';
import { ErrorCard } from './errorCard.tsx';
import { MarkdownText } from './markdownText.tsx';
import { Notice } from './notice.tsx';
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
			return <UserBubble item={item} />;
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
			return <Notice item={item} canAct={isNewest} />;
		case 'error':
			return <ErrorCard item={item} canAct={isNewest} />;
		case 'receipt':
			return <ReceiptRow item={item} answer={() => answerBefore(page.transcript.entries.peek(), entry)} />;
		default:
			return item satisfies never;
	}
}

function UserBubble({ item }: { item: Extract<Item, { kind: 'user' }> }) {
	const page = usePage();
	const { id, text, chips, images = [], canRestore } = item;
	const attached = [
		...images.map(label => ({ label, icon: 'file-media' as const })),
		...chips.map(label => ({ label, icon: 'file-code' as const })),
	];
	return (
		<div class="bubble">
			{canRestore && !page.isBusy.value && (
				<IconButton
					icon="discard"
					className="bubble-restore"
					label="Restore to before this message…"
					onClick={() => page.post({ type: 'restore', id })}
				/>
			)}
			<p class="bubble-text">{text}</p>
			{attached.length > 0 && (
				<ul class="bubble-chips" aria-label="Attached">
					{attached.map(({ label, icon }) => (
						<li class="chip" key={label}>
							<Icon name={icon} />
							<span class="chip-label">{label}</span>
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
