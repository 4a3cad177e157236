/** Between the editor's types, which count from 0, and those of the port, which count from 1. */
import * as vscode from 'vscode';
import type { Diagnostic, Severity, TextPosition, TextSpan } from '../../agent/languageServices.ts';

export function toPosition({ line, column }: TextPosition): vscode.Position {
	return new vscode.Position(line - 1, column - 1);
}

export function fromRange({ start, end }: vscode.Range): TextSpan {
	return {
		start: { line: start.line + 1, column: start.character + 1 },
		end: { line: end.line + 1, column: end.character + 1 },
	};
}

const severityOf: Readonly<Record<vscode.DiagnosticSeverity, Severity>> = {
	[vscode.DiagnosticSeverity.Error]: 'error',
	[vscode.DiagnosticSeverity.Warning]: 'warning',
	[vscode.DiagnosticSeverity.Information]: 'information',
	[vscode.DiagnosticSeverity.Hint]: 'hint',
};

export function fromDiagnostic(path: string, diagnostic: vscode.Diagnostic): Diagnostic {
	const { severity, message, source, range } = diagnostic;
	const code = typeof diagnostic.code === 'object' ? diagnostic.code.value : diagnostic.code;
	return {
		path,
		span: fromRange(range),
		severity: severityOf[severity],
		message,
		...(source !== undefined && { source }),
		...(code !== undefined && { code: String(code) }),
	};
}

/** "enum member" for `EnumMember`. */
export function kindWord(kind: vscode.SymbolKind): string {
	return (vscode.SymbolKind[kind] ?? 'symbol').replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}
