import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { PageHarness, type ThemeName } from './pageHarness/openPage.ts';
import { awaitedParts, openedParts, panelStates } from './pageHarness/states.ts';

const SCREENSHOTS = 'out/screenshots/page';
const themes: readonly ThemeName[] = ['dark', 'light', 'hc', 'hc-light'];
/** Pixels: narrow, usual, an editor tab. */
const widths = [260, 400, 900] as const;

describe('the look of the chat page', function () {
	this.timeout(120_000);
	let harness: PageHarness;

	before(async () => {
		mkdirSync(SCREENSHOTS, { recursive: true });
		harness = await PageHarness.start();
	});
	after(() => harness?.stop());

	for (const theme of themes) {
		for (const width of widths) {
			it(`is accessible and fits in every state: ${theme}, ${width} px`, async () => {
				const chat = await harness.open({ theme, width });
				const problems: string[] = [];
				for (const [name, messages] of Object.entries(panelStates)) {
					await chat.send(...messages);
					for (const part of openedParts[name] ?? []) {
						await chat.page.locator(part).first().click();
					}
					for (const part of awaitedParts[name] ?? []) {
						await chat.page.locator(part).waitFor();
					}
					await chat.page.waitForFunction(isCodeColoured);
					await chat.page.screenshot({ path: `${SCREENSHOTS}/${name}-${theme}-${width}.png` });
					const found = [...(await chat.accessibilityViolations()), ...(await chat.page.evaluate(sizeProblems))];
					problems.push(...found.map(problem => `${name}: ${problem}`));
				}
				await chat.close();
				assert.deepEqual([...problems, ...chat.complaints, ...chat.foreignRequests], []);
			});
		}
	}
});

function isCodeColoured(): boolean {
	return [...document.querySelectorAll('.code-card')].every(card => card.querySelector('.hljs-keyword') !== null);
}

/** Buttons too small to hit, and what is wider than the view. */
function sizeProblems(): string[] {
	const problems: string[] = [];
	const view = document.documentElement.clientWidth;
	for (const element of document.querySelectorAll<HTMLElement>('body *')) {
		const { width, height, left, right } = element.getBoundingClientRect();
		const isShown = element.checkVisibility() && width > 0 && element.closest('.sr-only') === null;
		const isInScroller = element.parentElement?.closest('pre, .diff, .table-box, .output') !== null;
		const name = `<${element.tagName.toLowerCase()} class="${element.className}"> ${element.textContent?.slice(0, 30)}`;
		if (isShown && !isInScroller && (right > view + 0.5 || left < -0.5)) {
			problems.push(`wider than the view (${Math.round(left)} to ${Math.round(right)}): ${name}`);
		}
		if (isShown && element.matches('button, [role="option"]') && (width < 24 || height < 24)) {
			problems.push(`${Math.round(width)} × ${Math.round(height)} px: ${name}`);
		}
	}
	return problems;
}
