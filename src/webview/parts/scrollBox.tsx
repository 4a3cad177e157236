import type { ComponentChildren } from 'preact';

interface ScrollBoxProps {
	className: string;
	/** Says what scrolls. */
	label: string;
	id?: string;
	children: ComponentChildren;
}

/** A box that scrolls by itself. It takes the focus, so that the keyboard can scroll it too. */
export function ScrollBox({ className, label, id, children }: ScrollBoxProps) {
	return (
		// biome-ignore lint/a11y/useSemanticElements: a fieldset groups form controls, this is output.
		// biome-ignore lint/a11y/noNoninteractiveTabindex: see above.
		<div class={className} id={id} tabIndex={0} role="group" aria-label={label}>
			{children}
		</div>
	);
}
