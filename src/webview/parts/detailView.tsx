import type { Detail } from '../../protocol/detail.ts';
import { usePage } from '../pageContext.ts';
import { Diff } from './diff.tsx';
import { PathLabel } from './pathLabel.tsx';
import { ScrollBox } from './scrollBox.tsx';

/** What opens below a row, or fills an approval. */
export function DetailView({ detail }: { detail: Detail }) {
	const page = usePage();
	switch (detail.kind) {
		case 'diff':
			return <Diff path={detail.path} hunks={detail.hunks} />;
		case 'text':
			return (
				<ScrollBox className="output" label="Output">
					{detail.text}
				</ScrollBox>
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

function More({ count }: { count: number }) {
	return count > 0 ? <li class="muted">{`${count} more`}</li> : null;
}
