import type { ServerResponse } from 'node:http';
import { createNodeWeb, type NodeWebOptions } from '../../../../src/node/web/nodeWeb.ts';
import type { WebFixture } from '../../../contracts/webContract.ts';
import { startWebServer, type WebServer } from '../../../contracts/webServer.ts';
import { manualClock } from '../../../fakes/manualClock.ts';
import type { ServedPage } from '../../../fakes/memoryWeb.ts';

/** DNS of a web in which every host of `.test` is this machine. */
export const testNames: Pick<NodeWebOptions, 'resolve' | 'mayReach'> = {
	async resolve(name) {
		if (!name.endsWith('.test')) {
			throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' });
		}
		return [{ address: '127.0.0.1', family: 4 }];
	},
	mayReach: address => address === '127.0.0.1',
};

export interface ServedFixture extends Omit<WebFixture, 'web'> {
	readonly server: WebServer;
	readonly clock: ReturnType<typeof manualClock>;
}

/** Two sites on one real server, and a clock by hand. */
export async function serveSites(): Promise<ServedFixture> {
	const server = await startWebServer();
	const clock = manualClock();
	let tellHanging: (() => void) | undefined;
	const hanging = new Promise<void>(resolve => {
		tellHanging = resolve;
	});
	return {
		server,
		clock,
		site: `http://site.test:${server.port}`,
		otherSite: `http://other.test:${server.port}`,
		serve(url, page) {
			const { pathname, search } = new URL(url);
			server.on(`${pathname}${search}`, response => {
				answer(response, page);
				if (page.hangs) {
					tellHanging?.();
				}
			});
		},
		requests: () => server.requests.length,
		hanging: () => hanging,
		passTime: () => clock.advance(30_000),
		close: () => server.close(),
	};
}

export async function openNodeFixture(): Promise<WebFixture> {
	const sites = await serveSites();
	return { ...sites, web: createNodeWeb({ ...testNames, clock: sites.clock }) };
}

function answer(response: ServerResponse, { status = 200, headers = {}, body, hangs }: ServedPage): void {
	// Servers send such text as the bytes of UTF-8, which Node takes one by one.
	const wire = Object.entries(headers).map(([name, value]) => [name, Buffer.from(value).toString('latin1')]);
	response.writeHead(status, Object.fromEntries(wire));
	if (hangs) {
		response.write(body ?? '');
	} else {
		response.end(body);
	}
}
