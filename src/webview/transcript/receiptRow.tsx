import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { formatDuration, formatTokens } from '../../protocol/amounts.ts';
import type { Item } from '../../protocol/transcript.ts';
import { usePage } from '../pageContext.ts';
import { IconButton } from '../parts/icon.tsx';
import { RequestTable } from './requestTable.tsx';

type Receipt = Extract<Item, { kind: 'receipt' }>;

interface ReceiptRowProps {
	item: Receipt;
	/** The prose of the turn. */
	answer: () => string;
}

/** What a turn took. As much of it is in the line as fits, the first parts first; each request opens below. */
export function ReceiptRow({ item, answer }: ReceiptRowProps) {
	const page = usePage();
	const isOpen = useSignal(false);
	const tableId = useId();
	const more = partsOf(item);
	return (
		<div class="receipt-box">
			<div class="receipt">
				<button
					type="button"
					class="receipt-label"
					aria-expanded={isOpen.value}
					aria-controls={isOpen.value ? tableId : undefined}
					title="What this turn took"
					onClick={() => {
						isOpen.value = !isOpen.value;
					}}
				>
					<span class="receipt-main">
						<span class="receipt-part">{item.cost}</span>
						<span class="receipt-part receipt-model">{item.model}</span>
					</span>
					{more.map(part => (
						<span class="receipt-part receipt-more" key={part}>
							{part}
						</span>
					))}
				</button>
				<IconButton icon="copy" label="Copy answer" onClick={() => page.copy(answer())} />
			</div>
			{isOpen.value && (
				<div class="receipt-detail" id={tableId}>
					<RequestTable requests={item.requests} />
					{item.providerSwitches > 0 && <p class="receipt-remark">{switchText(item)}</p>}
				</div>
			)}
		</div>
	);
}

/** Behind cost and model, what counts most first. */
function partsOf(item: Receipt): readonly string[] {
	const { provider, cachedShare, promptTokens, completionTokens, durationMs } = item;
	return [
		...(cachedShare === undefined || cachedShare === 0 ? [] : [`${Math.round(cachedShare * 100)}% cached`]),
		formatDuration(durationMs),
		...(provider === undefined ? [] : [provider]),
		...(promptTokens === undefined || completionTokens === undefined
			? []
			: [`${formatTokens(promptTokens)} in, ${formatTokens(completionTokens)} out`]),
	];
}

function switchText({ providerSwitches, switchCost }: Receipt): string {
	const times = providerSwitches === 1 ? 'Once' : `${providerSwitches} times`;
	const cost = switchCost === undefined ? '' : ` What that cost: ${switchCost}.`;
	return `${times} another provider answered than the one with the warm cache.${cost}`;
}
