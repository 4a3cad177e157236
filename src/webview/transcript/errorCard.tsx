import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { Item } from '../../protocol/transcript.ts';
import { usePage } from '../pageContext.ts';
import { Icon } from '../parts/icon.tsx';
import { ScrollBox } from '../parts/scrollBox.tsx';

interface ErrorCardProps {
	item: Extract<Item, { kind: 'error' }>;
	/** Only the newest error can still be mended. */
	canAct: boolean;
}

/** What happened, why, and the button that mends it. */
export function ErrorCard({ item, canAct }: ErrorCardProps) {
	const page = usePage();
	const isOpen = useSignal(false);
	const titleId = useId();
	const detailsId = useId();
	const actions = canAct ? item.actions : [];
	return (
		// biome-ignore lint/a11y/useSemanticElements: a fieldset groups form controls, this is a message.
		<div class="card error-card" role="group" aria-labelledby={titleId}>
			<Icon name="error" className="tone-bad" />
			<div class="card-body">
				<p class="card-title" id={titleId}>
					<span class="sr-only">Error: </span>
					{item.title}
				</p>
				{item.text !== '' && <p>{item.text}</p>}
				{(actions.length > 0 || item.details !== undefined) && (
					<div class="buttons">
						{actions.map(({ action, label, argument }, index) => (
							<button
								type="button"
								class={`button ${index === 0 ? 'primary' : 'secondary'}`}
								key={label}
								onClick={() => page.act(action, argument)}
							>
								{label}
							</button>
						))}
						{item.details !== undefined && (
							<button
								type="button"
								class="button quiet"
								aria-expanded={isOpen.value}
								aria-controls={isOpen.value ? detailsId : undefined}
								onClick={() => {
									isOpen.value = !isOpen.value;
								}}
							>
								Details
							</button>
						)}
					</div>
				)}
				{isOpen.value && (
					<ScrollBox className="output" id={detailsId} label="Details of the error">
						{item.details}
					</ScrollBox>
				)}
			</div>
		</div>
	);
}
