import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { usePage } from '../pageContext.ts';
import { IconButton } from '../parts/icon.tsx';
import { FoldRow } from './foldRow.tsx';
import { GroupView } from './groupView.tsx';
import { Queue } from './queue.tsx';
import { RovingFocus } from './rovingFocus.ts';
import { ScrollKeeper } from './scrollKeeper.ts';

/** The conversation. */
export function TranscriptView() {
	const page = usePage();
	const scroller = useRef<HTMLDivElement>(null);
	const content = useRef<HTMLDivElement>(null);
	const keeper = useRef<ScrollKeeper | undefined>(undefined);
	const groups = page.groups.value;
	// A snapshot is another transcript, or the same one after a gap: nothing of the old place counts.
	const snapshot = page.snapshots.value;

	useLayoutEffect(() => {
		if (scroller.current === null || content.current === null) {
			return;
		}
		const created = new ScrollKeeper(scroller.current, content.current, page);
		keeper.current = created;
		return () => created.dispose();
	}, [page, snapshot]);
	useLayoutEffect(() => keeper.current?.settle(), [groups]);
	useEffect(() => {
		if (content.current === null) {
			return;
		}
		const focus = new RovingFocus(content.current);
		const onKeyDown = (event: KeyboardEvent) => {
			if ((event.ctrlKey || event.metaKey) && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
				event.preventDefault();
				focus.step(event.key === 'ArrowUp' ? -1 : 1);
			}
		};
		addEventListener('keydown', onKeyDown);
		return () => {
			removeEventListener('keydown', onKeyDown);
			focus.dispose();
		};
	}, []);

	return (
		<div class="transcript">
			<div class="scroller" ref={scroller} role="log" aria-live="off" aria-label="Messages">
				<div class="content" ref={content}>
					{groups.map(group => (
						<GroupView group={group} key={group.key} />
					))}
					<Working />
					<Queue />
				</div>
			</div>
			{(!page.isFollowing.value || page.transcript.hasLater) && (
				<IconButton icon="arrow-down" label="To the end" className="to-end" onClick={() => page.showEnd()} />
			)}
		</div>
	);
}

/** Of rows and texts that show by themselves that something goes on. */
const movingStates: ReadonlySet<string> = new Set(['streaming', 'running', 'waiting', 'queued']);

/** Tells that the turn goes on while nothing else moves, such as between a question and the answer's first word. */
function Working() {
	const page = usePage();
	const last = page.transcript.entries.value.at(-1)?.item.value;
	const isSeen = last !== undefined && 'state' in last && movingStates.has(last.state);
	if (page.state.value?.activity !== 'running' || isSeen || page.transcript.hasLater) {
		return null;
	}
	return (
		<div class="entry">
			<FoldRow icon="loading" tone="busy" state="running" verb="Working" isOpen={false} onToggle={() => undefined} />
		</div>
	);
}
