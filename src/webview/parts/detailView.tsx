import type { Detail, FileDiffView, UrlPartView } from '../../protocol/detail.ts';
import { usePage } from '../pageContext.ts';
import { ChangeCounts, countChanges, Diff } from './diff.tsx';
import { PathLabel } from './pathLabel.tsx';
import { ScrollBox } from './scrollBox.tsx';

/** What opens below a row, or fills an approval. */
export function DetailView({ detail }: { detail: Detail }) {
	const page = usePage();
	switch (detail.kind) {
		case 'diff':
			return <Diff path={detail.path} hunks={detail.hunks} />;
		case 'diffs':
			return (
				<>
					{detail.files.map(file => (
						<FileDiff file={file} key={file.path} />
					))}
				</>
			);
		case 'text':
			return (
				<ScrollBox className="output" label="Output">
					{detail.text}
				</ScrollBox>
			);
		case 'command':
			return <CommandDetail detail={detail} />;
		case 'url':
			return (
				<ScrollBox className="output" label="Address">
					{detail.parts.map((part, index) => (
						// An address is shown whole and never changed, so that the index is a lasting key.
						<UrlPart key={index} part={part} />
					))}
				</ScrollBox>
			);
		case 'foreign':
			return (
				<>
					<p class="detail-line">{`${detail.tool} of ${detail.server}, called with:`}</p>
					<ScrollBox className="output" label="Arguments">
						{detail.input}
					</ScrollBox>
				</>
			);
		case 'paths':
			return (
				<ul class="hits" aria-label="Files">
					{detail.paths.map(path => (
						<li key={path}>
							<button type="button" class="hit" title={path} onClick={() => page.openFile(path)}>
								<PathLabel path={path} />
							</button>
						</li>
					))}
					<More count={detail.more} />
				</ul>
			);
		case 'matches':
			return (
				<ul class="hits" aria-label="Matches">
					{detail.matches.map(({ path, line, text }) => (
						<li key={`${path}:${line}`}>
							<button type="button" class="hit" title={`${path}:${line}`} onClick={() => page.openFile(path, line)}>
								<PathLabel path={`${path}:${line}`} />
								<span class="hit-text">{text.trim()}</span>
							</button>
						</li>
					))}
					<More count={detail.more} />
				</ul>
			);
		default:
			return detail satisfies never;
	}
}

/** One of several files: what becomes of it, then its lines. */
function FileDiff({ file: { path, hunks, fate, movedFrom } }: { file: FileDiffView }) {
	return (
		<>
			<p class="detail-line">
				<span class="detail-path">{movedFrom === undefined ? path : `${movedFrom} → ${path}`}</span>
				{fate !== undefined && ` (${fate})`} <ChangeCounts {...countChanges(hunks)} />
			</p>
			{hunks.length > 0 && <Diff path={path} hunks={hunks} />}
		</>
	);
}

function CommandDetail({ detail }: { detail: Extract<Detail, { kind: 'command' }> }) {
	const { command, directory, output } = detail;
	return (
		<>
			<ScrollBox className="output command" label="Command">
				{command}
			</ScrollBox>
			{directory !== undefined && (
				<p class="detail-line">
					Runs in <span class="detail-path">{directory}</span>
				</p>
			)}
			{output !== undefined && (
				<ScrollBox className="output" label="Output">
					{output}
				</ScrollBox>
			)}
		</>
	);
}

/** Text alone: an address on a card must lead nowhere. */
function UrlPart({ part: { text, look } }: { part: UrlPartView }) {
	switch (look) {
		case 'plain':
			return <>{text}</>;
		case 'host':
			return <strong class="url-host">{text}</strong>;
		case 'odd':
			return <mark class="url-odd">{text}</mark>;
		default:
			return look satisfies never;
	}
}

function More({ count }: { count: number }) {
	return count > 0 ? <li class="muted">{`${count} more`}</li> : null;
}
