import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

export interface MenuItem {
	readonly label: string;
	readonly run: () => void;
}

interface MenuButtonProps {
	label: string;
	className: string;
	items: readonly MenuItem[];
	/** Where the menu opens, seen from its button. */
	placement: 'above-start' | 'below-end';
	children: ComponentChildren;
}

/** A button that opens a menu, by the pattern of the ARIA practices: arrows move, Escape closes, the focus returns. */
export function MenuButton({ label, className, items, placement, children }: MenuButtonProps) {
	const isOpen = useSignal(false);
	const box = useRef<HTMLDivElement>(null);
	const menuId = useId();

	const close = (returnFocus: boolean) => {
		isOpen.value = false;
		if (returnFocus) {
			box.current?.querySelector('button')?.focus();
		}
	};
	const choose = (item: MenuItem) => {
		close(true);
		item.run();
	};
	const onKeyDown = (event: KeyboardEvent) => {
		if (isOpen.value && moveInMenu(event, box.current)) {
			return;
		}
		if (isOpen.value && event.key === 'Escape') {
			event.stopPropagation();
			close(true);
		} else if (!isOpen.value && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
			event.preventDefault();
			isOpen.value = true;
		}
	};
	useEffect(() => {
		if (isOpen.value) {
			box.current?.querySelector<HTMLElement>('[role="menuitem"]')?.focus();
		}
	}, [isOpen.value]);
	const onFocusOut = ({ relatedTarget }: FocusEvent) => {
		if (!(relatedTarget instanceof Node && box.current?.contains(relatedTarget))) {
			isOpen.value = false;
		}
	};

	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: it only listens to the keys of the button and the items inside.
		<div class="menu-box" ref={box} onKeyDown={onKeyDown} onFocusOut={onFocusOut}>
			<button
				type="button"
				class={className}
				title={label}
				aria-label={label}
				aria-haspopup="menu"
				aria-expanded={isOpen.value}
				aria-controls={isOpen.value ? menuId : undefined}
				onClick={() => {
					isOpen.value = !isOpen.value;
				}}
			>
				{children}
			</button>
			{isOpen.value && (
				<div class={`menu ${placement}`} role="menu" id={menuId} aria-label={label}>
					{items.map(item => (
						<button type="button" role="menuitem" tabIndex={-1} key={item.label} onClick={() => choose(item)}>
							{item.label}
						</button>
					))}
				</div>
			)}
		</div>
	);
}

/** @returns whether the key was one that moves between items. */
function moveInMenu(event: KeyboardEvent, box: HTMLElement | null): boolean {
	const items = [...(box?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])];
	const at = items.findIndex(item => item.matches(':focus'));
	const targets: Record<string, HTMLElement | undefined> = {
		// biome-ignore-start lint/style/useNamingConvention: names of keys.
		ArrowDown: items[(at + 1) % items.length],
		ArrowUp: items.at(at - 1),
		Home: items[0],
		End: items.at(-1),
		// biome-ignore-end lint/style/useNamingConvention: names of keys.
	};
	const target = targets[event.key];
	if (target === undefined) {
		return false;
	}
	event.preventDefault();
	event.stopPropagation();
	target.focus();
	return true;
}
