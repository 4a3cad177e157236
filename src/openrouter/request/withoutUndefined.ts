/** The entries that have a value, in their order: an optional field is either sent or not there. */
export function withoutUndefined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
