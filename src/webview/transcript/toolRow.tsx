import { useSignal } from '@preact/signals';
import { formatDuration } from '../../protocol/amounts.ts';
import type { Item, ToolState } from '../../protocol/transcript.ts';
import type { IconName } from '../icon.ts';
import { usePage } from '../pageContext.ts';
import { DetailView } from '../parts/detailView.tsx';
import { ChangeCounts } from '../parts/diff.tsx';
import { PathLabel } from '../parts/pathLabel.tsx';
import { useElapsedSeconds } from './elapsed.ts';
import { FoldRow } from './foldRow.tsx';

type ToolItem = Extract<Item, { kind: 'tool' }>;

interface StateLook {
	readonly icon: IconName;
	readonly tone: 'muted' | 'ok' | 'bad' | 'warn' | 'busy';
	/** For a screen reader: the shape of the icon in a word. */
	readonly word: string;
}

const looks: Readonly<Record<ToolState, StateLook>> = {
	waiting: { icon: 'shield', tone: 'warn', word: 'waiting for you, press Control+Enter to allow' },
	running: { icon: 'loading', tone: 'busy', word: 'running' },
	done: { icon: 'check', tone: 'ok', word: 'done' },
	failed: { icon: 'error', tone: 'bad', word: 'failed' },
	skipped: { icon: 'circle-slash', tone: 'muted', word: 'skipped' },
	interrupted: { icon: 'stop', tone: 'muted', word: 'stopped' },
};

/** Seconds after which a running row shows how long it has been. */
const SHOW_ELAPSED_AFTER = 3;

export function ToolRow({ item }: { item: ToolItem }) {
	const page = usePage();
	const choice = useSignal<boolean | undefined>(undefined);
	const elapsed = useElapsedSeconds(item.state === 'running');
	const { icon, tone, word } = looks[item.state];
	const { path } = item;
	const isOpen = choice.value ?? item.state === 'failed';
	return (
		<FoldRow
			icon={icon}
			tone={tone}
			state={word}
			verb={item.verb}
			{...(path === undefined
				? { subject: item.subject }
				: item.detail && { subject: <span class="sr-only">{item.subject}</span> })}
			beside={
				path !== undefined && (
					<button type="button" class="row-file" title={`Open ${path}`} onClick={() => page.openFile(path)}>
						<PathLabel path={path} />
					</button>
				)
			}
			note={<Note item={item} elapsed={elapsed} />}
			isOpen={isOpen}
			onToggle={() => {
				choice.value = !isOpen;
			}}
		>
			{item.detail && (
				<>
					<DetailView detail={item.detail} />
					{item.state === 'failed' && <p class="row-remark">The agent was told.</p>}
					<ChangeButtons item={item} />
				</>
			)}
		</FoldRow>
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
