/** The chat page. Runs in the editor's webview, or in two at once; everything it shows comes from the host. */
import { render } from 'preact';
import type { HostMessage } from '../protocol/messages.ts';
import { App } from './app.tsx';
import { ChatModel } from './chatModel.ts';
import { ApprovalPart, TranscriptPart } from './lazyParts.ts';
import { PageContext } from './pageContext.ts';
import { PageHost } from './pageHost.ts';
import { addShortcuts } from './shortcuts.ts';

const root = document.getElementById('app');
if (root === null) {
	throw new Error('The page has no element "app".');
}
const page = new ChatModel(new PageHost());
addEventListener('error', ({ error, message }) => page.reportError(error ?? message));
addEventListener('unhandledrejection', ({ reason }) => page.reportError(reason));
// Only the editor can post to a webview's page: its origin is unique, and nothing is embedded in it.
addEventListener('message', ({ data }: MessageEvent<HostMessage>) => page.receive(data));
addShortcuts(page);
render(
	<PageContext.Provider value={page}>
		<App />
	</PageContext.Provider>,
	root,
);
page.post({ type: 'ready' });
void TranscriptPart.load();
void ApprovalPart.load();
