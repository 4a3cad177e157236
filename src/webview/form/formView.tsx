import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { SettingsForm } from '../../protocol/messages.ts';
import { usePage } from '../pageContext.ts';
import { Icon, IconButton } from '../parts/icon.tsx';
import { FieldGroup } from './fieldGroup.tsx';
import { isSame, type Settings } from './settingsDraft.ts';

/** What waits until the user said what becomes of the changes. */
type Leaving = { readonly kind: 'close' } | { readonly kind: 'target'; readonly target: string };

/**
 * All that can be set for a model. Changes are kept until they are stored or thrown away, also while the panel is hidden
 * and when the page is rebuilt.
 */
export function FormView({ form }: { form: SettingsForm }) {
	const page = usePage();
	const { target } = form;
	const draft = useSignal<Settings>(startOf(form, page.formDraft));
	const leaving = useSignal<Leaving | undefined>(undefined);
	const isSaving = useSignal(false);
	const box = useRef<HTMLFormElement>(null);
	const shown = useRef(form);
	/** What had the focus when the user was asked about the changes. */
	const askedFrom = useRef<Element | null>(null);
	/** What was sent and is wrong is not stored either. */
	const differs = (settings: Settings) => !isSame(settings, form.settings) || Object.keys(form.faults).length > 0;

	const change = (settings: Settings) => {
		draft.value = settings;
		page.saveForm(differs(settings) ? { target, settings } : undefined);
	};
	const save = () => {
		isSaving.value = true;
		page.post({ type: 'saveSettings', target, settings: draft.peek() });
	};
	const leave = (how: Leaving) => {
		page.saveForm(undefined);
		leaving.value = undefined;
		page.post(how.kind === 'close' ? { type: 'closeForm' } : { type: 'openSettingsForm', target: how.target });
	};
	const ask = (how: Leaving) => {
		if (differs(draft.peek())) {
			askedFrom.current = document.activeElement;
			leaving.value = how;
			page.announce('There are changes that are not saved.', true);
		} else {
			leave(how);
		}
	};

	const stay = () => {
		leaving.value = undefined;
		if (askedFrom.current instanceof HTMLElement && askedFrom.current.closest('.form-buttons') === null) {
			askedFrom.current.focus();
		} else {
			focusFirst(box.current, 'select');
		}
	};

	useEffect(() => {
		focusFirst(box.current, '[aria-invalid="true"]', 'select');
	}, []);
	// Faults are the answer to a save; other changes of the form, such as more suggestions, leave what is typed alone.
	useEffect(() => {
		const before = shown.current;
		shown.current = form;
		if (isSaving.peek() && Object.keys(form.faults).length > 0) {
			isSaving.value = false;
			focusFirst(box.current, '[aria-invalid="true"]');
			page.announce('Not saved: some settings are wrong.', true);
		} else if (before.target !== form.target || isSame(draft.peek(), before.settings)) {
			draft.value = startOf(form, page.formDraft);
		}
	}, [form, draft, isSaving, page]);
	// Once they are stored the host brings the conversation back.
	useEffect(
		() => () => {
			if (isSaving.peek()) {
				page.saveForm(undefined);
				page.announce('Settings saved');
			}
		},
		[isSaving, page],
	);

	const onKeyDown = (event: KeyboardEvent) => {
		if (event.isComposing) {
			return;
		}
		if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') {
			event.preventDefault();
			save();
		} else if (event.key === 'Escape') {
			event.preventDefault();
			if (leaving.peek() === undefined) {
				ask({ kind: 'close' });
			} else {
				stay();
			}
		}
	};
	const general = form.faults[''];
	return (
		<form
			class="form"
			ref={box}
			noValidate
			onKeyDown={onKeyDown}
			onSubmit={event => {
				event.preventDefault();
				save();
			}}
		>
			<div class="title-row">
				<IconButton
					icon="arrow-left"
					label="Back to the conversation (Escape)"
					onClick={() => ask({ kind: 'close' })}
				/>
				<h1 class="title">Model settings</h1>
			</div>
			<div class="form-body">
				<div class="field">
					<label class="field-label" for="form-target">
						These settings are for
					</label>
					<select
						id="form-target"
						class="input"
						value={target}
						onChange={event => {
							const chosen = event.currentTarget.value;
							// It changes when the host sends the other form.
							event.currentTarget.value = target;
							ask({ kind: 'target', target: chosen });
						}}
					>
						{form.targets.map(({ value, label }) => (
							<option value={value} key={value}>
								{label}
							</option>
						))}
					</select>
				</div>
				{general !== undefined && (
					<p class="fault" role="alert">
						<Icon name="error" /> {general}
					</p>
				)}
				{form.groups.map(group => (
					<FieldGroup
						group={group}
						form={form}
						settings={draft.value}
						onChange={change}
						key={`${target}/${group.title}`}
					/>
				))}
			</div>
			{leaving.value === undefined ? (
				<div class="form-buttons">
					<button type="submit" class="button primary" title="Save (Ctrl+Enter)">
						Save
					</button>
					<button type="button" class="button secondary" onClick={() => ask({ kind: 'close' })}>
						Cancel
					</button>
					<button
						type="button"
						class="button secondary form-reset"
						aria-disabled={isSame(draft.value, {})}
						title="Take back all that is set here"
						onClick={() => change({})}
					>
						Reset
					</button>
				</div>
			) : (
				<Leave
					onSave={() => {
						leaving.value = undefined;
						save();
					}}
					onDiscard={() => leaving.value && leave(leaving.value)}
					onStay={stay}
				/>
			)}
		</form>
	);
}

interface LeaveProps {
	onSave: () => void;
	onDiscard: () => void;
	onStay: () => void;
}

/** Asked in the place of the buttons, so that nothing moves. */
function Leave({ onSave, onDiscard, onStay }: LeaveProps) {
	const first = useRef<HTMLButtonElement>(null);
	useEffect(() => first.current?.focus(), []);
	return (
		// biome-ignore lint/a11y/useSemanticElements: a fieldset groups form controls, this is a question.
		<div class="form-buttons" role="group" aria-label="Save the changes?">
			<span class="form-question">Save the changes?</span>
			<button type="button" class="button primary" ref={first} onClick={onSave}>
				Save
			</button>
			<button type="button" class="button secondary" onClick={onDiscard}>
				Discard
			</button>
			<button type="button" class="button secondary" onClick={onStay}>
				Keep editing
			</button>
		</div>
	);
}

/** Focuses the first element that the first selector with one finds. */
function focusFirst(box: HTMLElement | null, ...selectors: readonly string[]): void {
	const found = selectors.map(selector => box?.querySelector<HTMLElement>(selector)).find(element => element != null);
	found?.focus();
	// What is said of the field stands below it.
	found?.closest('.field')?.scrollIntoView({ block: 'nearest' });
}

/** What is stored, or what was changed of it before the form was left without an answer. */
function startOf(form: SettingsForm, kept: { target: string; settings: Settings } | undefined): Settings {
	return kept?.target === form.target ? kept.settings : form.settings;
}
