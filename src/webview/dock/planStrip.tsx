import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { PlanItemView } from '../../protocol/messages.ts';
import type { IconName } from '../icon.ts';
import { Icon } from '../parts/icon.tsx';
import { ScrollBox } from '../parts/scrollBox.tsx';

interface PlanStripProps {
	plan: readonly PlanItemView[];
	/** Not while an approval is up: it needs the room. */
	canOpen: boolean;
}

const icons: Readonly<Record<PlanItemView['status'], IconName>> = {
	open: 'circle-large',
	active: 'record',
	done: 'pass-filled',
};

/** What the agent plans to do, in a line that opens: the step it is at, and how many are done. */
export function PlanStrip({ plan, canOpen }: PlanStripProps) {
	const isWanted = useSignal(false);
	const listId = useId();
	const isOpen = isWanted.value && canOpen;
	const done = plan.filter(({ status }) => status === 'done').length;
	const current = plan.find(({ status }) => status === 'active') ?? plan.find(({ status }) => status === 'open');
	return (
		<div class="strip plan">
			<button
				type="button"
				class="plan-label"
				aria-expanded={isOpen}
				aria-controls={isOpen ? listId : undefined}
				onClick={() => {
					isWanted.value = !isOpen;
				}}
			>
				<Icon name="checklist" />
				<span class="plan-title">
					<span class="muted">Plan: </span>
					{current?.text ?? 'done'}
				</span>
				<span class="plan-count">{`${done} of ${plan.length}`}</span>
				<Icon name={isOpen ? 'chevron-down' : 'chevron-right'} />
			</button>
			{isOpen && (
				<ScrollBox className="plan-box" label="Steps" id={listId}>
					<ol class="plan-items" aria-label="Plan">
						{plan.map(({ text, status }, index) => (
							// Steps are told whole each time and have no names of their own.
							<li class={`plan-item ${status}`} aria-current={status === 'active' ? 'step' : undefined} key={index}>
								<Icon name={icons[status]} />
								<span class="sr-only">{`${status}: `}</span>
								<span class="plan-text">{text}</span>
							</li>
						))}
					</ol>
				</ScrollBox>
			)}
		</div>
	);
}
