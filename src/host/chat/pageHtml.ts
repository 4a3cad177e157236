import * as vscode from 'vscode';

/** Folders the page may load from; everything else is refused by the editor. */
export function pageRoots(extensionUri: vscode.Uri): vscode.Uri[] {
	return [vscode.Uri.joinPath(extensionUri, 'dist', 'page')];
}

/**
 * The page's document. Its policy lets it load our own script, style and font and nothing from the network;
 * text can reach the DOM only as text (Trusted Types).
 */
export function pageHtml(webview: vscode.Webview, extensionUri: vscode.Uri): string {
	const asset = (name: string) =>
		webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', 'page', name)).toString();
	const nonce = newNonce();
	const policy = [
		"default-src 'none'",
		`script-src ${webview.cspSource} 'nonce-${nonce}'`,
		`style-src ${webview.cspSource}`,
		`font-src ${webview.cspSource}`,
		`img-src ${webview.cspSource} data:`,
		"form-action 'none'",
		"base-uri 'none'",
		"require-trusted-types-for 'script'",
	].join('; ');
	return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>OpenRouter Agent</title>
<link rel="stylesheet" href="${asset('chat.css')}">
<script type="module" nonce="${nonce}" src="${asset('page.js')}"></script>
</head>
<body><div id="app"></div></body>
</html>`;
}

function newNonce(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}
