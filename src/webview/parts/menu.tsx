import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Icon } from './icon.tsx';

const ITEMS = '[role^="menuitem"]';

export interface MenuItem {
	readonly label: string;
	/** What it means, in a second line. */
	readonly note?: string;
	/** Present for one of several that exclude each other. */
	readonly isChecked?: boolean;
	readonly run: () => void;
}

interface MenuButtonProps {
	label: string;
	className: string;
	items: readonly MenuItem[];
	/** Where the menu opens, seen from its button. */
	placement: 'above-start' | 'below-end';
	/** Stands above the items and holds for all of them. */
	header?: ComponentChildren;
	tooltip?: string;
	isDisabled?: boolean;
	children: ComponentChildren;
}

/** A button that opens a menu, by the pattern of the ARIA practices: arrows move, Escape closes, the focus returns. */
export function MenuButton(props: MenuButtonProps) {
	const { label, tooltip = label, className, items, placement, header, isDisabled = false, children } = props;
	const isWanted = useSignal(false);
	const isOpen = isWanted.value && !isDisabled;
	const box = useRef<HTMLDivElement>(null);
	const menuId = useId();

	const close = (returnFocus: boolean) => {
		isWanted.value = false;
		if (returnFocus) {
			box.current?.querySelector('button')?.focus();
		}
	};
	const choose = (item: MenuItem) => {
		close(true);
		item.run();
	};
	const onKeyDown = (event: KeyboardEvent) => {
		if (isOpen && moveInMenu(event, box.current)) {
			return;
		}
		if (isOpen && event.key === 'Escape') {
			event.stopPropagation();
			close(true);
		} else if (!isOpen && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
			event.preventDefault();
			isWanted.value = true;
		}
	};
	useEffect(() => {
		if (isOpen) {
			const checked = box.current?.querySelector<HTMLElement>('[aria-checked="true"]');
			(checked ?? box.current?.querySelector<HTMLElement>(ITEMS))?.focus();
		}
	}, [isOpen]);
	const onFocusOut = ({ relatedTarget }: FocusEvent) => {
		if (!(relatedTarget instanceof Node && box.current?.contains(relatedTarget))) {
			isWanted.value = false;
		}
	};

	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: it only listens to the keys of the button and the items inside.
		<div class="menu-box" ref={box} onKeyDown={onKeyDown} onFocusOut={onFocusOut}>
			<button
				type="button"
				class={className}
				title={tooltip}
				aria-label={label}
				aria-disabled={isDisabled || undefined}
				aria-haspopup="menu"
				aria-expanded={isOpen}
				aria-controls={isOpen ? menuId : undefined}
				onClick={() => {
					isWanted.value = !isOpen;
				}}
			>
				{children}
			</button>
			{isOpen && (
				<div class={`menu ${placement}`}>
					{header}
					<div class="menu-items" role="menu" id={menuId} aria-label={label}>
						{items.map(item => (
							<Item item={item} onChoose={() => choose(item)} key={item.label} />
						))}
					</div>
				</div>
			)}
		</div>
	);
}

function Item({ item: { label, note, isChecked }, onChoose }: { item: MenuItem; onChoose: () => void }) {
	return (
		// biome-ignore lint/a11y/useAriaPropsSupportedByRole: the role is the one of a choice where this is set.
		<button
			type="button"
			role={isChecked === undefined ? 'menuitem' : 'menuitemradio'}
			aria-checked={isChecked}
			tabIndex={-1}
			onClick={onChoose}
		>
			{isChecked !== undefined && <Icon name="check" className={isChecked ? '' : 'is-absent'} />}
			<span class="menu-text">
				<span class="menu-label">{label}</span>
				{note !== undefined && <span class="menu-note">{note}</span>}
			</span>
		</button>
	);
}

/** @returns whether the key was one that moves between items. */
function moveInMenu(event: KeyboardEvent, box: HTMLElement | null): boolean {
	const items = [...(box?.querySelectorAll<HTMLElement>(ITEMS) ?? [])];
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
