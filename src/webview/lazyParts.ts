/** The parts of the page that load by themselves, see `lazyPart.tsx`. */
import type { ApprovalView, SettingsForm } from '../protocol/messages.ts';
import { lazyPart } from './lazyPart.tsx';

/** The conversation, with the Markdown parser. The page loads it at once, behind its first paint. */
export const TranscriptPart = lazyPart(async () => (await import('./transcript/transcriptView.tsx')).TranscriptView);

/** What waits for an answer. Loads behind the first paint as well, so that it is there when it is needed. */
export const ApprovalPart = lazyPart<{ approval: ApprovalView }>(
	async () => (await import('./dock/approvalCard.tsx')).ApprovalCard,
);

export const SessionsPart = lazyPart(async () => (await import('./sessions/sessionList.tsx')).SessionList);

export const FormPart = lazyPart<{ form: SettingsForm }>(async () => {
	const [{ FormView }] = await Promise.all([import('./form/formView.tsx'), loadStyles('form.css')]);
	return FormView;
});

/** Adds a style sheet that stands beside this script, and waits until it holds. */
function loadStyles(file: string): Promise<void> {
	return new Promise((resolve, reject) => {
		const link = document.createElement('link');
		link.rel = 'stylesheet';
		link.href = new URL(file, import.meta.url).href;
		link.onload = () => resolve();
		link.onerror = () => {
			link.remove();
			reject(new Error(`${file} could not be loaded.`));
		};
		document.head.append(link);
	});
}
