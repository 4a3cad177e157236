import { usePage } from '../pageContext.ts';
import { ApprovalCard } from './approvalCard.tsx';
import { ChangesStrip } from './changesStrip.tsx';
import { Composer } from './composer.tsx';
import { RemarkStrip, StatusStrip } from './statusStrip.tsx';

/** What stays in sight below the conversation: all that waits for the user, then the text. */
export function Dock() {
	const page = usePage();
	const state = page.state.value;
	if (state === undefined) {
		return null;
	}
	const isChat = page.view.value === 'chat';
	return (
		<section class="dock" aria-label="Message and plan">
			{isChat && <StatusStrip state={state} />}
			{isChat && state.changes.files > 0 && (
				<ChangesStrip changes={state.changes} canOpen={state.approval === undefined} />
			)}
			<RemarkStrip state={state} />
			{isChat && state.approval && <ApprovalCard approval={state.approval} key={state.approval.nonce} />}
			<Composer state={state} />
			<div class="footer">
				<span class="footer-level">
					<span class="icon icon-shield" aria-hidden="true" />
					{state.editsAllowed ? 'Edits allowed' : 'Ask first'}
				</span>
				<span class="footer-cost">{state.cost}</span>
			</div>
		</section>
	);
}
