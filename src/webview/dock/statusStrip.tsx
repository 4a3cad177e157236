import type { PanelState } from '../../protocol/messages.ts';
import { imageRemark } from '../chatModel.ts';
import { usePage } from '../pageContext.ts';
import { Icon, IconButton } from '../parts/icon.tsx';

/** What came of something the user just did, and why the message cannot go as it is. */
export function RemarkStrip({ state }: { state: PanelState }) {
	const page = usePage();
	const remark = page.remark.value ?? imageRemark(state);
	if (remark === undefined) {
		return null;
	}
	const { text, action } = remark;
	return (
		<div class="strip">
			<Icon name="warning" className="tone-warn" />
			<span class="strip-text">{text}</span>
			{action && (
				<button type="button" class="button secondary" onClick={() => page.act(action.action)}>
					{action.label}
				</button>
			)}
			{remark === page.remark.value && (
				<IconButton
					icon="close"
					label="Dismiss"
					onClick={() => {
						page.remark.value = undefined;
						page.focusRequests.value++;
					}}
				/>
			)}
		</div>
	);
}

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
				<span class="strip-text">This folder is not trusted. Reading works; edits and commands are off.</span>
				<button type="button" class="button secondary" onClick={() => page.act('manageTrust')}>
					Manage trust
				</button>
			</div>
		);
	}
	return null;
}
