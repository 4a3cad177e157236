/** One inline edit from its first instruction to the user's last word about it. */
import type * as vscode from 'vscode';
import type { Attachment } from '../../agent/events.ts';
import { type InlineContext, inlineContext, refineContext } from '../../agent/inline/inlinePrompt.ts';
import type { ReviewedFile } from '../../agent/review/review.ts';
import type { Session } from '../../agent/session/session.ts';
import type { Location } from '../../agent/workspace.ts';
import { hasMixedLineEnds } from '../../editing/index.ts';
import { readDiskText } from '../workspace/diskText.ts';
import { contextOf } from './inlinePlace.ts';
import { InlineRun, type RunEnd } from './inlineRun.ts';
import { ProblemsAfter } from './problemsAfter.ts';
import type { RegionWriter } from './regionWriter.ts';

export interface InlineEditOptions {
	readonly session: Session;
	readonly region: RegionWriter;
	readonly location: Location;
}

export interface EditEnd {
	readonly end: RunEnd;
	/** Problems in the lines that were not there before. */
	readonly problems: Promise<readonly vscode.Diagnostic[]>;
}

export class InlineEdit implements vscode.Disposable {
	readonly session: Session;
	readonly region: RegionWriter;
	readonly location: Location;
	readonly #instructions: string[] = [];
	#run: InlineRun | undefined;

	constructor({ session, region, location }: InlineEditOptions) {
		this.session = session;
		this.region = region;
		this.location = location;
	}

	get id(): string {
		return this.session.id;
	}

	get document(): vscode.TextDocument {
		return this.region.document;
	}

	get isRunning(): boolean {
		return this.#run !== undefined;
	}

	/** In the order in which they were given. */
	get instructions(): readonly string[] {
		return this.#instructions;
	}

	/** What of it waits for the user's word. */
	get pending(): ReviewedFile | undefined {
		return this.session.review.files.find(({ uri }) => uri === this.location.uri);
	}

	/** @param instruction absent to take up the last one, which failed. */
	async run(instruction: string | undefined, attachments: readonly Attachment[] = []): Promise<EditEnd> {
		const { document, region, session, location } = this;
		const context = contextOf(document, region.region, location);
		const isFirst = this.#instructions.length === 0;
		if (instruction !== undefined) {
			this.#instructions.push(instruction);
		}
		const problems = new ProblemsAfter(document);
		const saving = await canSaveAfter(document, location);
		const run = new InlineRun({
			session,
			region: {
				get lines() {
					return region.lines;
				},
				get isTouched() {
					return region.isTouched;
				},
				text: () => document.getText(),
				textWith: lines => region.textWith(lines),
				begin: () => region.begin(),
				write: (lines, isLast) => region.write(lines, isLast),
			},
			place: placeOf(context),
			location: { path: location.path, uri: location.uri },
			newId: () => crypto.randomUUID(),
			onWriting: () => problems.restart(),
			...(saving && { settle: () => save(document) }),
		});
		this.#run = run;
		try {
			const told = (isFirst ? inlineContext : refineContext)(context);
			const end = await run.run(
				instruction === undefined ? undefined : { text: instruction, attachments: [told, ...attachments] },
			);
			await session.review.whenReady();
			if (end.kind !== 'done') {
				problems.dispose();
				return { end, problems: Promise.resolve([]) };
			}
			return { end, problems: problems.within(() => region.range).finally(() => problems.dispose()) };
		} catch (error) {
			problems.dispose();
			throw error;
		} finally {
			this.#run = undefined;
		}
	}

	/** Takes back what came of the instruction that is worked on. */
	cancel(): void {
		this.#run?.cancel();
	}

	dispose(): void {
		this.region.dispose();
	}
}

function placeOf({ file, language, unit, indent }: InlineContext) {
	return { file, language, unit, indent };
}

/** A clean buffer is saved after the edit, where that changes the bytes of the edit alone. */
async function canSaveAfter(document: vscode.TextDocument, { path }: Location): Promise<boolean> {
	if (document.isDirty || document.isUntitled) {
		return false;
	}
	try {
		const { text } = await readDiskText(document.uri, path);
		return text === document.getText() && !hasMixedLineEnds(text) && !text.includes('\uFFFD');
	} catch {
		// Gone, or no text on disk: what is in the editor is the user's to save.
		return false;
	}
}

async function save(document: vscode.TextDocument): Promise<void> {
	if (document.isDirty && !document.isClosed) {
		// A conflict with the disk leaves it unsaved, and the editor says so.
		await document.save();
	}
}
