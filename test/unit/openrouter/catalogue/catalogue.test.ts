import assert from 'node:assert/strict';
import { Catalogue, type CatalogueCache, type Listing } from '../../../../src/openrouter/catalogue/catalogue.ts';
import { readListingFile, writeListingFile } from '../../../../src/openrouter/catalogue/listingFile.ts';
import { manualClock } from '../../../fakes/manualClock.ts';
import { readJsonFixture } from '../fixtures.ts';
import { listedRows } from './listedModels.ts';

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.parse('2026-11-20T12:00:00Z');
const BASE = 'https://service.test/api/v1';

/** A service that answers from memory, as `fetch`. */
class FakeService {
	readonly requests: { readonly path: string; readonly key: string | null }[] = [];
	/** Answer of `/models` and `/models/user`. */
	models: () => Response | Promise<Response> = () => json({ data: listedRows });
	#arrived: (() => void) | undefined;

	readonly fetch: typeof globalThis.fetch = async (input, init) => {
		const url = new URL(input instanceof Request ? input.url : input);
		const path = url.pathname.replace('/api/v1', '');
		this.requests.push({ path, key: new Headers(init?.headers).get('authorization') });
		this.#arrived?.();
		if (path === '/providers') {
			return json(readJsonFixture('providers.json'));
		}
		if (path.endsWith('/endpoints')) {
			return json(readJsonFixture(`endpoints/${path.split('/').slice(2, 4).join('__')}.json`));
		}
		return this.models();
	};

	/** Settles when so many listings were asked for. */
	asked(count: number): Promise<void> {
		return new Promise(done => {
			this.#arrived = () => {
				if (this.listings.length >= count) {
					done();
				}
			};
			this.#arrived();
		});
	}

	get listings(): readonly string[] {
		return this.requests
			.map(({ path }) => path)
			.filter(path => path.startsWith('/models') && !path.endsWith('endpoints'));
	}
}

function json(value: unknown, status = 200): Response {
	return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });
}

function memoryCache(text?: string): CatalogueCache & { text: string | undefined } {
	return {
		text,
		async read() {
			return this.text;
		},
		async write(written) {
			this.text = written;
		},
	};
}

const SNAPSHOT = writeListingFile({
	at: Date.parse('2026-08-08'),
	rows: listedRows.slice(0, 5),
	providers: { 'Snap Cloud': 'snap' },
});

interface Setup {
	readonly cache?: CatalogueCache;
	readonly snapshot?: string;
	readonly key?: string;
}

function setUp({ cache = memoryCache(), snapshot = SNAPSHOT, key }: Setup = {}) {
	const service = new FakeService();
	const clock = manualClock(NOW);
	const faults: unknown[] = [];
	const account = { baseUrl: BASE, key };
	const catalogue = new Catalogue({
		connect: async () => ({ ...account, fetch: service.fetch }),
		cache,
		readSnapshot: async () => snapshot,
		clock,
		onFault: error => faults.push(error),
	});
	/** Settles with the next listing of this kind. */
	const listing = (source: Listing['source']) =>
		new Promise<Listing>(done => {
			const stop = catalogue.onDidChange(() => {
				if (catalogue.current?.source === source) {
					stop();
					done(catalogue.current);
				}
			});
		});
	/** Settles when a refresh failed. */
	const failure = () =>
		new Promise<Error>(done => {
			const stop = catalogue.onDidChange(() => {
				if (catalogue.error !== undefined) {
					stop();
					done(catalogue.error);
				}
			});
		});
	return { service, clock, faults, account, catalogue, cache, listing, failure };
}

/** What a service would have kept for this account. */
async function keptCache(key?: string): Promise<CatalogueCache & { text: string | undefined }> {
	const cache = memoryCache();
	await setUp({ cache, ...(key !== undefined && { key }) }).catalogue.refresh();
	return cache;
}

describe('Catalogue', () => {
	it('gives the packaged list at once where nothing is kept, and the live one behind it', async () => {
		const { catalogue, listing, cache } = setUp();
		const live = listing('live');
		const first = await catalogue.get();
		assert.deepEqual([first.source, first.models.length, first.at], ['snapshot', 5, Date.parse('2026-08-08')]);
		const second = await live;
		assert.deepEqual([second.models.length, second.at, second.unreadable], [340, NOW, 0]);
		assert.equal(await catalogue.get(), second);
		assert.ok((await cache.read())?.includes('z-ai/glm-4.7'));
	});

	it('asks for the list of the account where there is a key, and keeps no key', async () => {
		const key = 'sk-or-v1-0123456789abcdef';
		const { catalogue, service, cache } = setUp({ key });
		await catalogue.refresh();
		assert.deepEqual(service.listings, ['/models/user']);
		assert.equal(service.requests[0]?.key, `Bearer ${key}`);
		assert.ok(!(await cache.read())?.includes('0123456789abcdef'));
	});

	it('falls back to the public list when the key is refused', async () => {
		const { catalogue, service } = setUp({ key: 'sk-or-v1-old' });
		service.models = () =>
			service.listings.at(-1) === '/models/user'
				? json({ error: { code: 401, message: 'No' } }, 401)
				: json({ data: listedRows });
		assert.equal((await catalogue.refresh()).models.length, 340);
		assert.deepEqual(service.listings, ['/models/user', '/models']);
	});

	it('confirms by asking again, but not what came just now', async () => {
		const cache = await keptCache();
		const { catalogue, service, clock } = setUp({ cache });
		assert.equal((await catalogue.confirm()).source, 'live');
		await catalogue.confirm();
		assert.equal(service.listings.length, 1);
		clock.advance(5 * 60_000);
		await catalogue.confirm();
		assert.equal(service.listings.length, 2);
	});

	it('uses what is kept for a day without asking', async () => {
		const cache = await keptCache();
		const { catalogue, service, clock } = setUp({ cache });
		clock.advance(DAY);
		assert.equal((await catalogue.get()).source, 'cache');
		assert.equal((await catalogue.get()).models.length, 340);
		assert.deepEqual(service.requests, []);
	});

	it('refreshes what is older than a day, behind the answer', async () => {
		const cache = await keptCache();
		const { catalogue, listing, clock } = setUp({ cache });
		clock.advance(DAY + 1);
		const live = listing('live');
		assert.equal((await catalogue.get()).source, 'cache');
		assert.equal((await live).at, NOW + DAY + 1);
	});

	it('counts a date in the future as old', async () => {
		const cache = memoryCache();
		const later = setUp({ cache });
		later.clock.advance(30 * DAY);
		await later.catalogue.refresh();
		const { catalogue, listing } = setUp({ cache });
		const live = listing('live');
		assert.equal((await catalogue.get()).source, 'cache');
		assert.equal((await live).at, NOW);
	});

	it('does not use the list of another key or address', async () => {
		const { text } = await keptCache('sk-or-v1-mine');
		const sourceFor = async (key?: string) => {
			const { catalogue } = setUp({ cache: memoryCache(text), ...(key !== undefined && { key }) });
			return (await catalogue.get()).source;
		};
		assert.equal(await sourceFor('sk-or-v1-other'), 'snapshot');
		assert.equal(await sourceFor(), 'snapshot');
		assert.equal(await sourceFor('sk-or-v1-mine'), 'cache');
	});

	it('loads anew when the key changes, and lets a late list of the old key go', async () => {
		const { catalogue, service, account, listing } = setUp({ key: 'sk-or-v1-old' });
		const answers: ((response: Response) => void)[] = [];
		service.models = () => new Promise(done => answers.push(done));
		const old = catalogue.refresh();
		await service.asked(1);
		account.key = 'sk-or-v1-new';
		const live = listing('live');
		const fresh = catalogue.refresh();
		await service.asked(2);
		answers[1]?.(json({ data: listedRows.slice(0, 7) }));
		await fresh;
		answers[0]?.(json({ data: listedRows.slice(0, 2) }));
		await old;
		assert.equal((await live).models.length, 7);
		assert.equal(catalogue.current?.models.length, 7);
	});

	it('asks once, however many want the list', async () => {
		const { catalogue, service } = setUp();
		await Promise.all([catalogue.refresh(), catalogue.refresh(), catalogue.get(), catalogue.get()]);
		assert.deepEqual(service.listings, ['/models']);
	});

	const bad: Readonly<Record<string, readonly [() => Response, kind: string]>> = {
		'an error': [() => json({ error: { code: 500, message: 'Down' } }, 500), 'unavailable'],
		'an empty list': [() => json({ data: [] }), 'notAnAnswer'],
		'another shape': [() => json({ models: listedRows }), 'notAnAnswer'],
		'rows of another shape': [
			() => json({ data: [...listedRows.slice(0, 5), ...Array(6).fill({ slug: 'a' })] }),
			'notAnAnswer',
		],
		'a page of a portal': [() => new Response('<html>Sign in</html>'), 'notAnAnswer'],
		'no connection': [
			() => {
				throw new TypeError('fetch failed');
			},
			'network',
		],
	};
	for (const [name, [answer, kind]] of Object.entries(bad)) {
		it(`keeps the good list after ${name}, and tells why`, async () => {
			const cache = await keptCache();
			const kept = cache.text;
			const { catalogue, service, clock, failure, faults } = setUp({ cache });
			service.models = answer;
			clock.advance(2 * DAY);
			const failed = failure();
			assert.equal((await catalogue.get()).source, 'cache');
			assert.equal(Object(await failed).kind, kind);
			assert.equal(catalogue.current?.models.length, 340);
			assert.equal(cache.text, kept);
			assert.equal(faults.length, 1);
			await assert.rejects(catalogue.refresh(), { kind });
		});
	}

	it('breaks off a list that fills the memory', async () => {
		const { catalogue, service } = setUp();
		const chunk = new TextEncoder().encode(`"${'x'.repeat(1_000_000)}",`);
		let sent = 0;
		service.models = () =>
			new Response(
				new ReadableStream({
					pull(controller) {
						sent++;
						controller.enqueue(sent === 1 ? new TextEncoder().encode('{"data":[') : chunk);
					},
				}),
			);
		await assert.rejects(catalogue.refresh(), {
			kind: 'notAnAnswer',
			message: 'The list of models is too large to be one.',
		});
		assert.ok(sent < 50);
	});

	it('reads a list of 5 MB with fields it does not know', async () => {
		const { catalogue, service } = setUp();
		const rows = Array.from({ length: 3000 }, (_, index) => ({
			id: `a/model-${index}`,
			description: 'x'.repeat(1700),
			pricing: { prompt: '0.1', completion: '0.2', dream: { deep: true } },
			novelty: [index],
		}));
		service.models = () => json({ data: rows, total_count: rows.length });
		assert.equal((await catalogue.refresh()).models.length, 3000);
	});

	it('does not ask again by itself for five minutes after a failure', async () => {
		const { catalogue, service, clock, failure } = setUp();
		service.models = () => json({}, 500);
		const failed = failure();
		await catalogue.get();
		await failed;
		await catalogue.get();
		assert.equal(service.listings.length, 1);
		clock.advance(5 * 60_000);
		const again = failure();
		await catalogue.get();
		await again;
		assert.equal(service.listings.length, 2);
	});

	it('forgets the failure once a list came', async () => {
		const { catalogue, service } = setUp();
		service.models = () => json({}, 500);
		await assert.rejects(catalogue.refresh());
		service.models = () => json({ data: listedRows });
		await catalogue.refresh();
		assert.equal(catalogue.error, undefined);
	});

	it('works without the cache, whatever ails it, and says so', async () => {
		const unreadable = { ...memoryCache(), read: () => Promise.reject(new Error('The disk is gone.')) };
		const reading = setUp({ cache: unreadable });
		assert.equal((await reading.catalogue.get()).source, 'snapshot');
		assert.deepEqual(reading.faults.map(String), ['Error: The disk is gone.']);
		const full = { ...memoryCache(), write: () => Promise.reject(new Error('The disk is full.')) };
		const writing = setUp({ cache: full });
		assert.equal((await writing.catalogue.refresh()).source, 'live');
		assert.deepEqual(writing.faults.map(String), ['Error: The disk is full.']);
		const torn = setUp({ cache: memoryCache(SNAPSHOT.slice(0, 300)) });
		assert.equal((await torn.catalogue.get()).source, 'snapshot');
	});

	it('waits for the service where even the packaged list is broken, and fails with its reason', async () => {
		const { catalogue } = setUp({ snapshot: 'nonsense' });
		assert.equal((await catalogue.get()).source, 'live');
		const broken = setUp({ snapshot: 'nonsense' });
		broken.service.models = () => json({}, 500);
		await assert.rejects(broken.catalogue.get(), { kind: 'unavailable' });
	});

	it('finds a row by id, virtual variant and dated id, and gives its facts', async () => {
		const { catalogue } = setUp();
		assert.equal(catalogue.find('z-ai/glm-4.7'), undefined);
		await catalogue.refresh();
		for (const id of ['z-ai/glm-4.7', 'openrouter/z-ai/glm-4.7', 'z-ai/glm-4.7:nitro', 'z-ai/glm-4.7@preset/x']) {
			assert.equal(catalogue.find(id)?.id, 'z-ai/glm-4.7', id);
		}
		assert.equal(catalogue.find('anthropic/claude-4.6-sonnet-20260217')?.id, 'anthropic/claude-sonnet-4.6');
		assert.equal(catalogue.find('openai/gpt-oss-20b:free')?.id, 'openai/gpt-oss-20b:free');
		const { factsOf } = catalogue;
		assert.equal(factsOf('z-ai/glm-4.7:nitro')?.contextLength, 204_800);
		assert.equal(factsOf('a/unknown'), undefined);
	});

	it('knows the slugs of providers, and those of the list before where the directory cannot be had', async () => {
		const { catalogue, cache } = setUp();
		await catalogue.get();
		assert.equal(catalogue.providerSlug('Snap Cloud'), 'snap');
		await catalogue.refresh();
		assert.equal(catalogue.providerSlug('Claude Platform on AWS'), 'claude-on-aws');
		assert.equal(readListingFile((await cache.read()) ?? '')?.providers['SpaceXAI'], 'xai');
	});

	it('tells who offers a model, asks again after ten minutes, and follows an alias', async () => {
		const { catalogue, service, clock } = setUp();
		await catalogue.refresh();
		const endpoints = await catalogue.endpoints('anthropic/claude-sonnet-4.6:nitro');
		assert.ok(endpoints.length > 3);
		assert.deepEqual(endpoints[0], {
			provider: 'Claude Platform on AWS',
			tag: 'anthropic/2',
			price: { prompt: 3e-6, completion: 1.5e-5, cacheRead: 3e-7, cacheWrite: 3.75e-6, cacheWriteHour: 6e-6 },
			contextLength: 1_000_000,
			maxOutputTokens: 128_000,
			throughput: 37,
			latencyMs: 1310,
			isUp: true,
		});
		const asked = () => service.requests.filter(({ path }) => path.endsWith('/endpoints')).length;
		await catalogue.endpoints('anthropic/claude-sonnet-4.6');
		assert.equal(asked(), 1);
		clock.advance(10 * 60_000);
		await catalogue.endpoints('anthropic/claude-sonnet-4.6');
		assert.equal(asked(), 2);
		await catalogue.endpoints('~deepseek/deepseek-v4-flash-latest');
		assert.equal(service.requests.at(-1)?.path, '/models/deepseek/deepseek-v4-flash-0731/endpoints');
	});

	it('does not keep the failure to tell who offers a model', async () => {
		const { catalogue, service } = setUp();
		await catalogue.refresh();
		const { fetch } = service;
		await assert.rejects(catalogue.endpoints('a/unknown'));
		assert.equal(service.fetch, fetch);
		await assert.rejects(catalogue.endpoints('a/unknown'));
		assert.equal(service.requests.filter(({ path }) => path.includes('a/unknown')).length, 2);
	});
});
