import * as vscode from 'vscode';
import type { Severity } from '../../agent/uncommitted/findings.ts';
import { fixRequest } from '../actions/quickActions.ts';
import type { InlineEdits } from '../inline/inlineEdits.ts';
import type { PlacedFinding } from './findingThreads.ts';

const SEVERITIES: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
	high: vscode.DiagnosticSeverity.Error,
	medium: vscode.DiagnosticSeverity.Warning,
	low: vscode.DiagnosticSeverity.Information,
};

/**
 * Has what a finding is about mended by an edit at its place, as the light bulb does it with a problem.
 * @returns whether there is an edit now, which waits for the user's word.
 */
export async function fixFinding(
	{ uri, range, severity, title, text }: PlacedFinding,
	inline: Pick<InlineEdits, 'start'>,
): Promise<boolean> {
	const problem = new vscode.Diagnostic(range, [title, text].join(': '), SEVERITIES[severity]);
	return inline.start(await fixRequest({ uri, problems: [problem] }));
}
