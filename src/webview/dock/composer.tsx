import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { ChipView, ModelView, PanelState } from '../../protocol/messages.ts';
import type { ChatModel } from '../chatModel.ts';
import { usePage } from '../pageContext.ts';
import { Icon, IconButton } from '../parts/icon.tsx';
import { ImageChips } from './imageChips.tsx';
import { ModePicker } from './permissionPickers.tsx';

/** The text to send, what goes with it, and to whom. */
export function Composer({ state }: { state: PanelState }) {
	const page = usePage();
	const input = useRef<HTMLTextAreaElement>(null);
	const text = page.draft.value;
	const focusRequests = page.focusRequests.value;

	useEffect(() => {
		// The page itself never takes the focus from the editor: the text has it once the page has it.
		const focusText = () => {
			if (document.activeElement === document.body) {
				input.current?.focus();
			}
		};
		if (document.hasFocus()) {
			focusText();
		}
		addEventListener('focus', focusText);
		return () => removeEventListener('focus', focusText);
	}, [page.snapshots.value]);
	useEffect(() => {
		if (focusRequests > 0) {
			input.current?.focus();
		}
	}, [focusRequests]);
	useLayoutEffect(() => fitHeight(input.current), [text]);

	const onKeyDown = (event: KeyboardEvent) => {
		if (
			event.key !== 'Enter' ||
			event.shiftKey ||
			event.ctrlKey ||
			event.metaKey ||
			event.altKey ||
			isComposing(event)
		) {
			return;
		}
		event.preventDefault();
		page.send();
	};
	const attach = (event: Event, files: FileList | undefined) => {
		if (files !== undefined && files.length > 0 && !state.isReadOnly) {
			event.preventDefault();
			page.attach([...files]).catch(error => {
				page.reportError(error);
				page.say({ text: 'The images could not be attached.' });
			});
		}
	};
	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: files can be dropped on it; keys paste them, and there is a button.
		<div
			class="composer"
			onDragOver={event => hasFiles(event) && event.preventDefault()}
			onDrop={event => attach(event, event.dataTransfer?.files)}
		>
			<Chips chips={state.chips} />
			<ImageChips images={state.images} />
			<textarea
				ref={input}
				class="composer-text"
				rows={1}
				value={text}
				disabled={state.isReadOnly}
				placeholder={placeholder(state, page.view.value)}
				aria-label="Message"
				onInput={event => page.setDraft(event.currentTarget.value)}
				onKeyDown={onKeyDown}
				onPaste={event => attach(event, event.clipboardData?.files)}
			/>
			<div class="composer-bar">
				{state.model.takesImages && <AttachButton onFiles={attach} />}
				<ModePicker permissions={state} />
				<ModelButton model={state.model} />
				<EffortButton model={state.model} />
				<span class="composer-space" />
				<SendButtons hasText={text.trim() !== ''} isBusy={page.isBusy.value} isReadOnly={state.isReadOnly} />
			</div>
		</div>
	);
}

function Chips({ chips }: { chips: readonly ChipView[] }) {
	const page = usePage();
	if (chips.length === 0) {
		return null;
	}
	return (
		<ul class="chips" aria-label="Context">
			{chips.map(({ id, label, icon, isOn }) => (
				<li key={id}>
					<button
						type="button"
						class={`chip ${isOn ? 'on' : 'off'}`}
						aria-pressed={isOn}
						title={isOn ? `${label} goes with the message. Click to leave it out.` : `Add ${label} to the message`}
						onClick={() => page.post({ type: 'toggleChip', id })}
					>
						<Icon name={icon} />
						<span class="chip-label">{label}</span>
						<Icon name={isOn ? 'close' : 'add'} />
					</button>
				</li>
			))}
		</ul>
	);
}

function ModelButton({ model }: { model: ModelView }) {
	const page = usePage();
	const name = model.isBuiltIn ? 'Built-in, no model' : model.name;
	return (
		<button
			type="button"
			class="picker"
			title="Choose model"
			aria-label={`Model: ${name}${model.price === undefined ? '' : `, ${model.price}`}`}
			onClick={() => page.act('changeModel')}
		>
			{model.isBuiltIn && <Icon name="plug" />}
			<span class="picker-name">{name}</span>
			{model.price !== undefined && <span class="picker-price">{model.price}</span>}
			<Icon name="chevron-down" />
		</button>
	);
}

/** How long the model thinks; models without a choice have no such button. */
function EffortButton({ model: { effort } }: { model: ModelView }) {
	const page = usePage();
	if (effort === undefined) {
		return null;
	}
	return (
		<button
			type="button"
			class="picker effort"
			title="Choose reasoning effort"
			aria-label={`Reasoning effort: ${effort.label}`}
			onClick={() => page.act('chooseEffort')}
		>
			<Icon name="lightbulb" />
			<span class="picker-name">{effort.label}</span>
			<Icon name="chevron-down" />
		</button>
	);
}

function AttachButton({ onFiles }: { onFiles: (event: Event, files: FileList | undefined) => void }) {
	const input = useRef<HTMLInputElement>(null);
	return (
		<>
			<IconButton icon="add" label="Attach images" onClick={() => input.current?.click()} />
			<input
				ref={input}
				type="file"
				accept="image/png,image/jpeg,image/webp,image/gif"
				multiple
				hidden
				onChange={event => {
					onFiles(event, event.currentTarget.files ?? undefined);
					// The same file can be chosen again.
					event.currentTarget.value = '';
				}}
			/>
		</>
	);
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
	return dataTransfer?.types.includes('Files') === true;
}

interface SendButtonsProps {
	hasText: boolean;
	isBusy: boolean;
	isReadOnly: boolean;
}

/** While a turn runs, *Stop* stays where it is, and what is typed can be sent besides. */
function SendButtons({ hasText, isBusy, isReadOnly }: SendButtonsProps) {
	const page = usePage();
	const canSend = hasText && !isReadOnly;
	return (
		<>
			{(!isBusy || hasText) && (
				<button
					type="button"
					class={`round ${canSend ? 'can-send' : ''}`}
					title={isBusy ? 'Send with the next step (Enter)' : 'Send (Enter)'}
					aria-label={isBusy ? 'Send with the next step' : 'Send'}
					aria-disabled={!canSend}
					onClick={() => page.send()}
				>
					<Icon name="arrow-up" />
				</button>
			)}
			{isBusy && (
				<IconButton
					icon="stop"
					label="Stop (Escape)"
					className="round stop"
					onClick={() => page.post({ type: 'stop' })}
				/>
			)}
		</>
	);
}

/** Whether the key belongs to an input method: Enter then takes its proposal. Safari tells it by the key code alone. */
function isComposing(event: KeyboardEvent): boolean {
	return event.isComposing || event.keyCode === 229;
}

function placeholder({ approval, activity, model, session }: PanelState, view: ChatModel['view']['value']): string {
	if (view === 'sessions') {
		return 'Start a new session';
	}
	if (approval !== undefined) {
		return 'Say what to do instead';
	}
	if (activity === 'running' || activity === 'waiting') {
		return 'Add a message for the next step';
	}
	if (model.isBuiltIn && session === undefined) {
		return 'Ask the built-in assistant';
	}
	return 'Ask or describe a change';
}

/** For browsers whose text areas do not grow by `field-sizing`. */
function fitHeight(input: HTMLTextAreaElement | null): void {
	if (input !== null && !CSS.supports('field-sizing', 'content')) {
		input.style.height = 'auto';
		input.style.height = `${input.scrollHeight}px`;
	}
}
