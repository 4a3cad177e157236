import { ApprovalPart } from '../lazyParts.ts';
import { usePage } from '../pageContext.ts';
import { ChangesStrip } from './changesStrip.tsx';
import { Composer } from './composer.tsx';
import { EverythingStrip, LevelPicker } from './permissionPickers.tsx';
import { PlanStrip } from './planStrip.tsx';
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
			{isChat && state.level === 'everything' && <EverythingStrip />}
			{isChat && state.plan && <PlanStrip plan={state.plan} canOpen={state.approval === undefined} />}
			{isChat && state.changes.total > 0 && (
				<ChangesStrip changes={state.changes} canOpen={state.approval === undefined} />
			)}
			<RemarkStrip state={state} />
			{isChat && state.approval && <ApprovalPart.View approval={state.approval} key={state.approval.nonce} />}
			<Composer state={state} />
			<div class="footer">
				<LevelPicker permissions={state} />
				<span class="footer-cost">{state.cost}</span>
			</div>
		</section>
	);
}
