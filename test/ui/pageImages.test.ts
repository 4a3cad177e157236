import assert from 'node:assert/strict';
import { MAX_IMAGE_BYTES } from '../../src/protocol/images.ts';
import type { HostMessage, PageMessage, PanelState } from '../../src/protocol/messages.ts';
import { parsePageMessage } from '../../src/protocol/pageMessage.ts';
import { type ChatPage, PageHarness } from './pageHarness/openPage.ts';
import { idle } from './pageHarness/states.ts';

const images = [
	{ id: 'i1', label: 'Image 1 (PNG, 1 kB)' },
	{ id: 'i2', label: 'Image 2 (PNG, 1 kB)' },
] as const;

describe('images in the composer', function () {
	this.timeout(60_000);
	let harness: PageHarness;
	let chat: ChatPage;

	before(async () => {
		harness = await PageHarness.start();
	});
	after(() => harness?.stop());
	afterEach(async () => {
		const { complaints } = chat;
		await chat.close();
		assert.deepEqual(complaints, []);
	});

	async function open(state: PanelState): Promise<void> {
		chat = await harness.open();
		await chat.send({ type: 'snapshot', state, total: 0, from: 0, items: [], view: 'chat' });
		await chat.takePosted();
	}

	const attached = () => chat.waitFor('attachImage');

	it('are taken from the clipboard, with a small preview', async () => {
		await open(idle);
		await give(chat, 'paste', { kind: 'drawn', side: 300 });
		const message = await attached();
		assert.deepEqual(parsePageMessage(message), message);
		assert.equal(message.mediaType, 'image/png');
		assert.equal(Buffer.from(message.data, 'base64').subarray(1, 4).toString(), 'PNG');
		assert.match(message.thumbnail ?? '', /^data:image\/webp;base64,/);
	});

	it('are taken when they are dropped, and from the button', async () => {
		await open(idle);
		await give(chat, 'drop', { kind: 'drawn', side: 10 });
		const { data } = await attached();
		await chat.takePosted();
		await chat.page
			.locator('input[type=file]')
			.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from(data, 'base64') });
		assert.equal((await attached()).data, data);
	});

	it('are made smaller until they can be sent', async () => {
		await open(idle);
		await give(chat, 'paste', { kind: 'noise', side: 1500 });
		const message = await attached();
		const bytes = Buffer.from(message.data, 'base64');
		assert.ok(bytes.length <= MAX_IMAGE_BYTES, `${bytes.length} bytes`);
		assert.equal(message.mediaType, 'image/webp');
		assert.equal(bytes.subarray(8, 12).toString(), 'WEBP');
		assert.deepEqual(parsePageMessage(message), message);
	});

	it('are refused in words when they are none, or too many', async () => {
		await open(idle);
		await give(chat, 'paste', { kind: 'bytes', type: 'image/png', text: 'no picture at all' });
		await chat.page.getByText('pasted could not be read as an image.').first().waitFor();
		await give(chat, 'paste', { kind: 'bytes', type: 'image/svg+xml', text: '<svg/>' });
		await chat.page.getByText('pasted is no PNG, JPEG, WebP or GIF image.').first().waitFor();
		await chat.send(
			stateWith({ images: Array.from({ length: 8 }, (_, at) => ({ id: `${at}`, label: `Image ${at}` })) }),
		);
		await give(chat, 'paste', { kind: 'drawn', side: 10 });
		await chat.page.getByText('At most 8 images go with one message.').first().waitFor();
		assert.deepEqual(await attachments(chat), []);
		await chat.page.getByRole('button', { name: 'Dismiss' }).click();
		assert.equal(await chat.page.locator('.strip').count(), 0);
	});

	it('leave pasted text alone', async () => {
		await open(idle);
		await chat.page.getByLabel('Message', { exact: true }).focus();
		const isTaken = await chat.page.evaluate(() => {
			const clipboardData = new DataTransfer();
			clipboardData.setData('text/plain', 'words');
			const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
			document.activeElement?.dispatchEvent(event);
			return event.defaultPrevented;
		});
		assert.equal(isTaken, false);
	});

	it('are not taken for a model without eyes, which can be changed', async () => {
		const { takesImages: _, ...model } = idle.model;
		await open({ ...idle, model });
		await give(chat, 'paste', { kind: 'drawn', side: 10 });
		await chat.page.getByRole('button', { name: 'Choose model', exact: true }).click();
		assert.deepEqual(await chat.takePosted(), [{ type: 'action', action: 'changeModel' }]);
		assert.equal(await chat.page.getByRole('status').textContent(), 'This model takes no images.');
		assert.equal(await chat.page.getByRole('button', { name: 'Attach images' }).count(), 0);
	});

	it('hold the message back when the model was changed to one without eyes', async () => {
		const { takesImages: _, ...model } = idle.model;
		await open({ ...idle, images });
		const text = chat.page.getByLabel('Message', { exact: true });
		await text.fill('What is this?');
		await chat.send(stateWith({ images, model }));
		await text.press('Enter');
		assert.deepEqual(await chat.takePosted(), []);
		assert.equal(await text.inputValue(), 'What is this?');
		await chat.send(stateWith({ images }));
		await text.press('Enter');
		assert.deepEqual(await chat.takePosted(), [{ type: 'send', text: 'What is this?' }]);
	});

	it('are removed by keyboard, and the focus goes on', async () => {
		await open({ ...idle, images });
		await chat.page.getByRole('button', { name: 'Remove Image 1 (PNG, 1 kB)' }).focus();
		await chat.page.keyboard.press('Enter');
		const focused = () => chat.page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
		assert.equal(await focused(), 'Remove Image 2 (PNG, 1 kB)');
		await chat.send(stateWith({ images: images.slice(1) }));
		await chat.page.keyboard.press('Enter');
		await chat.send(stateWith({ images: [] }));
		assert.equal(await focused(), 'Message');
		assert.deepEqual(await chat.takePosted(), [
			{ type: 'removeImage', id: 'i1' },
			{ type: 'removeImage', id: 'i2' },
		]);
	});
});

function stateWith(changes: Partial<PanelState>): HostMessage {
	return { type: 'state', state: { ...idle, ...changes } };
}

async function attachments(chat: ChatPage): Promise<PageMessage[]> {
	return (await chat.takePosted()).filter(({ type }) => type === 'attachImage');
}

type Given =
	| { readonly kind: 'drawn' | 'noise'; readonly side: number }
	| { readonly kind: 'bytes'; readonly type: string; readonly text: string };

/** Pastes or drops a file as the user does. Noise cannot be compressed, so it makes a large file. */
async function give(chat: ChatPage, how: 'paste' | 'drop', given: Given): Promise<void> {
	await chat.page.evaluate(
		async ([way, what]) => {
			const draw = async (side: number, isNoise: boolean) => {
				const canvas = new OffscreenCanvas(side, side);
				const context = canvas.getContext('2d');
				if (context === null) {
					throw new Error('No canvas.');
				}
				if (isNoise) {
					const pixels = context.createImageData(side, side);
					for (let at = 0; at < pixels.data.length; at += 65_536) {
						crypto.getRandomValues(new Uint8Array(pixels.data.buffer, at, Math.min(65_536, pixels.data.length - at)));
					}
					context.putImageData(pixels, 0, 0);
				}
				return canvas.convertToBlob({ type: 'image/png' });
			};
			const blob =
				what.kind === 'bytes'
					? new Blob([what.text], { type: what.type })
					: await draw(what.side, what.kind === 'noise');
			const data = new DataTransfer();
			data.items.add(new File([blob], 'pasted', { type: blob.type }));
			const options = { bubbles: true, cancelable: true };
			const target = document.querySelector('.composer-text');
			target?.dispatchEvent(
				way === 'paste'
					? new ClipboardEvent('paste', { ...options, clipboardData: data })
					: new DragEvent('drop', { ...options, dataTransfer: data }),
			);
		},
		[how, given] as const,
	);
}
