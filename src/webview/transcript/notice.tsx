import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { Item } from '../../protocol/transcript.ts';
import { countdownText, useSecondsUntil } from '../countdown.ts';
import { usePage } from '../pageContext.ts';
import { DetailView } from '../parts/detailView.tsx';
import { Icon } from '../parts/icon.tsx';

type NoticeItem = Extract<Item, { kind: 'notice' }>;

interface NoticeProps {
	item: NoticeItem;
	/** Only what stands in the newest group can still be acted on. */
	canAct: boolean;
}

/** One quiet line: what happened besides the answer. May count down, offer ways on, and open. */
export function Notice({ item, canAct }: NoticeProps) {
	const page = usePage();
	const isOpen = useSignal(false);
	const detailId = useId();
	const { icon, text, until, actions = [], detail } = item;
	const seconds = useSecondsUntil(until);
	return (
		<div class="notice-box">
			<div class="notice">
				<Icon name={icon} className={icon === 'warning' || until !== undefined ? 'tone-warn' : 'tone-muted'} />
				<p class="notice-text">
					{seconds === undefined ? text : countdownText(text, seconds)}{' '}
					{canAct &&
						actions.map(({ action, label, argument }) => (
							<button type="button" class="link" key={label} onClick={() => page.act(action, argument)}>
								{label}
							</button>
						))}
					{detail !== undefined && (
						<button
							type="button"
							class="link"
							aria-expanded={isOpen.value}
							aria-controls={isOpen.value ? detailId : undefined}
							onClick={() => {
								isOpen.value = !isOpen.value;
							}}
						>
							{isOpen.value ? 'Hide what was kept' : 'Show what was kept'}
						</button>
					)}
				</p>
			</div>
			{detail !== undefined && isOpen.value && (
				<div class="row-detail" id={detailId}>
					<DetailView detail={detail} />
				</div>
			)}
		</div>
	);
}
