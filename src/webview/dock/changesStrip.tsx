import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { ChangedFileView, ChangesView } from '../../protocol/messages.ts';
import { usePage } from '../pageContext.ts';
import { ChangeCounts } from '../parts/diff.tsx';
import { Icon, IconButton } from '../parts/icon.tsx';
import { PathLabel } from '../parts/pathLabel.tsx';
import { ScrollBox } from '../parts/scrollBox.tsx';

interface ChangesStripProps {
	changes: ChangesView;
	/** Not while an approval shows a diff of its own. */
	canOpen: boolean;
}

/** What the session changed and the user has neither kept nor undone: a line that opens to the files. */
export function ChangesStrip({ changes, canOpen }: ChangesStripProps) {
	const page = usePage();
	const isWanted = useSignal(false);
	const listId = useId();
	const { files, total, added, removed } = changes;
	const isOpen = isWanted.value && canOpen;
	return (
		<div class="strip changes">
			<div class="changes-line">
				<button
					type="button"
					class="changes-label"
					aria-expanded={isOpen}
					aria-controls={isOpen ? listId : undefined}
					aria-disabled={!canOpen || undefined}
					onClick={() => {
						isWanted.value = !isOpen;
					}}
				>
					<Icon name={isOpen ? 'chevron-down' : 'chevron-right'} />
					<span class="strip-text">
						{total === 1 ? '1 file' : `${total} files`} <ChangeCounts added={added} removed={removed} />
					</span>
				</button>
				<button type="button" class="button secondary" onClick={() => page.post({ type: 'keepAll' })}>
					Keep
				</button>
				<button type="button" class="button secondary" onClick={() => page.post({ type: 'undoAll' })}>
					Undo
				</button>
				{canOpen && (
					<IconButton
						icon="diff-multiple"
						label="Compare all changes"
						onClick={() => page.post({ type: 'openChanges' })}
					/>
				)}
			</div>
			{isOpen && (
				<ScrollBox className="changes-box" label="Changed files" id={listId}>
					<ul class="changes-files">
						{files.map(file => (
							<ChangedFile file={file} key={file.path} />
						))}
					</ul>
					{total > files.length && <p class="changes-more">{`and ${total - files.length} more`}</p>}
				</ScrollBox>
			)}
		</div>
	);
}

const marks: Readonly<Record<NonNullable<ChangedFileView['mark']>, string>> = { new: 'new', deleted: 'deleted' };

function ChangedFile({ file: { path, added, removed, mark } }: { file: ChangedFileView }) {
	const page = usePage();
	const act = (what: 'show' | 'compare' | 'keep' | 'undo') => () => page.post({ type: 'changedFile', path, do: what });
	return (
		<li class="changes-file">
			<button type="button" class="changes-path" title={path} onClick={act(mark === 'deleted' ? 'compare' : 'show')}>
				<PathLabel path={path} />
			</button>
			{mark && <span class="changes-mark">{marks[mark]}</span>}
			<ChangeCounts added={added} removed={removed} />
			<span class="changes-buttons">
				<IconButton icon="diff-single" label={`Compare ${path}`} onClick={act('compare')} />
				<IconButton icon="discard" label={`Undo the changes of ${path}`} onClick={act('undo')} />
				<IconButton icon="check" label={`Keep the changes of ${path}`} onClick={act('keep')} />
			</span>
		</li>
	);
}
