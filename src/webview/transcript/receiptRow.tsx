import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { Item } from '../../protocol/transcript.ts';
import { formatDuration, formatTokens } from '../amounts.ts';
import { usePage } from '../pageContext.ts';
import { IconButton } from '../parts/icon.tsx';

type Receipt = Extract<Item, { kind: 'receipt' }>;

interface ReceiptRowProps {
	item: Receipt;
	/** The prose of the turn. */
	answer: () => string;
}

/** What a turn took. How much of it is shown depends on the width; all of it opens below. */
export function ReceiptRow({ item, answer }: ReceiptRowProps) {
	const page = usePage();
	const isOpen = useSignal(false);
	const listId = useId();
	const { cost, model, provider, cachedShare, promptTokens, completionTokens, durationMs } = item;
	return (
		<div class="receipt-box">
			<div class="receipt">
				<button
					type="button"
					class="receipt-label"
					aria-expanded={isOpen.value}
					aria-controls={isOpen.value ? listId : undefined}
					title="What this turn took"
					onClick={() => {
						isOpen.value = !isOpen.value;
					}}
				>
					<span class="receipt-part">{cost}</span>
					<span class="receipt-part receipt-model">{model}</span>
					{provider !== undefined && <span class="receipt-part when-wide">{provider}</span>}
					{promptTokens !== undefined && completionTokens !== undefined && (
						<span class="receipt-part when-wide">
							{`${formatTokens(promptTokens)} in, ${formatTokens(completionTokens)} out`}
						</span>
					)}
					{cachedShare !== undefined && cachedShare > 0 && (
						<span class="receipt-part when-middle">{`${Math.round(cachedShare * 100)}% cached`}</span>
					)}
					<span class="receipt-part when-middle">{formatDuration(durationMs)}</span>
				</button>
				<IconButton icon="copy" label="Copy answer" onClick={() => page.copy(answer())} />
			</div>
			{isOpen.value && (
				<dl class="receipt-list" id={listId}>
					{rows(item).map(([term, value]) => (
						<div key={term}>
							<dt>{term}</dt>
							<dd>{value}</dd>
						</div>
					))}
				</dl>
			)}
		</div>
	);
}

function rows(item: Receipt): readonly (readonly [string, string])[] {
	const { cost, model, provider, cachedShare, promptTokens, completionTokens, durationMs } = item;
	const cached = cachedShare === undefined ? '' : `, ${Math.round(cachedShare * 100)}% from cache`;
	return [
		['Cost', cost],
		['Model', model],
		...(provider === undefined ? [] : [['Provider', provider] as const]),
		...(promptTokens === undefined ? [] : [['Tokens in', `${promptTokens.toLocaleString('en')}${cached}`] as const]),
		...(completionTokens === undefined ? [] : [['Tokens out', completionTokens.toLocaleString('en')] as const]),
		['Time', formatDuration(durationMs)],
	];
}
