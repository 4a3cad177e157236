import type { ComponentChildren, Ref } from 'preact';

interface ScrollBoxProps {
	className: string;
	/** Says what scrolls. */
	label: string;
	id?: string;
	boxRef?: Ref<HTMLDivElement>;
	onScroll?: () => void;
	children: ComponentChildren;
}

/** A box that scrolls by itself. It takes the focus, so that the keyboard can scroll it too. */
export function ScrollBox({ className, label, id, boxRef, onScroll, children }: ScrollBoxProps) {
	return (
		// biome-ignore lint/a11y/useSemanticElements: a fieldset groups form controls, this is output.
		<div
			class={className}
			id={id}
			{...(boxRef && { ref: boxRef })}
			// biome-ignore lint/a11y/noNoninteractiveTabindex: see above.
			tabIndex={0}
			role="group"
			aria-label={label}
			onScroll={onScroll}
		>
			{children}
		</div>
	);
}
