import type { IconName } from '../icon.ts';

/** An icon. It says nothing to a screen reader: a word beside it does. */
export function Icon({ name, className = '' }: { name: IconName; className?: string }) {
	return <span class={`icon icon-${name} ${className}`} aria-hidden="true" />;
}

interface IconButtonProps {
	icon: IconName;
	/** Also the tooltip. */
	label: string;
	onClick: (event: MouseEvent) => void;
	className?: string;
}

export function IconButton({ icon, label, onClick, className = '' }: IconButtonProps) {
	return (
		<button type="button" class={`icon-button ${className}`} title={label} aria-label={label} onClick={onClick}>
			<Icon name={icon} />
		</button>
	);
}
