/**
 * Asks the editor's TypeScript server for the problems of a file. It pushes them for files in a tab alone, and in waves
 * a second apart; asked, it answers for the text that the file has now, within 50 ms on a small project.
 */
import * as vscode from 'vscode';
import * as z from 'zod';
import type { AskedDiagnostics, Diagnostic, Severity } from '../../agent/languageServices.ts';

/** Contributed by the built-in TypeScript extension, which lets through a few requests that change nothing. */
const COMMAND = 'typescript.tsserverRequest';
/** What the extension calls itself in the problems it pushes. */
const SOURCE = 'ts';
const LANGUAGES = new Set(['typescript', 'typescriptreact', 'javascript', 'javascriptreact']);

const location = z.object({ line: z.number(), offset: z.number() });
const response = z.object({
	success: z.literal(true),
	body: z.array(
		z.object({
			start: location,
			end: location,
			text: z.string(),
			category: z.string(),
			code: z.number().optional(),
			source: z.string().optional(),
		}),
	),
});

/** @returns undefined where the server does not serve the document, or was told not to look for problems. */
export async function askTypeScript(
	document: vscode.TextDocument,
	path: string,
): Promise<AskedDiagnostics | undefined> {
	if (!LANGUAGES.has(document.languageId) || !isValidated(document)) {
		return undefined;
	}
	const answers = await Promise.all(
		['syntacticDiagnosticsSync', 'semanticDiagnosticsSync'].map(command => request(command, document.uri)),
	);
	const diagnostics: Diagnostic[] = [];
	for (const answer of answers) {
		if (answer === undefined) {
			return undefined;
		}
		diagnostics.push(...answer.body.map(item => toDiagnostic(item, path)));
	}
	return { diagnostics, sources: [SOURCE] };
}

/**
 * Waits until the server has loaded the document's project. While it has not, a second server that knows only open files
 * answers, and finds too little. Quick once it is loaded: 1 to 8 ms, measured.
 */
export async function typeScriptLoaded(document: vscode.TextDocument): Promise<void> {
	if (LANGUAGES.has(document.languageId)) {
		await request('syntacticDiagnosticsSync', document.uri);
	}
}

async function request(command: string, file: vscode.Uri): Promise<z.infer<typeof response> | undefined> {
	let answer: unknown;
	try {
		answer = await vscode.commands.executeCommand(COMMAND, command, { file });
	} catch {
		// Another extension serves the language, or the file belongs to no project: others are listened to.
		return undefined;
	}
	return response.safeParse(answer).data;
}

/** The server itself knows nothing of these settings. */
function isValidated({ uri, languageId }: vscode.TextDocument): boolean {
	const section = languageId.startsWith('typescript') ? 'typescript' : 'javascript';
	const settings = vscode.workspace.getConfiguration(undefined, uri);
	return settings.get(`${section}.validate.enable`) !== false && settings.get('js/ts.validate.enabled') !== false;
}

function toDiagnostic(
	{ start, end, text, category, code, source }: z.infer<typeof response>['body'][number],
	path: string,
): Diagnostic {
	return {
		path,
		span: { start: { line: start.line, column: start.offset }, end: { line: end.line, column: end.offset } },
		severity: severityOf(category),
		message: text,
		source: source ?? SOURCE,
		...(code !== undefined && { code: String(code) }),
	};
}

function severityOf(category: string): Severity {
	switch (category) {
		case 'error':
		case 'warning':
			return category;
		case 'suggestion':
			return 'hint';
		default:
			return 'information';
	}
}
