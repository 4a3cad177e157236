import type { AgentMode, ApprovalLevel, PanelState } from '../../protocol/messages.ts';
import { usePage } from '../pageContext.ts';
import { Icon } from '../parts/icon.tsx';
import { MenuButton } from '../parts/menu.tsx';
import { keyName } from '../shortcuts.ts';

type Permissions = Pick<PanelState, 'mode' | 'level' | 'canSetMode' | 'isTrusted'>;

const modes: Readonly<Record<AgentMode, { readonly label: string; readonly note: string }>> = {
	agent: { label: 'Agent', note: 'Works on files and runs commands' },
	ask: { label: 'Ask', note: 'Reads and answers, changes nothing' },
};

const levels: Readonly<Record<ApprovalLevel, { readonly label: string; readonly note: string }>> = {
	ask: { label: 'Ask first', note: 'Edits, commands and the web ask' },
	edits: { label: 'Auto edits', note: 'Edits in this workspace do not ask' },
	everything: { label: 'Allow everything', note: 'This session only. Protected files and outside writes ask' },
};

/** Whether the agent works or only answers. */
export function ModePicker({ permissions }: { permissions: Permissions }) {
	const page = usePage();
	const { mode, canSetMode } = permissions;
	const { label, note } = modes[mode];
	return (
		<MenuButton
			label={`Mode: ${label}`}
			tooltip={canSetMode ? `${label}: ${note} (${keyName('.')})` : fixedText(permissions)}
			className="picker mode"
			placement="above-start"
			isDisabled={!canSetMode}
			items={choices(modes, mode, chosen => page.post({ type: 'setMode', mode: chosen }))}
		>
			<Icon name={mode === 'ask' ? 'comment' : 'agent'} />
			<span class="picker-name">{label}</span>
			<Icon name="chevron-down" />
		</MenuButton>
	);
}

/** What needs no question. */
export function LevelPicker({ permissions }: { permissions: Permissions }) {
	const page = usePage();
	const { level, canSetMode } = permissions;
	const { label, note } = levels[level];
	return (
		<MenuButton
			label={`Approvals: ${label}`}
			tooltip={canSetMode ? `${label}: ${note}` : fixedText(permissions)}
			className="picker level"
			placement="above-start"
			isDisabled={!canSetMode}
			items={choices(levels, level, chosen => page.post({ type: 'setLevel', level: chosen }))}
		>
			<Icon
				name={level === 'everything' ? 'warning' : 'shield'}
				className={level === 'everything' ? 'tone-warn' : ''}
			/>
			<span class="picker-name">{label}</span>
			<Icon name="chevron-down" />
		</MenuButton>
	);
}

/** Stays in sight as long as nothing asks, with the way back. */
export function EverythingStrip() {
	const page = usePage();
	return (
		<div class="strip everything">
			<Icon name="warning" className="tone-warn" />
			<span class="strip-text">This session runs without asking. Protected files and outside writes still ask.</span>
			<button type="button" class="button secondary" onClick={() => page.post({ type: 'setLevel', level: 'ask' })}>
				Ask first
			</button>
		</div>
	);
}

function choices<Value extends string>(
	all: Readonly<Record<Value, { readonly label: string; readonly note: string }>>,
	current: Value,
	choose: (value: Value) => void,
) {
	// The keys of a record of ours are its values' names.
	return (Object.keys(all) as Value[]).map(value => ({
		...all[value],
		isChecked: value === current,
		run: () => choose(value),
	}));
}

function fixedText({ isTrusted }: Permissions): string {
	return isTrusted ? 'This session is open in another window' : 'This folder is not trusted: reading only';
}
