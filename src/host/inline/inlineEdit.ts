/** One inline edit from its first instruction to the user's last word about it. */
import type * as vscode from 'vscode';
import type { Attachment, ReviewDecision } from '../../agent/events.ts';
import { inlineContext, refineContext } from '../../agent/inline/inlinePrompt.ts';
import { newLines } from '../../agent/inline/streamEdits.ts';
import type { ReviewedFile, ReviewOutcome } from '../../agent/review/review.ts';
import type { Session } from '../../agent/session/session.ts';
import type { Location } from '../../agent/workspace.ts';
import { hasMixedLineEnds, toLf } from '../../editing/lineEnds.ts';
import { pendingHunks } from '../../editing/pendingEdit.ts';
import { readDiskText } from '../workspace/diskText.ts';
import type { LineRegion } from './carryRegion.ts';
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
	#isRunning = false;
	#run: InlineRun | undefined;
	/** The lines before the instruction that is worked on. */
	#before: readonly string[] = [];
	/** Decisions under way: until they are over, the session is needed. */
	#deciding = 0;
	/** Of the text and the review with these numbers. */
	#place: { readonly version: number; readonly revision: number; readonly first: number | undefined } | undefined;

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
		return this.#isRunning;
	}

	/** It works, or something of it waits for the user's word. */
	get isNeeded(): boolean {
		return this.#isRunning || this.#deciding > 0 || this.pending !== undefined;
	}

	/** Lines, from 0, of what came so far of the instruction that is worked on. */
	get came(): readonly LineRegion[] {
		if (!this.#isRunning) {
			return [];
		}
		const { lines, region } = this.region;
		return newLines(this.#before, lines).map(({ start, end }) => ({
			start: region.start + start,
			end: region.start + end,
		}));
	}

	/** In the order in which they were given. */
	get instructions(): readonly string[] {
		return this.#instructions;
	}

	/** What of it waits for the user's word. */
	get pending(): ReviewedFile | undefined {
		return this.session.review.files.find(({ uri }) => uri === this.location.uri);
	}

	/** The line, from 0, of the first of its changes in the text as it is now; undefined when none is there, as after an undo. */
	get firstChange(): number | undefined {
		const { pending, document } = this;
		if (pending === undefined) {
			return undefined;
		}
		const { version } = document;
		const { revision } = pending;
		if (this.#place?.version !== version || this.#place.revision !== revision) {
			const { base, text } = pending.pending;
			const hunks = pendingHunks({ base: base && toLf(base), text: text && toLf(text) }, toLf(document.getText()));
			const first = hunks[0]?.now.start;
			this.#place = { version, revision, first: first && Math.min(first, document.lineCount - 1) };
		}
		return this.#place.first;
	}

	/**
	 * One at a time.
	 * @param instruction absent to take up the last one, which failed.
	 */
	async run(instruction: string | undefined, attachments: readonly Attachment[] = []): Promise<EditEnd> {
		this.#before = this.region.lines;
		this.#isRunning = true;
		const problems = new ProblemsAfter(this.document);
		try {
			const end = await this.#answer(instruction, attachments, problems);
			await this.session.review.whenReady();
			if (end.kind !== 'done') {
				problems.dispose();
				return { end, problems: Promise.resolve([]) };
			}
			return { end, problems: problems.within(() => this.region.range).finally(() => problems.dispose()) };
		} catch (error) {
			problems.dispose();
			throw error;
		} finally {
			this.#run = undefined;
			this.#isRunning = false;
		}
	}

	/** Takes back what came of the instruction that is worked on. */
	cancel(): void {
		this.#run?.cancel();
	}

	/** Decides about all of it. */
	async decide(decision: ReviewDecision): Promise<ReviewOutcome> {
		this.#deciding++;
		try {
			return await this.session.review.decide({ uri: this.location.uri, decision });
		} finally {
			this.#deciding--;
		}
	}

	dispose(): void {
		this.region.dispose();
	}

	#answer(
		instruction: string | undefined,
		attachments: readonly Attachment[],
		problems: ProblemsAfter,
	): Promise<RunEnd> {
		const { document, region, session, location } = this;
		const context = contextOf(document, region.region, location);
		const { file, language, unit, indent } = context;
		const told = (this.#instructions.length === 0 ? inlineContext : refineContext)(context);
		const saving = canSaveAfter(document, location);
		this.#run = new InlineRun({
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
			place: { file, language, unit, indent },
			location: { path: location.path, uri: location.uri },
			newId: () => crypto.randomUUID(),
			onWriting: () => problems.restart(),
			// What the user typed meanwhile is the user's to save.
			settle: async () => ((await saving) && region.isAlone ? save(document) : undefined),
		});
		if (instruction === undefined) {
			return this.#run.run(undefined);
		}
		this.#instructions.push(instruction);
		return this.#run.run({ text: instruction, attachments: [told, ...attachments] });
	}
}

/** A clean buffer is saved after the edit, where that changes the bytes of the edit alone. */
async function canSaveAfter(document: vscode.TextDocument, { path }: Location): Promise<boolean> {
	if (document.isDirty || document.isUntitled) {
		return false;
	}
	// As it is before the first line comes.
	const before = document.getText();
	try {
		const { text } = await readDiskText(document.uri, path);
		return text === before && !hasMixedLineEnds(text) && !text.includes('\uFFFD');
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
