import * as vscode from 'vscode';
import { answerText } from '../../agent/answerText.ts';
import { type CommitFacts, commitMessages, MESSAGE_TOKENS } from '../../agent/commit/commitPrompt.ts';
import { commitText } from '../../agent/commit/commitText.ts';
import { plainCommit } from '../../agent/commit/plainCommit.ts';
import { billedClient } from '../../agent/ledger/billedClient.ts';
import { ModelError, type ModelRequest } from '../../agent/model.ts';
import { requestSettings } from '../../agent/settings/requestSettings.ts';
import type { ResolvedModel } from '../../agent/turn/resolvedModel.ts';
import { contextKeys } from '../ids.ts';
import type { Services } from '../services.ts';
import { chooseRepository, rootOf } from './chooseRepository.ts';
import { changesOf, readCommitFacts } from './commitFacts.ts';
import type { GitRepository } from './gitApi.ts';
import { tellFailure } from './tellFailure.ts';

/** Room to think for models that do; what they do not use costs nothing. */
const THINKING_TOKENS = 4_000;

export interface CommitMessageOptions {
	readonly services: Pick<Services, 'account' | 'models'>;
	readonly log: vscode.LogOutputChannel;
}

/** Writes commit messages into the box of the source control view. */
export class CommitMessage implements vscode.Disposable {
	readonly #options: CommitMessageOptions;
	/** What is being written, by the root of its repository. */
	readonly #running = new Map<string, AbortController>();
	/** What was written last, by the root of its repository: that is no note of the author. */
	readonly #written = new Map<string, string>();
	readonly #life = new AbortController();

	constructor(options: CommitMessageOptions) {
		this.#options = options;
	}

	/** @param argument of the command, see `chooseRepository`. */
	async write(argument: unknown): Promise<void> {
		const repository = await chooseRepository(argument);
		if (repository === undefined || this.#running.has(repository.rootUri.toString())) {
			return;
		}
		const root = repository.rootUri.toString();
		const stop = new AbortController();
		this.#running.set(root, stop);
		await this.#tellRunning();
		try {
			await vscode.window.withProgress(
				{ location: vscode.ProgressLocation.SourceControl, title: vscode.l10n.t('Writing the commit message…') },
				() => this.#writeFor(repository, AbortSignal.any([stop.signal, this.#life.signal])),
			);
		} finally {
			this.#running.delete(root);
			await this.#tellRunning();
		}
	}

	/**
	 * Ends what is being written: for the repository whose button was pressed, or for all. What stood in the box stands
	 * there again.
	 * @param argument of the command, see `rootOf`.
	 */
	stop(argument: unknown): void {
		const own = this.#running.get(rootOf(argument)?.toString() ?? '');
		// While one is written, every repository has the button.
		for (const running of own === undefined ? this.#running.values() : [own]) {
			running.abort();
		}
	}

	dispose(): void {
		this.#life.abort();
	}

	async #writeFor(repository: GitRepository, signal: AbortSignal): Promise<void> {
		const root = repository.rootUri.toString();
		const before = repository.inputBox.value;
		const note = before === this.#written.get(root) ? '' : before.trim();
		const facts = await readCommitFacts(repository, note);
		if (facts === undefined) {
			void vscode.window.showInformationMessage(vscode.l10n.t('There is nothing to commit.'));
			return;
		}
		const resolved = await this.#options.services.models.resolve();
		if (signal.aborted) {
			return;
		}
		const box = new MessageBox(repository, before);
		if (resolved.model.isBuiltIn) {
			this.#finish(box, root, plainCommit(changesOf(facts)), note);
			void this.#tellByRule();
			return;
		}
		try {
			const message = await this.#ask(resolved, facts, box, signal);
			if (message === '') {
				throw new ModelError('malformed', vscode.l10n.t('The model gave no message.'));
			}
			this.#finish(box, root, message, note);
		} catch (error) {
			// What the user typed instead ended it, which is no failure; what failed before is one all the same.
			const isEnded = signal.aborted || (error instanceof ModelError && error.kind === 'aborted');
			if (!box.restore()) {
				this.#tellTaken(box, note);
			}
			if (!isEnded) {
				this.#tell(error);
			}
		}
	}

	/** @returns the message; the box shows it as it comes. */
	async #ask(resolved: ResolvedModel, facts: CommitFacts, box: MessageBox, signal: AbortSignal): Promise<string> {
		const { client, model, settings } = resolved;
		const request: ModelRequest = {
			model: model.id,
			messages: commitMessages(facts),
			tools: [],
			sessionId: `commit-${crypto.randomUUID()}`,
			purpose: 'inline',
			maxOutputTokens: MESSAGE_TOKENS + THINKING_TOKENS,
			...requestSettings(settings),
		};
		const billed = billedClient(client, {
			signal: this.#life.signal,
			onFailure: error => this.#options.log.debug(`The bill of a commit message: ${String(error)}`),
		});
		const typed = new AbortController();
		const { text } = await answerText(billed, request, AbortSignal.any([signal, typed.signal]), answer => {
			const message = commitText(answer);
			if (message !== '' && !box.show(message)) {
				typed.abort();
			}
		});
		return commitText(text);
	}

	#finish(box: MessageBox, root: string, message: string, note: string): void {
		if (!box.show(message)) {
			this.#tellTaken(box, note);
			return;
		}
		this.#written.set(root, message);
		if (note !== '') {
			// Not awaited: the message is there, and the offer stands as long as the user likes.
			void this.#offerNote(box, note);
		}
	}

	async #offerNote(box: MessageBox, note: string): Promise<void> {
		const restore = vscode.l10n.t('Restore my text');
		const text = vscode.l10n.t('The commit message was written from your text.');
		if ((await vscode.window.showInformationMessage(text, restore)) === restore && !box.restore()) {
			this.#tellTaken(box, note);
		}
	}

	/** The user typed where the message was being written: that stays, and so their text of before must be told. */
	#tellTaken({ before }: MessageBox, note: string): void {
		if (note !== '') {
			void vscode.window.showInformationMessage(
				vscode.l10n.t('You changed the commit message meanwhile. Your text before was: {0}', before),
			);
		}
	}

	async #tellByRule(): Promise<void> {
		const { models, account } = this.#options.services;
		await models.refresh();
		const { hasKey } = models;
		const mend = hasKey ? vscode.l10n.t('Choose a model') : vscode.l10n.t('Sign in');
		const text = vscode.l10n.t('This message was put together by rule, from the names of the files, without a model.');
		if ((await vscode.window.showInformationMessage(text, mend)) === mend) {
			await (hasKey ? models.choose() : account.signIn());
		}
	}

	/** @throws what is no failure of the request. */
	#tell(error: unknown): void {
		if (!(error instanceof ModelError)) {
			throw error;
		}
		// Not awaited: the progress ends now, and the message stays as long as the user likes.
		void tellFailure(error, this.#options.services);
	}

	async #tellRunning(): Promise<void> {
		await vscode.commands.executeCommand('setContext', contextKeys.isWritingCommitMessage, this.#running.size > 0);
	}
}

/** The box of a repository, which is the user's: once they type in it, nothing more is written there. */
class MessageBox {
	readonly #repository: GitRepository;
	/** What stood there when we began. */
	readonly before: string;
	#shown: string;

	constructor(repository: GitRepository, before: string) {
		this.#repository = repository;
		this.before = before;
		this.#shown = before;
	}

	/** Whether the user has typed in it since. */
	get isTaken(): boolean {
		return this.#repository.inputBox.value !== this.#shown;
	}

	/** @returns false when the user has typed in it, and nothing was changed. */
	show(text: string): boolean {
		if (this.isTaken) {
			return false;
		}
		this.#repository.inputBox.value = text;
		this.#shown = text;
		return true;
	}

	/** @returns false when the user has typed in it. */
	restore(): boolean {
		return this.show(this.before);
	}
}
