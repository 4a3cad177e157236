/**
 * Display names whose slug does not follow from them. Source: GET /providers of 2026-11, and for those that are there no
 * more the names in recorded streams of 2025-11 to 2026-08.
 */
const SLUGS: ReadonlyMap<string, string> = new Map([
	['alibaba cloud int.', 'alibaba'],
	['aionlabs', 'aion-labs'],
	['atlascloud', 'atlas-cloud'],
	['baidu qianfan', 'baidu'],
	['claude platform on aws', 'claude-on-aws'],
	['google', 'google-vertex'],
	['moonshot ai', 'moonshotai'],
	['nebius token factory', 'nebius'],
	['novitaai', 'novita'],
	['openinference', 'open-inference'],
	['reka ai', 'reka'],
	['spacexai', 'xai'],
	['tencent cloud', 'tencent'],
	['voyage ai by mongodb', 'voyageai'],
]);

/**
 * The routing slug of a provider, from the name under which it answers: "Amazon Bedrock" → `amazon-bedrock`, "Baseten
 * Fast" → `baseten/fast`. A region or precision in parentheses goes: the slug then means all endpoints of the provider.
 * A slug comes back as it is.
 */
export function providerSlug(name: string): string {
	const trimmed = name.trim();
	if (/^[a-z\d][a-z\d/-]*$/.test(trimmed)) {
		return trimmed;
	}
	const plain = trimmed
		.toLowerCase()
		.replace(/\s*\([^()]*\)$/, '')
		.trim();
	const fast = /^(.+) fast$/.exec(plain)?.[1];
	if (fast !== undefined) {
		return `${providerSlug(fast)}/fast`;
	}
	return SLUGS.get(plain) ?? plain.replace(/[\s.]+/g, '-');
}
