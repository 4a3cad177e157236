import { usePage } from './pageContext.ts';
import { Icon, IconButton } from './parts/icon.tsx';
import { MenuButton } from './parts/menu.tsx';

/** Name of the open session, with the way back to the others. */
export function TitleRow() {
	const page = usePage();
	const session = page.state.value?.session;
	if (page.view.value === 'form') {
		// The form has its own way back: what is not stored must be asked about.
		return null;
	}
	if (session === undefined || page.view.value === 'sessions') {
		return (
			<header>
				<h1 class="sr-only">{page.view.value === 'sessions' ? 'Sessions' : 'New session'}</h1>
			</header>
		);
	}
	return (
		<header class="title-row">
			<IconButton icon="arrow-left" label="All sessions" onClick={() => page.post({ type: 'showSessions' })} />
			<h1 class="title" title={session.title}>
				{session.title}
			</h1>
			<MenuButton
				label="More actions"
				className="icon-button"
				placement="below-end"
				items={[
					{ label: 'New session', run: () => page.post({ type: 'newSession' }) },
					{ label: 'Delete session', run: () => page.post({ type: 'deleteSession', sessionId: session.id }) },
				]}
			>
				<Icon name="ellipsis" />
			</MenuButton>
		</header>
	);
}
