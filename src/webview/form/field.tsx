import { useId } from 'preact/hooks';
import type { FormField } from '../../protocol/messages.ts';
import { Icon, IconButton } from '../parts/icon.tsx';
import type { ControlProps } from './controlProps.ts';
import { NamesControl } from './namesControl.tsx';
import { NumberControl } from './numberControl.tsx';
import { textsOf } from './settingsDraft.ts';

interface FieldProps {
	field: FormField;
	/** Undefined where nothing is set. */
	value: unknown;
	/** What holds then, where it is set for more models than these. */
	inherited: unknown;
	fault: string | undefined;
	/** Undefined takes the value away. */
	onChange: (value: unknown) => void;
}

/** One setting: its name, what it does, and what it is. A bar and a word mark what differs from the default. */
export function Field({ field, value, inherited, fault, onChange }: FieldProps) {
	const id = useId();
	const { label, help, kind } = field;
	const isSet = value !== undefined;
	const isGroup = kind === 'choices' || kind === 'names';
	const described = [`${id}-help`, ...(isSet ? [`${id}-set`] : []), ...(fault === undefined ? [] : [`${id}-fault`])];
	const controlProps: ControlProps = {
		id,
		describedBy: described.join(' '),
		isInvalid: fault !== undefined,
		value,
		inherited,
		onChange,
	};
	const content = (
		<>
			<div class="field-head">
				{kind === 'flag' && <Flag {...controlProps} isOn={field.isOn} />}
				{isGroup ? (
					<span class="field-label" id={`${id}-label`}>
						{label}
					</span>
				) : (
					<label class="field-label" for={id}>
						{label}
					</label>
				)}
				{isSet && (
					<span class="field-set" id={`${id}-set`}>
						set
					</span>
				)}
				{isSet && <IconButton icon="discard" label={`Take back: ${label}`} onClick={() => onChange(undefined)} />}
			</div>
			<p class="field-help" id={`${id}-help`}>
				{help}
			</p>
			<Control field={field} props={controlProps} />
			{fault !== undefined && (
				<p class="fault" id={`${id}-fault`}>
					<Icon name="error" /> {fault}
				</p>
			)}
		</>
	);
	const className = `field ${isSet ? 'is-set' : ''}`;
	return isGroup ? (
		// biome-ignore lint/a11y/useSemanticElements: the name of a fieldset must be its first child; ours stands in a row.
		<div class={className} role="group" aria-labelledby={`${id}-label`} aria-describedby={described.join(' ')}>
			{content}
		</div>
	) : (
		<div class={className}>{content}</div>
	);
}

function Control({ field, props }: { field: FormField; props: ControlProps }) {
	const { id, describedBy, isInvalid, value, inherited, onChange } = props;
	const common = { id, 'aria-describedby': describedBy, 'aria-invalid': isInvalid };
	switch (field.kind) {
		case 'flag':
			// It stands before its label.
			return null;
		case 'number':
			return <NumberControl {...props} field={field} />;
		case 'text':
			return (
				<input
					{...common}
					class="input"
					type="text"
					value={value === undefined ? '' : String(value)}
					placeholder={inherited === undefined ? 'None' : String(inherited)}
					onInput={event => onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
				/>
			);
		case 'choice': {
			const inheritedLabel = field.choices.find(choice => choice.value === inherited)?.label;
			return (
				<select
					{...common}
					class="input"
					value={value === undefined ? '' : String(value)}
					onChange={event => onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
				>
					<option value="">{inheritedLabel === undefined ? 'Default' : `As for more models: ${inheritedLabel}`}</option>
					{field.choices.map(choice => (
						<option value={choice.value} key={choice.value}>
							{choice.label}
						</option>
					))}
				</select>
			);
		}
		case 'choices': {
			const chosen = textsOf(value ?? inherited);
			return (
				<div class="field-choices">
					{field.choices.map(choice => (
						<label class="choice" key={choice.value}>
							<input
								type="checkbox"
								checked={chosen.includes(choice.value)}
								aria-invalid={isInvalid}
								onChange={event => {
									const others = chosen.filter(name => name !== choice.value);
									const next = event.currentTarget.checked ? [...others, choice.value] : others;
									onChange(next.length === 0 ? undefined : next);
								}}
							/>
							{choice.label}
						</label>
					))}
				</div>
			);
		}
		case 'names':
			return (
				<NamesControl
					id={id}
					label={field.label}
					names={textsOf(value)}
					inherited={textsOf(inherited)}
					suggestions={field.suggestions}
					isInvalid={isInvalid}
					onChange={names => onChange(names.length === 0 ? undefined : names)}
				/>
			);
		default:
			return field satisfies never;
	}
}

function Flag({ id, describedBy, isInvalid, value, inherited, isOn, onChange }: ControlProps & { isOn: boolean }) {
	const shown = value ?? inherited ?? isOn;
	return (
		<input
			id={id}
			type="checkbox"
			aria-describedby={describedBy}
			aria-invalid={isInvalid}
			checked={shown === true}
			onChange={event => onChange(event.currentTarget.checked)}
		/>
	);
}
