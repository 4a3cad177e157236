/** What every way to fetch a page sends, and how it takes a redirect. */

/**
 * Many sites of documentation answer with their Markdown when asked for it, which needs no guessing at what is content.
 */
export const webHeaders = {
	accept:
		'text/markdown, text/html;q=0.9, application/xhtml+xml;q=0.9, text/plain;q=0.8, application/json;q=0.8, */*;q=0.1',
	'accept-language': 'en, *;q=0.5',
	'user-agent': 'OpenRouter-Agent',
} as const;

/** Statuses that send a GET on. 304 cannot come, and 300 leaves the choice to a reader. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export interface RedirectTarget {
	readonly url: string;
	/** Another host or port, or no longer encrypted: the user has not agreed to that. */
	readonly isElsewhere: boolean;
}

/** @returns undefined when the answer is no redirect, or does not say where to. */
export function redirectTarget(
	from: URL,
	status: number,
	location: string | null | undefined,
): RedirectTarget | undefined {
	if (!REDIRECTS.has(status) || !location || !URL.canParse(location, from.href)) {
		return undefined;
	}
	const to = new URL(location, from);
	const isUpgrade =
		from.protocol === 'http:' && to.protocol === 'https:' && to.hostname === from.hostname && !from.port && !to.port;
	return { url: to.href, isElsewhere: !isUpgrade && to.origin !== from.origin };
}
