import type { Account } from './account.ts';
import { type ParsedAnswer, REFUSALS } from './answer.ts';
import type { ChatRequest } from './chatRequest.ts';
import { refusalOf } from './checks.ts';
import { noRoute } from './noRoute.ts';
import { promptTokens } from './prompt.ts';
import { LOCAL_PROVIDER, type Provider } from './providers.ts';
import type { Router } from './routing.ts';
import type { ErrorFile, ModelRow, ServerFiles } from './serverFiles.ts';

export interface TargetOptions {
	readonly files: ServerFiles;
	readonly account: Account;
	readonly router: Router;
	readonly providers: readonly Provider[];
	/** Reasoning that was sent with a call, by the call's id. */
	readonly reasoningOfCall: ReadonlyMap<string, string>;
}

/** How a provider is out of order: see `outages` of a provider. */
export type Outage = Provider['outages'][number]['how'];

/** Who answers a request, and with which model. */
export interface Target {
	readonly request: ChatRequest;
	readonly row: ModelRow | undefined;
	readonly provider: Provider;
	/** The provider begins, and breaks. */
	readonly isBreaking: boolean;
}

/** Finds who answers a request, or why nobody does. */
export class Targets {
	readonly #options: TargetOptions;
	readonly #outages = new Map<string, Outage>();

	constructor(options: TargetOptions) {
		this.#options = options;
	}

	/** @param outage undefined when the provider is well again. */
	setOutage(slug: string, outage: Outage | undefined): void {
		if (outage === undefined) {
			this.#outages.delete(slug);
		} else {
			this.#outages.set(slug, outage);
		}
	}

	/** Tries the models and their providers as the service does; the last error is the answer's. */
	find(request: ChatRequest, key: string, number: number): Target | ErrorFile {
		const { files, account, router, reasoningOfCall } = this.#options;
		if (account.isKeyLimitReached(key)) {
			return files.error(REFUSALS.keyLimit);
		}
		if (request.model.endsWith(':free') && !account.takeFreeRequest()) {
			return files.error(REFUSALS.freeDay);
		}
		let refusal: ErrorFile | undefined;
		for (const model of new Set([request.model, ...(request.models ?? [])])) {
			const asked: ChatRequest = { ...request, model };
			const row = files.model(model);
			refusal = refusalOf(asked, { files, credit: account.remaining, reasoningOfCall });
			if (refusal !== undefined) {
				continue;
			}
			const providers = router.route(asked, row, promptTokens(asked));
			if (typeof providers === 'string') {
				refusal = noRoute(asked, providers, files);
				continue;
			}
			for (const provider of providers) {
				const outage = this.#outageOf(provider, number);
				if (outage === undefined) {
					return { request: asked, row, provider, isBreaking: false };
				}
				router.failed(asked, row, provider);
				if (outage === 'breaks') {
					return { request: asked, row, provider, isBreaking: true };
				}
				refusal = named(files.error('502-provider-returned-error.json'), provider);
			}
		}
		return refusal ?? files.error('503-no-provider.json');
	}

	/** A scripted answer skips the checks: the first provider that routing finds gives it, if any. */
	ofScript(request: ChatRequest, scripted: ParsedAnswer): Target {
		const { files, router, providers: all } = this.#options;
		const row = files.model(request.model);
		const found = router.route(request, row, promptTokens(request));
		const slug = 'provider' in scripted ? scripted.provider : undefined;
		const chosen =
			slug === undefined
				? ((typeof found === 'string' ? all : found)[0] ?? LOCAL_PROVIDER)
				: (all.find(provider => provider.slug === slug) ?? { ...LOCAL_PROVIDER, name: slug, slug });
		return { request, row, provider: chosen, isBreaking: false };
	}

	#outageOf({ slug, outages }: Provider, number: number): Outage | undefined {
		const planned = outages.find(({ from, to = Number.POSITIVE_INFINITY }) => number >= from && number <= to);
		return this.#outages.get(slug) ?? planned?.how;
	}
}

function named(file: ErrorFile, { name }: Provider): ErrorFile {
	return { ...file, body: file.body.replace(/"provider_name": "[^"]*"/, `"provider_name": "${name}"`) };
}
