import * as vscode from 'vscode';
import { billedClient } from '../../agent/ledger/billedClient.ts';
import { ModelError } from '../../agent/model.ts';
import { requestSettings } from '../../agent/settings/requestSettings.ts';
import { askStructured } from '../../agent/structured/structured.ts';
import { StructuredError } from '../../agent/structured/structuredAnswer.ts';
import type { ResolvedModel } from '../../agent/turn/resolvedModel.ts';
import { type Finding, findingsAnswer, placeFindings, reviewMessages } from '../../agent/uncommitted/findings.ts';
import { planReview, type ReviewBatch } from '../../agent/uncommitted/reviewDiff.ts';
import { chooseRepository } from '../git/chooseRepository.ts';
import { tellFailure } from '../git/tellFailure.ts';
import type { Services } from '../services.ts';
import { readChangedFiles, type UncommittedFiles } from './changedFiles.ts';
import { FindingThreads, type PlacedFinding } from './findingThreads.ts';
import { LineMoves } from './lineMoves.ts';

/** Findings, and room to think for models that do. */
const ANSWER_TOKENS = 12_000;
/** Files left out that a message names. */
const NAMED_FILES = 5;

export interface UncommittedReviewOptions {
	readonly services: Pick<Services, 'account' | 'models'>;
	readonly log: vscode.LogOutputChannel;
	/** Begins to mend a finding. @returns whether it did: then the finding goes. */
	readonly onFix: (finding: PlacedFinding) => Promise<boolean>;
}

/** Has the model look over what is not committed yet, and shows what it finds as comments in the editor. */
export class UncommittedReview implements vscode.Disposable {
	readonly findings = new FindingThreads();
	readonly #options: UncommittedReviewOptions;
	readonly #life = new AbortController();
	#isRunning = false;

	constructor(options: UncommittedReviewOptions) {
		this.#options = options;
	}

	/** @param argument of the command, see `chooseRepository`. */
	async run(argument: unknown): Promise<void> {
		const repository = await chooseRepository(argument);
		if (repository === undefined || this.#isRunning) {
			return;
		}
		const resolved = await this.#options.services.models.resolve();
		if (resolved.model.isBuiltIn) {
			await this.#tellModelMissing();
			return;
		}
		this.#isRunning = true;
		try {
			await vscode.window.withProgress(
				{
					location: vscode.ProgressLocation.Notification,
					title: vscode.l10n.t('Reviewing uncommitted changes'),
					cancellable: true,
				},
				async (progress, token) => {
					const stop = new AbortController();
					// The user may type while the model thinks.
					const moves = new LineMoves();
					const listening = token.onCancellationRequested(() => stop.abort());
					const signal = AbortSignal.any([stop.signal, this.#life.signal]);
					try {
						await this.#review(await readChangedFiles(repository, moves, signal), moves, resolved, progress, signal);
					} catch (error) {
						if (!signal.aborted) {
							this.#tell(error);
						}
					} finally {
						vscode.Disposable.from(moves, listening).dispose();
					}
				},
			);
		} finally {
			this.#isRunning = false;
		}
	}

	/** @param thread argument of the command. */
	async fix(thread: unknown): Promise<void> {
		const finding = this.findings.find(thread);
		if (finding !== undefined && (await this.#options.onFix(finding))) {
			await this.findings.dismiss(thread);
		}
	}

	dispose(): void {
		this.#life.abort();
		this.findings.dispose();
	}

	async #review(
		{ files, leftOut }: UncommittedFiles,
		moves: LineMoves,
		resolved: ResolvedModel,
		progress: vscode.Progress<{ message?: string; increment?: number }>,
		signal: AbortSignal,
	): Promise<void> {
		const { batches, cut } = planReview(files);
		if (batches.length === 0) {
			tellAll([vscode.l10n.t('There are no uncommitted changes to review.'), ...leftOutText(leftOut)]);
			return;
		}
		// Those of a review before are about another state of the files.
		await this.findings.clear();
		let count = 0;
		for (const [index, batch] of batches.entries()) {
			if (batches.length > 1) {
				progress.report({ message: vscode.l10n.t('{0} of {1}', index + 1, batches.length) });
			}
			const found = await this.#ask(batch, resolved, signal);
			const located = found.flatMap(finding => {
				const file = files.find(({ path }) => path === finding.path);
				if (file === undefined) {
					return [];
				}
				const { uri, mark } = file;
				return [{ ...finding, uri, line: moves.now(uri, finding.line - 1, mark) + 1 }];
			});
			count += located.length;
			await this.findings.add(located, resolved.model.name);
			progress.report({ increment: 100 / batches.length });
		}
		tellAll([summaryText(count, files.length, resolved.model.name), ...leftOutText([...leftOut, ...cut])]);
	}

	async #ask(
		batch: ReviewBatch,
		{ client, model, settings }: ResolvedModel,
		signal: AbortSignal,
	): Promise<readonly Finding[]> {
		const answer = await askStructured({
			client: billedClient(client, {
				signal: this.#life.signal,
				onFailure: error => this.#options.log.debug(`The bill of a review: ${String(error)}`),
			}),
			schema: findingsAnswer,
			name: 'findings',
			signal,
			model: model.id,
			messages: reviewMessages(batch),
			sessionId: `review-${crypto.randomUUID()}`,
			maxOutputTokens: ANSWER_TOKENS,
			sendsSchema: this.#options.services.models.catalogue.find(model.id)?.takesSchema ?? false,
			allowCut: true,
			...requestSettings(settings),
		});
		return placeFindings(answer, batch);
	}

	/** @throws what is no failure of the request. */
	#tell(error: unknown): void {
		if (error instanceof ModelError) {
			// Not awaited: the progress ends now, and the message stays as long as the user likes.
			void tellFailure(error, this.#options.services);
			return;
		}
		if (error instanceof StructuredError) {
			this.#options.log.warn(`Review: ${error.message}\n${error.nearest}`);
			void vscode.window.showErrorMessage(
				vscode.l10n.t('The answer could not be read as findings. Another model may do better.'),
			);
			return;
		}
		throw error;
	}

	async #tellModelMissing(): Promise<void> {
		const { models, account } = this.#options.services;
		await models.refresh();
		const { hasKey } = models;
		const mend = hasKey ? vscode.l10n.t('Choose a model') : vscode.l10n.t('Sign in');
		const text = vscode.l10n.t('A review needs a model, which the built-in assistant is not.');
		if ((await vscode.window.showInformationMessage(text, mend)) === mend) {
			await (hasKey ? models.choose() : account.signIn());
		}
	}
}

function summaryText(findings: number, files: number, model: string): string {
	const { t } = vscode.l10n;
	const changed = files === 1 ? t('1 changed file') : t('{0} changed files', files);
	if (findings === 0) {
		return t('{0} found nothing wrong in {1}.', model, changed);
	}
	return findings === 1
		? t('1 finding in {0}. It stands at its line, and in the Comments view.', changed)
		: t('{0} findings in {1}. They stand at their lines, and in the Comments view.', findings, changed);
}

function tellAll(sentences: readonly string[]): void {
	// Nobody waits for the user to read it.
	void vscode.window.showInformationMessage(sentences.join(' '));
}

function leftOutText(paths: readonly string[]): readonly string[] {
	const named = [...new Set(paths)];
	if (named.length === 0) {
		return [];
	}
	const list = named.slice(0, NAMED_FILES).join(', ');
	const more = named.length - NAMED_FILES;
	return [
		more > 0
			? vscode.l10n.t('Not reviewed, or not as a whole: {0} and {1} more.', list, more)
			: vscode.l10n.t('Not reviewed, or not as a whole: {0}.', list),
	];
}
