import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { FormChoice } from '../../protocol/messages.ts';
import { usePage } from '../pageContext.ts';
import { IconButton } from '../parts/icon.tsx';
import { moved } from './settingsDraft.ts';

interface NamesControlProps {
	/** Of the text field. */
	id: string;
	label: string;
	names: readonly string[];
	/** Hold while there are none. */
	inherited: readonly string[];
	suggestions: readonly FormChoice[];
	isInvalid: boolean;
	onChange: (names: readonly string[]) => void;
}

/** A list of names in an order that counts: added by typing or choosing, moved and removed by buttons or keys. */
export function NamesControl({ id, label, names, inherited, suggestions, isInvalid, onChange }: NamesControlProps) {
	const page = usePage();
	const typed = useSignal('');
	const input = useRef<HTMLInputElement>(null);
	const list = useRef<HTMLOListElement>(null);
	/** Label of the button that has to have the focus again: a browser takes it from what is moved in the document. */
	const refocused = useRef<string | undefined>(undefined);
	const labelOf = (name: string) => suggestions.find(({ value }) => value === name)?.label ?? name;

	const add = (text: string) => {
		const name = text.trim();
		typed.value = '';
		if (name !== '' && !names.includes(name)) {
			onChange([...names, name]);
			page.announce(`${labelOf(name)} added`);
		}
	};
	const remove = (name: string) => {
		onChange(names.filter(other => other !== name));
		page.announce(`${labelOf(name)} removed`);
		input.current?.focus();
	};
	const move = (name: string, by: 1 | -1) => {
		const at = names.indexOf(name);
		const next = moved(names, at, by);
		if (next !== names) {
			refocused.current = document.activeElement?.getAttribute('aria-label') ?? undefined;
			onChange(next);
			page.announce(`${labelOf(name)} is now ${at + by + 1} of ${names.length}`);
		}
	};
	useLayoutEffect(() => {
		const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
		buttons.find(button => button.ariaLabel === refocused.current)?.focus();
		refocused.current = undefined;
	}, [names]);
	return (
		<>
			{names.length > 0 && (
				<ol class="names" ref={list} aria-label={label}>
					{names.map((name, index) => (
						<li
							class="name"
							key={name}
							onKeyDown={event =>
								onNameKey(
									event,
									by => move(name, by),
									() => remove(name),
								)
							}
						>
							<span class="name-text" title={name}>
								{labelOf(name)}
							</span>
							{names.length > 1 && (
								<>
									<IconButton
										icon="arrow-up"
										label={`Move ${labelOf(name)} up`}
										isDisabled={index === 0}
										onClick={() => move(name, -1)}
									/>
									<IconButton
										icon="arrow-down"
										label={`Move ${labelOf(name)} down`}
										isDisabled={index === names.length - 1}
										onClick={() => move(name, 1)}
									/>
								</>
							)}
							<IconButton icon="close" label={`Remove ${labelOf(name)}`} onClick={() => remove(name)} />
						</li>
					))}
				</ol>
			)}
			<div class="field-row">
				<input
					ref={input}
					class="input"
					type="text"
					list={suggestions.length > 0 ? `${id}-suggestions` : undefined}
					value={typed.value}
					placeholder={names.length === 0 && inherited.length > 0 ? inherited.join(', ') : 'Add'}
					aria-label={`New entry of ${label}`}
					aria-invalid={isInvalid}
					onInput={event => {
						typed.value = event.currentTarget.value;
						// A suggestion that was clicked says all: it need not be confirmed.
						if (isChosen(event) && suggestions.some(({ value }) => value === typed.value)) {
							add(typed.value);
						}
					}}
					onKeyDown={event => {
						if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey && !event.isComposing) {
							event.preventDefault();
							add(event.currentTarget.value);
						}
					}}
				/>
				<button type="button" class="button secondary" aria-label={`Add to ${label}`} onClick={() => add(typed.value)}>
					Add
				</button>
			</div>
			{suggestions.length > 0 && (
				<datalist id={`${id}-suggestions`}>
					{suggestions
						.filter(({ value }) => !names.includes(value))
						.map(({ value, label: text }) => (
							<option value={value} key={value}>
								{text}
							</option>
						))}
				</datalist>
			)}
		</>
	);
}

/** Alt with an arrow moves the name, Delete removes it. */
function onNameKey(event: KeyboardEvent, move: (by: 1 | -1) => void, remove: () => void): void {
	if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
		event.preventDefault();
		move(event.key === 'ArrowUp' ? -1 : 1);
	} else if (event.key === 'Delete') {
		event.preventDefault();
		remove();
	}
}

/** Whether the text was taken from the list of suggestions: only then the browser says nothing of how it was typed. */
function isChosen(event: Event): boolean {
	return !(event instanceof InputEvent) || event.inputType === 'insertReplacementText';
}
