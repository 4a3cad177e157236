import { useSignal } from '@preact/signals';
import { formatDuration } from '../../protocol/amounts.ts';
import type { Item } from '../../protocol/transcript.ts';
import { FoldRow } from './foldRow.tsx';
import { countSteps, type Group } from './groups.ts';
import { ItemView } from './itemView.tsx';

/** One message of the user, or what the agent did until the next. The finished rows of a turn fold into one. */
export function GroupView({ group }: { group: Group }) {
	const isOpen = useSignal(false);
	const firstFolded = group.entries.find(entry => group.folded.has(entry));
	return (
		<article class={`group ${group.kind}`} aria-label={group.kind === 'user' ? 'You' : 'Agent'} tabIndex={-1}>
			{group.entries.map(entry => (
				<div class={entryClass(entry.item.peek())} data-entry={entry.id} key={entry.id}>
					{entry === firstFolded && (
						<FoldRow
							icon="check"
							tone="ok"
							state="done"
							verb="Worked"
							subject={<span class="muted-prose">{stepCount(group)}</span>}
							note={durationOf(group)}
							opensOthers
							isOpen={isOpen.value}
							onToggle={() => {
								isOpen.value = !isOpen.value;
							}}
						/>
					)}
					{(isOpen.value || !group.folded.has(entry)) && <ItemView entry={entry} isNewest={group.isLast} />}
				</div>
			))}
		</article>
	);
}

function stepCount({ folded }: Group): string {
	const steps = countSteps(folded);
	return steps === 1 ? '1 step' : `${steps} steps`;
}

/** An item keeps its kind and its parent as long as it lives. */
function entryClass(item: Item): string {
	return `entry is-${item.kind}${item.kind === 'tool' && item.parentId !== undefined ? ' is-inner' : ''}`;
}

function durationOf({ entries }: Group): string {
	const receipt = entries.map(({ item }) => item.peek()).findLast(item => item.kind === 'receipt');
	return receipt?.kind === 'receipt' ? formatDuration(receipt.durationMs) : '';
}
