import { useLayoutEffect, useRef } from 'preact/hooks';
import type { LiveOutput } from '../../protocol/transcript.ts';
import { ScrollBox } from '../parts/scrollBox.tsx';

/** Pixels from the end within which the user counts as being there. */
const NEAR_END = 12;

/** The end of what a running command prints. Follows it, unless the user looks at what came before. */
export function LiveOutputView({ live }: { live: LiveOutput }) {
	const box = useRef<HTMLDivElement>(null);
	const isFollowing = useRef(true);
	const { text, openLine, isCut } = live;
	useLayoutEffect(() => {
		if (box.current !== null && isFollowing.current) {
			box.current.scrollTop = box.current.scrollHeight;
		}
	}, [text, openLine]);
	const onScroll = () => {
		if (box.current !== null) {
			const { scrollTop, scrollHeight, clientHeight } = box.current;
			isFollowing.current = scrollHeight - scrollTop - clientHeight <= NEAR_END;
		}
	};
	return (
		<ScrollBox className="output live" label="Output so far" boxRef={box} onScroll={onScroll}>
			{isCut && <span class="muted">{'… earlier output is not shown here\n'}</span>}
			{text}
			{openLine}
		</ScrollBox>
	);
}
