const RESULT_LIMIT = 1_500;

/**
 * Fills in what earlier tools returned, so that a script can work on a workspace it does not know:
 * `{{result}}` is the text of the last results, shortened; `{{match /pattern/}}` the first group (or all) of the first
 * match in them, with `^` and `$` at every line. A match that fails leaves the empty text.
 */
export function fill(template: string, results: string): string {
	return template.replace(/\{\{(result|match \/(.+?)\/)\}\}/g, (_, what: string, pattern: string | undefined) => {
		if (what === 'result') {
			return results.length > RESULT_LIMIT ? `${results.slice(0, RESULT_LIMIT)}\n…` : results;
		}
		const match = new RegExp(pattern ?? '', 'im').exec(results);
		return match?.[1] ?? match?.[0] ?? '';
	});
}

/** The same in every text of a JSON value. */
export function fillAll(value: unknown, results: string): unknown {
	if (typeof value === 'string') {
		return fill(value, results);
	}
	if (Array.isArray(value)) {
		return value.map(item => fillAll(item, results));
	}
	if (typeof value === 'object' && value !== null) {
		return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillAll(item, results)]));
	}
	return value;
}
