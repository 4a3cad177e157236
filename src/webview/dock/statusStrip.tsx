import type { PanelState } from '../../protocol/messages.ts';
import { usePage } from '../pageContext.ts';
import { Icon } from '../parts/icon.tsx';

/** Why less is possible than usual, with the button that mends it. */
export function StatusStrip({ state }: { state: PanelState }) {
	const page = usePage();
	if (state.isReadOnly) {
		return (
			<div class="strip">
				<Icon name="lock" />
				<span class="strip-text">This session is open in another window.</span>
				<button type="button" class="button secondary" onClick={() => page.act('takeOver')}>
					Take over
				</button>
			</div>
		);
	}
	if (!state.isTrusted) {
		return (
			<div class="strip">
				<Icon name="shield" className="tone-warn" />
				<span class="strip-text">This folder is not trusted. Reading works; edits are off.</span>
				<button type="button" class="button secondary" onClick={() => page.act('manageTrust')}>
					Manage trust
				</button>
			</div>
		);
	}
	return null;
}
