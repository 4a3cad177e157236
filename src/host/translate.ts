/** `vscode.l10n.t`, passed in so that the fold runs without an editor. */
export type Translate = (message: string, ...args: (string | number)[]) => string;
