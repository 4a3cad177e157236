import type { ChatRequest } from './chatRequest.ts';
import type { Exclusion } from './routing.ts';
import type { ErrorFile, ServerFiles } from './serverFiles.ts';

/** Field of the request that a constraint names. */
const FIELDS = {
	allowed_providers: 'provider',
	quantization: 'provider.quantizations',
	max_price: 'max_price',
	context_length: 'messages',
} as const;

/** The service's words when a rule leaves no provider. */
export function noRoute(request: ChatRequest, exclusion: Exclusion, files: ServerFiles): ErrorFile {
	switch (exclusion) {
		case 'no_endpoints':
			return named(files.error('404-no-endpoints-free.json'), /nousresearch\/[\w.:-]+:free/, request.model);
		case 'data_policy:zdr':
			return named(files.error('404-privacy-restricted.json'), /openai\/gpt-5\.2/g, request.model);
		case 'data_policy:training':
			return files.error('404-data-policy.json');
		default: {
			const file = named(files.error('404-constraint-filtered.json'), /anthropic\/claude-opus-5/, request.model);
			const body = file.body
				.replace(/"excluded_by": \[[^\]]*\]/, `"excluded_by": ["${exclusion}"]`)
				.replace(/"field": "[^"]*"/, `"field": "${FIELDS[exclusion]}"`)
				.replace(/"detail": "[^"]*"/, '"detail": "No provider of the model meets it."');
			return { ...file, body };
		}
	}
}

function named(file: ErrorFile, pattern: RegExp, model: string): ErrorFile {
	return { ...file, body: file.body.replace(pattern, () => model) };
}
