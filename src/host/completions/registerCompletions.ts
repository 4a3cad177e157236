import * as vscode from 'vscode';
import { commandIds, SETTINGS_SECTION } from '../ids.ts';
import { CompletionItem } from './completionItem.ts';
import type { StatusWords } from './completionStatus.ts';
import type { InlineCompletions } from './inlineCompletions.ts';

const SETTING = 'completions.enabled';

type LoadCompletions = (onStatus: (words: StatusWords) => void) => Promise<InlineCompletions>;

/**
 * Inline completions, while the user has them on. Nothing of them is loaded before the first is wanted, or they are turned
 * on.
 * @param load makes what suggests.
 * @param report shows what went wrong with a command.
 */
export function registerCompletions(load: LoadCompletions, report: (error: unknown) => void): vscode.Disposable {
	const switched = new CompletionSwitch(load, report);
	return vscode.Disposable.from(
		switched,
		vscode.commands.registerCommand(commandIds.toggleCompletions, () => switched.toggle()),
		vscode.workspace.onDidChangeConfiguration(event => {
			if (event.affectsConfiguration(`${SETTINGS_SECTION}.${SETTING}`)) {
				switched.follow();
				// The user sees at once what is missing, such as a key.
				switched.loadIfOn();
			}
		}),
	);
}

interface Running {
	readonly provider: vscode.Disposable;
	/** Undefined until something is wanted. */
	loading: Promise<InlineCompletions> | undefined;
}

class CompletionSwitch implements vscode.Disposable {
	readonly #load: LoadCompletions;
	readonly #report: (error: unknown) => void;
	#running: Running | undefined;
	readonly #item = new CompletionItem();

	constructor(load: LoadCompletions, report: (error: unknown) => void) {
		this.#load = load;
		this.#report = report;
		this.follow();
	}

	/** Does what the setting says. */
	follow(): void {
		const isOn = vscode.workspace.getConfiguration(SETTINGS_SECTION).get(SETTING) === true;
		if (isOn === (this.#running !== undefined)) {
			return;
		}
		if (isOn) {
			this.#start();
			return;
		}
		this.#stop();
		this.#show(
			'$(circle-slash)',
			vscode.l10n.t('Inline completions are off: nothing is asked.'),
			vscode.l10n.t('Turn on'),
		);
	}

	loadIfOn(): void {
		if (this.#running !== undefined) {
			// What keeps it from loading is reported there.
			void this.#suggester(this.#running);
		}
	}

	async toggle(): Promise<void> {
		const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION);
		try {
			await configuration.update(SETTING, this.#running === undefined, vscode.ConfigurationTarget.Global);
		} catch (error) {
			this.#report(error);
		}
	}

	dispose(): void {
		this.#stop();
		this.#item.dispose();
	}

	#start(): void {
		const running: Running = {
			provider: vscode.languages.registerInlineCompletionItemProvider(
				{ pattern: '**' },
				{
					provideInlineCompletionItems: async (document, position, context, token) =>
						(await this.#suggester(running))?.provideInlineCompletionItems(document, position, context, token),
				},
			),
			loading: undefined,
		};
		this.#running = running;
		this.#show('$(sparkle)', vscode.l10n.t('Inline completions are on.'), vscode.l10n.t('Turn off'));
	}

	#stop(): void {
		const running = this.#running;
		this.#running = undefined;
		running?.provider.dispose();
		// Failures were reported when it loaded.
		running?.loading?.then(
			suggester => suggester.dispose(),
			() => undefined,
		);
	}

	/** @returns undefined when it cannot be loaded, which is reported once. */
	async #suggester(running: Running): Promise<InlineCompletions | undefined> {
		const isFirst = running.loading === undefined;
		running.loading ??= this.#load(words => {
			if (this.#running === running) {
				this.#item.show(words);
			}
		});
		try {
			return await running.loading;
		} catch (error) {
			if (isFirst) {
				this.#show('$(error)', vscode.l10n.t('Inline completions could not be started.'), vscode.l10n.t('Turn off'));
				this.#report(error);
			}
			return undefined;
		}
	}

	/** What is known without anything loaded. */
	#show(icon: string, line: string, toggle: string): void {
		this.#item.show({
			text: `${icon} ${vscode.l10n.t('Completions')}`,
			lines: [line],
			links: [{ label: toggle, command: commandIds.toggleCompletions }],
		});
	}
}
