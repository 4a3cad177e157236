import type { ChatModel } from './chatModel.ts';

/** Keys that work wherever the focus is on the page. The editor gets every key as well. */
export function addShortcuts(page: ChatModel): void {
	addEventListener('keydown', event => {
		// A key held down must not answer the next question too. The form has keys of its own.
		if (event.repeat || event.defaultPrevented || event.isComposing || page.view.peek() === 'form') {
			return;
		}
		const hasControl = event.ctrlKey || event.metaKey;
		const isWaiting = page.state.peek()?.approval !== undefined;
		if (hasControl && event.key === 'Enter') {
			event.preventDefault();
			if (isWaiting) {
				page.answer('once');
			} else {
				page.send();
			}
		} else if (hasControl && event.key === 'Escape' && isWaiting) {
			event.preventDefault();
			page.answer('no');
		} else if (hasControl && event.key === '.') {
			event.preventDefault();
			page.toggleMode();
		} else if (!hasControl && event.key === 'Escape' && page.isBusy.peek()) {
			event.preventDefault();
			page.post({ type: 'stop' });
		}
	});
}

/** How a key with the platform's command key is written. */
export function keyName(key: string): string {
	return navigator.userAgent.includes('Mac') ? `⌘${key === 'Enter' ? '⏎' : key}` : `Ctrl+${key}`;
}
