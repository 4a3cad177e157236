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
	/** It stays where it is and can be focused, so that the focus is not lost. */
	isDisabled?: boolean;
}

export function IconButton({ icon, label, onClick, className = '', isDisabled = false }: IconButtonProps) {
	return (
		<button
			type="button"
			class={`icon-button ${className}`}
			title={label}
			aria-label={label}
			aria-disabled={isDisabled || undefined}
			onClick={onClick}
		>
			<Icon name={icon} />
		</button>
	);
}
