import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { FormGroup, SettingsForm } from '../../protocol/messages.ts';
import { Icon } from '../parts/icon.tsx';
import { Field } from './field.tsx';
import { type Settings, valueAt, withValue } from './settingsDraft.ts';

interface FieldGroupProps {
	group: FormGroup;
	form: SettingsForm;
	settings: Settings;
	onChange: (settings: Settings) => void;
}

/** Fields under a title. A folded group opens by itself when one of its fields is set or has a fault. */
export function FieldGroup({ group, form, settings, onChange }: FieldGroupProps) {
	const choice = useSignal<boolean | undefined>(undefined);
	const bodyId = useId();
	const count = group.fields.filter(({ path }) => valueAt(settings, path) !== undefined).length;
	const hasFault = group.fields.some(({ path }) => form.faults[path] !== undefined);
	const isOpen = group.isFolded !== true || hasFault || (choice.value ?? count > 0);
	return (
		<section class="form-group" aria-label={group.title}>
			{group.isFolded ? (
				<h2>
					<button
						type="button"
						class="form-fold"
						aria-expanded={isOpen}
						aria-controls={isOpen ? bodyId : undefined}
						onClick={() => {
							choice.value = !isOpen;
						}}
					>
						<Icon name={isOpen ? 'chevron-down' : 'chevron-right'} />
						{group.title}
						{count > 0 && <span class="muted">{`${count} set`}</span>}
					</button>
				</h2>
			) : (
				<h2 class="form-title">{group.title}</h2>
			)}
			{isOpen && (
				<div id={bodyId}>
					{group.fields.map(field => (
						<Field
							key={field.path}
							field={field}
							value={valueAt(settings, field.path)}
							inherited={valueAt(form.inherited ?? {}, field.path)}
							fault={form.faults[field.path]}
							onChange={value => onChange(withValue(settings, field.path, value))}
						/>
					))}
				</div>
			)}
		</section>
	);
}
