/** Waits until what serves a language runs: extensions start with the first file of theirs, and servers after them. */
import * as vscode from 'vscode';
import { abortable } from '../../agent/abortable.ts';
import type { Clock } from '../../agent/clock.ts';

/** Milliseconds that starting extensions may take before we go on without them. */
const ACTIVATION_MS = 10_000;
/** Milliseconds for which a started extension may not answer yet. */
const ANSWER_MS = 3000;
const ASK_AGAIN_MS = 200;

export class ServedLanguages {
	private readonly clock: Clock;
	private readonly starts = new Map<string, Promise<void>>();

	constructor(clock: Clock) {
		this.clock = clock;
	}

	isServed({ languageId }: vscode.TextDocument): boolean {
		return extensionsFor(languageId).length > 0;
	}

	/** Waits once for each language. @throws AbortError at the signal. */
	async started(document: vscode.TextDocument, signal: AbortSignal): Promise<void> {
		const { languageId } = document;
		const start = this.starts.get(languageId) ?? this.start(document);
		this.starts.set(languageId, start);
		await abortable(start, signal);
	}

	private async start(document: vscode.TextDocument): Promise<void> {
		const extensions = extensionsFor(document.languageId);
		if (extensions.length === 0) {
			return;
		}
		// One that fails to start says so itself.
		const activations = Promise.allSettled(extensions.map(extension => extension.activate()));
		await Promise.race([activations, this.wait(ACTIVATION_MS)]);
		const end = this.clock.monotonic() + ANSWER_MS;
		// An outline needs no project, so it is the first that a server has. `undefined` while there is no provider, and
		// for a file that declares nothing.
		while (this.clock.monotonic() < end && (await outline(document.uri)) === undefined) {
			await this.wait(ASK_AGAIN_MS);
		}
	}

	private wait(ms: number): Promise<void> {
		return new Promise(resolve => {
			this.clock.schedule(ms, resolve);
		});
	}
}

/** Those that the editor starts with the first file of the language. */
function extensionsFor(languageId: string): readonly vscode.Extension<unknown>[] {
	return vscode.extensions.all.filter(({ packageJSON }) => {
		const events: unknown = packageJSON.activationEvents;
		return Array.isArray(events) && events.includes(`onLanguage:${languageId}`);
	});
}

async function outline(uri: vscode.Uri): Promise<unknown> {
	try {
		return await vscode.commands.executeCommand('vscode.executeDocumentSymbolProvider', uri);
	} catch (error) {
		// An answer of its own: the caller's request fails the same way and says so.
		return error;
	}
}
