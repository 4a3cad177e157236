import * as vscode from 'vscode';
import { codeIn } from '../../openrouter/account/oauth.ts';
import type { SignInPages } from './signInFlow.ts';

/**
 * Opens the sign-in page, and stays as a box into which a code can be pasted while the browser is on its way.
 * @returns the code, or undefined when the user left the box or the signal closed it.
 */
export async function askForCode(pages: SignInPages, signal: AbortSignal): Promise<string | undefined> {
	const box = vscode.window.createInputBox();
	box.title = vscode.l10n.t('Sign in with OpenRouter');
	box.prompt = pages.comesBack
		? vscode.l10n.t(
				'Allow the key in your browser. If it does not come back by itself, paste the address it ended at, or a code.',
			)
		: vscode.l10n.t('Allow the key in your browser, then paste the code it shows.');
	box.placeholder = pages.comesBack ? vscode.l10n.t('Waiting for your browser…') : vscode.l10n.t('Code');
	box.ignoreFocusOut = true;
	box.busy = pages.comesBack;
	const say = (message: string, severity = vscode.InputBoxValidationSeverity.Info) => {
		box.validationMessage = { message, severity };
	};
	/** Where the editor opens no browser, or the user does not let it, the address can be copied. */
	const show = async (page: string) => {
		const isOpened = await open(page).then(
			opened => opened,
			() => false,
		);
		if (!isOpened) {
			say(vscode.l10n.t('The page was not opened. Copy its address, and open it in any browser.'));
		}
	};
	const actions = new Map<vscode.QuickInputButton, () => Promise<void>>([
		...(pages.comesBack
			? [
					button('key', vscode.l10n.t('Paste the code instead: opens a page that shows one'), () => {
						box.placeholder = vscode.l10n.t('Code');
						return show(pages.code);
					}),
				]
			: []),
		button('link-external', vscode.l10n.t('Open the page again'), () => show(pages.main)),
		button('copy', vscode.l10n.t('Copy the address of the page'), async () => {
			await vscode.env.clipboard.writeText(pages.main);
			say(vscode.l10n.t('Copied.'));
		}),
	]);
	box.buttons = [...actions.keys()];
	const hide = () => box.hide();
	signal.addEventListener('abort', hide);
	try {
		return await new Promise<string | undefined>((resolve, reject) => {
			box.onDidTriggerButton(pressed => void actions.get(pressed)?.().catch(reject));
			box.onDidChangeValue(() => {
				box.validationMessage = undefined;
			});
			box.onDidAccept(() => {
				const code = codeIn(box.value);
				if (code === undefined) {
					say(vscode.l10n.t('This holds no code.'), vscode.InputBoxValidationSeverity.Error);
				} else {
					resolve(code);
				}
			});
			box.onDidHide(() => resolve(undefined));
			box.show();
			void show(pages.main);
		});
	} finally {
		signal.removeEventListener('abort', hide);
		box.dispose();
	}
}

function button(
	icon: string,
	tooltip: string,
	run: () => Promise<void>,
): [vscode.QuickInputButton, () => Promise<void>] {
	return [{ iconPath: new vscode.ThemeIcon(icon), tooltip }, run];
}

/**
 * Given as text, which the editor passes on as it is, although its types do not say so. A Uri would be unescaped, and
 * the query of the callback's address, which stands in the query of this one, would fall apart.
 */
function open(url: string): Thenable<boolean> {
	return vscode.env.openExternal(url as unknown as vscode.Uri);
}
