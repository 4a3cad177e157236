/** The service's web pages, as opposed to its API. */

/** Where the pages are: the origin of the API, and for the regional API hosts of OpenRouter their common site. */
export function siteOf(baseUrl: string): string {
	const url = new URL(baseUrl);
	return url.hostname.endsWith('.openrouter.ai') ? 'https://openrouter.ai' : url.origin;
}

export interface SitePages {
	readonly credits: string;
	readonly activity: string;
	readonly keys: string;
	readonly privacy: string;
}

export function sitePages(baseUrl: string): SitePages {
	const site = siteOf(baseUrl);
	return {
		credits: `${site}/credits`,
		activity: `${site}/activity`,
		keys: `${site}/keys`,
		privacy: `${site}/settings/privacy`,
	};
}

/** The page of one key, where its limit is raised. The address names it by its hash and does not give it away. */
export async function keyPage(baseUrl: string, key: string): Promise<string> {
	const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key)));
	const hash = [...digest].map(byte => byte.toString(16).padStart(2, '0')).join('');
	return `${siteOf(baseUrl)}/keys/${hash}`;
}
