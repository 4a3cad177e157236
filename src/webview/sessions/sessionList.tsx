import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { SessionView } from '../../protocol/messages.ts';
import { usePage } from '../pageContext.ts';
import { Icon } from '../parts/icon.tsx';
import { groupSessions, type SessionGroup, shortAge } from './sessionGroups.ts';

const states: Readonly<Record<SessionView['state'], string>> = {
	idle: '',
	running: 'running, ',
	waiting: 'waiting for you, ',
};

/** All sessions of the workspace: search, arrow keys, Enter opens, Delete removes. */
export function SessionList() {
	const page = usePage();
	const query = useSignal('');
	const activeId = useSignal<string | undefined>(undefined);
	const list = useRef<HTMLDivElement>(null);
	const baseId = useId();
	const now = Date.now();
	const groups = useComputed(() => groupSessions(page.sessions.value ?? [], query.value, Date.now()));
	const found = groups.value.flatMap(({ sessions }) => sessions);
	const active = found.find(({ id }) => id === activeId.value) ?? found[0];
	const optionId = (session: SessionView) => `${baseId}-${found.indexOf(session)}`;

	const onKeyDown = (event: KeyboardEvent) => {
		const at = active === undefined ? -1 : found.indexOf(active);
		const isInList = event.target === list.current;
		const target = targetOf(event.key, at, found, isInList);
		if (target !== undefined) {
			activeId.value = target.id;
		} else if (event.key === 'Enter' && active !== undefined) {
			page.post({ type: 'openSession', sessionId: active.id });
		} else if (event.key === 'Delete' && isInList && active !== undefined) {
			page.post({ type: 'deleteSession', sessionId: active.id });
		} else {
			return;
		}
		event.preventDefault();
	};
	useEffect(() => {
		list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
	}, [active?.id]);

	return (
		<div class="sessions">
			<div class="search">
				<Icon name="search" />
				<input
					class="search-text"
					type="text"
					role="combobox"
					aria-expanded={found.length > 0}
					aria-controls={`${baseId}-list`}
					aria-autocomplete="list"
					aria-activedescendant={active && optionId(active)}
					placeholder="Search sessions"
					aria-label="Search sessions"
					value={query.value}
					onInput={event => {
						query.value = event.currentTarget.value;
						activeId.value = undefined;
					}}
					onKeyDown={onKeyDown}
				/>
			</div>
			<div
				class="session-list"
				id={`${baseId}-list`}
				ref={list}
				role="listbox"
				aria-label="Sessions"
				tabIndex={0}
				aria-activedescendant={active && optionId(active)}
				onKeyDown={onKeyDown}
			>
				{groups.value.map(group => (
					<Group group={group} active={active} now={now} optionId={optionId} key={group.label} />
				))}
			</div>
			<NothingFound
				query={query.value}
				count={found.length}
				isLoaded={page.sessions.value !== undefined}
				onClear={() => {
					query.value = '';
				}}
			/>
		</div>
	);
}

interface GroupProps {
	group: SessionGroup;
	active: SessionView | undefined;
	/** Milliseconds since 1970. */
	now: number;
	optionId: (session: SessionView) => string;
}

function Group({ group, active, now, optionId }: GroupProps) {
	const page = usePage();
	const labelId = useId();
	return (
		// biome-ignore lint/a11y/useSemanticElements: a fieldset has no place in a listbox.
		<div role="group" aria-labelledby={labelId}>
			<div class="session-day" id={labelId}>
				{group.label}
			</div>
			{group.sessions.map(session => (
				// biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the listbox's.
				// biome-ignore lint/a11y/useFocusableInteractive: the listbox has the focus and names the active option.
				<div
					class="session"
					role="option"
					aria-selected={session === active}
					id={optionId(session)}
					key={session.id}
					onClick={() => page.post({ type: 'openSession', sessionId: session.id })}
				>
					<span class={`session-dot ${session.state}`} aria-hidden="true" />
					<span class="session-title">{session.title}</span>
					<span class="session-age">{shortAge(session.updatedAt, now)}</span>
					<span class="session-note">
						<span class="sr-only">{states[session.state]}</span>
						{session.note}
					</span>
				</div>
			))}
		</div>
	);
}

interface NothingFoundProps {
	query: string;
	count: number;
	isLoaded: boolean;
	onClear: () => void;
}

function NothingFound({ query, count, isLoaded, onClear }: NothingFoundProps) {
	if (count > 0 || !isLoaded) {
		return null;
	}
	if (query === '') {
		return <p class="nothing">No sessions yet.</p>;
	}
	return (
		<div class="nothing">
			<p>{`No session matches “${query}”.`}</p>
			<button type="button" class="button secondary" onClick={onClear}>
				Clear search
			</button>
		</div>
	);
}

function targetOf(key: string, at: number, found: readonly SessionView[], isInList: boolean): SessionView | undefined {
	switch (key) {
		case 'ArrowDown':
			return found[Math.min(at + 1, found.length - 1)];
		case 'ArrowUp':
			return found[Math.max(at - 1, 0)];
		// In the search field these two move the cursor.
		case 'Home':
			return isInList ? found[0] : undefined;
		case 'End':
			return isInList ? found.at(-1) : undefined;
		default:
			return undefined;
	}
}
