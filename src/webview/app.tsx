import { Dock } from './dock/dock.tsx';
import { EmptyView } from './emptyView.tsx';
import { LiveRegions } from './liveRegions.tsx';
import { usePage } from './pageContext.ts';
import { SessionList } from './sessions/sessionList.tsx';
import { TitleRow } from './titleRow.tsx';
import { TranscriptView } from './transcript/transcriptView.tsx';

/** The whole page. */
export function App() {
	const page = usePage();
	return (
		<div class="page">
			{page.state.value !== undefined && (
				<>
					<TitleRow />
					<main aria-label={page.view.value === 'sessions' ? 'Sessions' : 'Conversation'}>
						<Main />
					</main>
					<Dock />
				</>
			)}
			<LiveRegions />
		</div>
	);
}

function Main() {
	const page = usePage();
	const state = page.state.value;
	if (page.view.value === 'sessions') {
		return <SessionList />;
	}
	if (state !== undefined && page.transcript.total.value === 0 && !page.isBusy.value) {
		return <EmptyView state={state} />;
	}
	return <TranscriptView />;
}
