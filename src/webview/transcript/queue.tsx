import { usePage } from '../pageContext.ts';
import { IconButton } from '../parts/icon.tsx';

/** Messages that wait for the next step of the running turn. */
export function Queue() {
	const page = usePage();
	const queue = page.state.value?.queue ?? [];
	if (queue.length === 0) {
		return null;
	}
	const edit = (id: string, text: string) => {
		page.post({ type: 'removeQueued', id });
		const draft = page.draft.peek();
		page.setDraft(draft === '' ? text : `${text}\n${draft}`);
		page.focusRequests.value++;
	};
	return (
		<ul class="queue" aria-label="Sent with the next step">
			{queue.map(({ id, text }) => (
				<li class="queued" key={id}>
					<span class="queued-mark">Next</span>
					<span class="queued-text" title={text}>
						{text}
					</span>
					<IconButton icon="edit" label="Edit" onClick={() => edit(id, text)} />
					<IconButton icon="close" label="Remove" onClick={() => page.post({ type: 'removeQueued', id })} />
				</li>
			))}
		</ul>
	);
}
