import { createBrowserWeb } from '../../../../src/host/web/browserWeb.ts';
import { describeWeb, type WebFixture } from '../../../contracts/webContract.ts';
import { MemoryWeb } from '../../../fakes/memoryWeb.ts';
import { openNodeFixture, serveSites } from './nodeWebFixture.ts';

describeWeb('fake', openFake, { followsRedirects: true });
describeWeb('desktop', openNodeFixture, { followsRedirects: true });
describeWeb('browser', openBrowser, { followsRedirects: false });

async function openFake(): Promise<WebFixture> {
	const web = new MemoryWeb();
	return {
		web,
		site: 'https://site.test',
		otherSite: 'https://other.test',
		serve: (url, page) => void web.pages.set(url, page),
		requests: () => web.requests.length,
		hanging: async () => {
			while (web.hanging === 0) {
				await Promise.resolve();
			}
		},
		passTime: () => web.passTime(),
		close: async () => web.passTime(),
	};
}

/** The browser's `fetch` as far as it differs from this one: names lead to the test's server, redirects stay hidden. */
async function openBrowser(): Promise<WebFixture> {
	const sites = await serveSites();
	const browserFetch: typeof fetch = async (url, init) => {
		const address = new URL(String(url));
		if (!address.hostname.endsWith('.test')) {
			throw new TypeError('Failed to fetch');
		}
		address.hostname = '127.0.0.1';
		const response = await fetch(address, init);
		if (init?.redirect === 'manual' && response.status >= 300 && response.status < 400) {
			return Object.defineProperty(response, 'type', { value: 'opaqueredirect' });
		}
		return response;
	};
	return { ...sites, web: createBrowserWeb({ fetch: browserFetch, clock: sites.clock }) };
}
