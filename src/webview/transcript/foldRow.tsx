import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { IconName } from '../icon.ts';
import { Icon } from '../parts/icon.tsx';

interface FoldRowProps {
	icon: IconName;
	/** Colours the icon; also the hidden word a screen reader ends the name with. */
	tone: 'muted' | 'ok' | 'bad' | 'warn' | 'busy';
	state: string;
	verb: string;
	/** What the verb works on, as text of the button. */
	subject?: ComponentChildren;
	/** The subject whole, where there may be no room for it. */
	tooltip?: string;
	/** What stands beside the button and can be clicked by itself, such as a file's name. */
	beside?: ComponentChildren;
	/** Right side. */
	note?: ComponentChildren;
	isOpen: boolean;
	onToggle: () => void;
	/** The row shows or hides what stands elsewhere, instead of `children`. */
	opensOthers?: boolean;
	/** What opens below. */
	children?: ComponentChildren;
}

/** One grey line: icon, verb, subject, result. Opens when there is more to see. */
export function FoldRow(props: FoldRowProps) {
	const {
		icon,
		tone,
		state,
		verb,
		subject,
		tooltip,
		beside,
		note,
		isOpen,
		onToggle,
		opensOthers = false,
		children,
	} = props;
	const detailId = useId();
	const hasDetail = children !== undefined && children !== null;
	const canOpen = hasDetail || opensOthers;
	const label = (
		<>
			<Icon name={icon} className={`tone-${tone}`} />
			<span class="verb">{verb}</span>
			{subject !== undefined && ' '}
			{subject !== undefined && (
				<span class="subject" title={tooltip}>
					{subject}
				</span>
			)}
			<span class="sr-only"> {state}</span>
		</>
	);
	return (
		<div class="row-box">
			<div class={`row ${canOpen ? 'can-open' : ''}`}>
				{canOpen ? (
					<button
						type="button"
						class="row-label"
						aria-expanded={isOpen}
						aria-controls={isOpen && hasDetail ? detailId : undefined}
						onClick={onToggle}
					>
						{label}
					</button>
				) : (
					<span class="row-label">{label}</span>
				)}
				{beside}
				{canOpen && <Icon name={isOpen ? 'chevron-down' : 'chevron-right'} className="row-chevron" />}
				<span class="row-note">{note}</span>
			</div>
			{hasDetail && isOpen && (
				<div class="row-detail" id={detailId}>
					{children}
				</div>
			)}
		</div>
	);
}
