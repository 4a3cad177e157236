import type { PanelState } from '../../protocol/messages.ts';
import { usePage } from '../pageContext.ts';
import { ChangeCounts } from '../parts/diff.tsx';
import { Icon, IconButton } from '../parts/icon.tsx';

interface ChangesStripProps {
	changes: PanelState['changes'];
	/** Not while an approval shows a diff of its own. */
	canOpen: boolean;
}

/** What the session changed and the user has neither kept nor undone. */
export function ChangesStrip({ changes, canOpen }: ChangesStripProps) {
	const page = usePage();
	const { files, added, removed } = changes;
	return (
		<div class="strip changes">
			<Icon name="diff-multiple" />
			<span class="strip-text">
				{files === 1 ? '1 file' : `${files} files`} <ChangeCounts added={added} removed={removed} />
			</span>
			<button type="button" class="button secondary" onClick={() => page.post({ type: 'keepAll' })}>
				Keep
			</button>
			<button type="button" class="button secondary" onClick={() => page.post({ type: 'undoAll' })}>
				Undo
			</button>
			{canOpen && (
				<IconButton icon="chevron-right" label="Open changes" onClick={() => page.post({ type: 'openChanges' })} />
			)}
		</div>
	);
}
