import { useSignal } from '@preact/signals';
import { formatDuration } from '../../protocol/amounts.ts';
import type { Item, ToolState } from '../../protocol/transcript.ts';
import type { IconName } from '../icon.ts';
import { usePage } from '../pageContext.ts';
import { DetailView } from '../parts/detailView.tsx';
import { ChangeCounts } from '../parts/diff.tsx';
import { IconButton } from '../parts/icon.tsx';
import { PathLabel } from '../parts/pathLabel.tsx';
import { useElapsedSeconds } from './elapsed.ts';
import { FoldRow } from './foldRow.tsx';
import { LiveOutputView } from './liveOutput.tsx';

type ToolItem = Extract<Item, { kind: 'tool' }>;

interface StateLook {
	readonly icon: IconName;
	readonly tone: 'muted' | 'ok' | 'bad' | 'warn' | 'busy';
	/** For a screen reader: the shape of the icon in a word. */
	readonly word: string;
}

const looks: Readonly<Record<ToolState, StateLook>> = {
	queued: { icon: 'circle-large', tone: 'muted', word: 'not begun' },
	waiting: { icon: 'shield', tone: 'warn', word: 'waiting for you, press Control+Enter to allow' },
	running: { icon: 'loading', tone: 'busy', word: 'running' },
	done: { icon: 'check', tone: 'ok', word: 'done' },
	failed: { icon: 'error', tone: 'bad', word: 'failed' },
	denied: { icon: 'circle-slash', tone: 'muted', word: 'denied' },
	interrupted: { icon: 'stop', tone: 'muted', word: 'stopped' },
};

/** Seconds after which a running row shows how long it has been. */
const SHOW_ELAPSED_AFTER = 3;
/** Seconds after which it opens to what is printed: the rows of short commands do not flicker. */
const SHOW_OUTPUT_AFTER = 1;

export function ToolRow({ item }: { item: ToolItem }) {
	const choice = useSignal<boolean | undefined>(undefined);
	const elapsed = useElapsedSeconds(item.state === 'running');
	const { icon, tone, word } = looks[item.state];
	const { path, live } = item;
	const isLive = live !== undefined && (live.text !== '' || live.openLine !== '');
	const isOpen = choice.value ?? (item.state === 'failed' || (isLive && elapsed >= SHOW_OUTPUT_AFTER));
	const hasMore = isLive || item.detail !== undefined || item.allowedBy !== undefined;
	return (
		<FoldRow
			icon={icon}
			tone={tone}
			state={word}
			verb={item.verb}
			{...(path === undefined
				? { subject: item.subject, tooltip: item.subject }
				: item.detail && { subject: <span class="sr-only">{item.subject}</span> })}
			beside={<Beside item={item} />}
			note={<Note item={item} elapsed={elapsed} />}
			isOpen={isOpen}
			onToggle={() => {
				choice.value = !isOpen;
			}}
		>
			{hasMore ? (
				<>
					{isLive && <LiveOutputView live={live} />}
					{item.detail && <DetailView detail={item.detail} />}
					{item.detail && item.state === 'failed' && <p class="row-remark">The agent was told.</p>}
					{item.allowedBy && <p class="row-remark">{`Allowed by: ${item.allowedBy.join(', ')}`}</p>}
					<ChangeButtons item={item} />
				</>
			) : undefined}
		</FoldRow>
	);
}

/** What can be opened from the row itself. */
function Beside({ item: { path, delegateId } }: { item: ToolItem }) {
	const page = usePage();
	return (
		<>
			{path !== undefined && (
				<button type="button" class="row-file" title={`Open ${path}`} onClick={() => page.openFile(path)}>
					<PathLabel path={path} />
				</button>
			)}
			{delegateId !== undefined && (
				<IconButton
					className="row-open"
					icon="go-to-file"
					label="Open transcript"
					onClick={() => page.post({ type: 'openDelegate', sessionId: delegateId })}
				/>
			)}
		</>
	);
}

function Note({ item, elapsed }: { item: ToolItem; elapsed: number }) {
	if (item.undo === 'done') {
		return 'undone';
	}
	if (item.added !== undefined && item.removed !== undefined) {
		return <ChangeCounts added={item.added} removed={item.removed} />;
	}
	return item.note === '' && elapsed > SHOW_ELAPSED_AFTER ? formatDuration(elapsed * 1000) : item.note;
}

function ChangeButtons({ item }: { item: ToolItem }) {
	const page = usePage();
	if (item.undo === undefined) {
		return null;
	}
	return (
		<div class="row-buttons">
			<button type="button" class="button secondary" onClick={() => page.post({ type: 'openDiff', callId: item.id })}>
				Open diff
			</button>
			{item.undo === 'possible' && (
				<button type="button" class="button secondary" onClick={() => page.post({ type: 'undo', callId: item.id })}>
					Undo
				</button>
			)}
		</div>
	);
}
