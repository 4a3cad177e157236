import { useRef } from 'preact/hooks';
import type { ImageView } from '../../protocol/messages.ts';
import { usePage } from '../pageContext.ts';
import { Icon, IconButton } from '../parts/icon.tsx';

/** The pictures that go with the message. */
export function ImageChips({ images }: { images: readonly ImageView[] }) {
	const page = usePage();
	const list = useRef<HTMLUListElement>(null);
	if (images.length === 0) {
		return null;
	}
	const remove = (id: string, index: number) => {
		page.post({ type: 'removeImage', id });
		// The focus must not vanish with the button: the next picture has it, then the text.
		const buttons = list.current?.querySelectorAll('button') ?? [];
		const next = buttons[index + 1] ?? buttons[index - 1];
		if (next === undefined) {
			page.focusRequests.value++;
		} else {
			next.focus();
		}
	};
	return (
		<ul class="chips" aria-label="Images" ref={list}>
			{images.map(({ id, label, thumbnail }, index) => (
				<li class="chip on image-chip" key={id} title={label}>
					{thumbnail === undefined ? <Icon name="file-media" /> : <img class="thumbnail" src={thumbnail} alt="" />}
					<span class="chip-label">{label}</span>
					<IconButton icon="close" label={`Remove ${label}`} onClick={() => remove(id, index)} />
				</li>
			))}
		</ul>
	);
}
