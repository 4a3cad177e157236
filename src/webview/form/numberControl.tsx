import { useSignal } from '@preact/signals';
import type { FormField } from '../../protocol/messages.ts';
import type { ControlProps } from './controlProps.ts';
import { parseNumber, stepped } from './settingsDraft.ts';

interface NumberControlProps extends ControlProps {
	field: Extract<FormField, { kind: 'number' }>;
}

/** A number that may be typed freely; the host says what is wrong with it. The arrow keys count within the bounds. */
export function NumberControl({ field, id, describedBy, isInvalid, value, inherited, onChange }: NumberControlProps) {
	const typed = useSignal('');
	// Half a number, such as "0.", stays as it was typed; a value from elsewhere is shown as it is.
	const text = parseNumber(typed.value) === value ? typed.value : String(value ?? '');
	const onKeyDown = (event: KeyboardEvent) => {
		const direction = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : undefined;
		if (direction !== undefined && !event.ctrlKey && !event.altKey && !event.metaKey) {
			event.preventDefault();
			onChange(stepped(value ?? inherited, field, direction));
		}
	};
	return (
		<div class="field-row">
			<input
				id={id}
				aria-describedby={describedBy}
				aria-invalid={isInvalid}
				class="input number"
				type="text"
				inputMode="decimal"
				autocomplete="off"
				value={text}
				placeholder={inherited === undefined ? 'Default' : String(inherited)}
				onInput={event => {
					typed.value = event.currentTarget.value;
					onChange(parseNumber(typed.value));
				}}
				onKeyDown={onKeyDown}
			/>
			{field.unit !== undefined && <span class="muted">{field.unit}</span>}
		</div>
	);
}
