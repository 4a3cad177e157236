import { Dock } from './dock/dock.tsx';
import { EmptyView } from './emptyView.tsx';
import { FormPart, SessionsPart, TranscriptPart } from './lazyParts.ts';
import { LiveRegions } from './liveRegions.tsx';
import { usePage } from './pageContext.ts';
import { TitleRow } from './titleRow.tsx';

const mainNames = { chat: 'Conversation', sessions: 'Sessions', form: 'Model settings' } as const;

/** The whole page. */
export function App() {
	const page = usePage();
	return (
		<div class="page">
			{page.state.value !== undefined && (
				<>
					<TitleRow />
					<main aria-label={mainNames[page.view.value]}>
						<Main />
					</main>
					{page.view.value !== 'form' && <Dock />}
				</>
			)}
			<LiveRegions />
		</div>
	);
}

function Main() {
	const page = usePage();
	const state = page.state.value;
	switch (page.view.value) {
		case 'sessions':
			return <SessionsPart.View />;
		case 'form':
			return page.form.value === undefined ? null : <FormPart.View form={page.form.value} />;
		case 'chat':
			return state !== undefined && page.transcript.total.value === 0 && !page.isBusy.value ? (
				<EmptyView state={state} />
			) : (
				<TranscriptPart.View />
			);
	}
}
