/** Problems that an edit brought. */
import * as vscode from 'vscode';
import type { InlineProblem } from '../../agent/inline/inlinePrompt.ts';

/** A server that says something says it again as long as it works. */
const QUIET_MS = 250;
/** What is said later than this is not waited for. */
const LIMIT_MS = 4000;

/** Listens from before the edit, so that nothing is missed. */
export class ProblemsAfter implements vscode.Disposable {
	readonly #document: vscode.TextDocument;
	readonly #before: ReadonlySet<string>;
	readonly #listening: vscode.Disposable;
	#onReport: (() => void) | undefined;
	#isReported = false;

	constructor(document: vscode.TextDocument) {
		this.#document = document;
		this.#before = new Set(problemsOf(document).map(nameOf));
		this.#listening = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
			if (uris.some(uri => uri.toString() === document.uri.toString())) {
				this.#isReported = true;
				this.#onReport?.();
			}
		});
	}

	/** The text changes at this moment: what was said before is about another one. */
	restart(): void {
		this.#isReported = false;
	}

	/** Errors and warnings within the lines that were not there before. None where nobody said anything in time. */
	async within(range: () => vscode.Range): Promise<readonly vscode.Diagnostic[]> {
		await this.#settled();
		return problemsOf(this.#document, range()).filter(problem => !this.#before.has(nameOf(problem)));
	}

	dispose(): void {
		this.#listening.dispose();
		this.#onReport = undefined;
	}

	async #settled(): Promise<void> {
		await new Promise<void>(resolve => {
			const limit = setTimeout(resolve, LIMIT_MS);
			let quiet: ReturnType<typeof setTimeout> | undefined;
			this.#onReport = () => {
				clearTimeout(quiet);
				quiet = setTimeout(() => {
					clearTimeout(limit);
					resolve();
				}, QUIET_MS);
			};
			if (this.#isReported) {
				this.#onReport();
			}
		});
	}
}

/** Errors and warnings: hints and remarks are everywhere, and ask for nothing. */
export function problemsOf(document: vscode.TextDocument, within?: vscode.Range): readonly vscode.Diagnostic[] {
	return vscode.languages
		.getDiagnostics(document.uri)
		.filter(
			({ severity, range }) =>
				severity <= vscode.DiagnosticSeverity.Warning &&
				(within === undefined || within.intersection(range) !== undefined),
		);
}

/** Lines move with an edit above them; the words stay. */
function nameOf({ message, source }: vscode.Diagnostic): string {
	return `${source ?? ''}\n${message}`;
}

/** As the model is told of it. */
export function toInlineProblem({
	range,
	severity,
	message,
	source,
	code,
	relatedInformation,
}: vscode.Diagnostic): InlineProblem {
	const name = typeof code === 'object' ? code.value : code;
	const told = [source, name].filter(part => part !== undefined && part !== '').join(' ');
	return {
		line: range.start.line + 1,
		severity: vscode.DiagnosticSeverity[severity].toLowerCase(),
		message,
		...(told !== '' && { source: told }),
		...(relatedInformation !== undefined &&
			relatedInformation.length > 0 && {
				related: relatedInformation.map(
					({ location, message: words }) =>
						`${vscode.workspace.asRelativePath(location.uri)}:${location.range.start.line + 1}: ${words}`,
				),
			}),
	};
}
