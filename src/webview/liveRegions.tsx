import type { Announcement } from './chatModel.ts';
import { usePage } from './pageContext.ts';

/** What a screen reader says by itself. Both regions are there from the start and are filled by the host's events. */
export function LiveRegions() {
	const page = usePage();
	return (
		<>
			<div class="sr-only" role="status" aria-live="polite">
				<Said what={page.status.value} />
			</div>
			<div class="sr-only" role="alert">
				<Said what={page.alert.value} />
			</div>
		</>
	);
}

/** A new element each time, so that the same words are said again. */
function Said({ what }: { what: Announcement }) {
	return what.text === '' ? null : <p key={what.count}>{what.text}</p>;
}
