/** Settings as the form changes them: plain objects, read and written by paths such as `routing.maxPrice.prompt`. */

export type Settings = Readonly<Record<string, unknown>>;

/** What stands at a path; undefined where nothing does. */
export function valueAt(settings: Settings, path: string): unknown {
	return path.split('.').reduce<unknown>((value, name) => (isGroup(value) ? value[name] : undefined), settings);
}

/** The settings with another value at a path. Undefined takes it away, and the groups that are empty without it. */
export function withValue(settings: Settings, path: string, value: unknown): Settings {
	const [name = '', ...rest] = path.split('.');
	const group = settings[name];
	const changed = rest.length === 0 ? value : withValue(isGroup(group) ? group : {}, rest.join('.'), value);
	const { [name]: _before, ...others } = settings;
	const isGone = changed === undefined || (rest.length > 0 && isGroup(changed) && Object.keys(changed).length === 0);
	return isGone ? others : { ...others, [name]: changed };
}

/** Whether both say the same; the order of names does not count, that of lists does. */
export function isSame(a: unknown, b: unknown): boolean {
	if (Array.isArray(a) && Array.isArray(b)) {
		return a.length === b.length && a.every((value, index) => isSame(value, b[index]));
	}
	if (isGroup(a) && isGroup(b)) {
		const names = new Set([...Object.keys(a), ...Object.keys(b)]);
		return [...names].every(name => isSame(a[name], b[name]));
	}
	return a === b;
}

/** The texts of a list; none where there is no list. */
export function textsOf(value: unknown): readonly string[] {
	return Array.isArray(value) ? value.map(String) : [];
}

/** The list with one entry moved by so many places; the same list when there is no such place. */
export function moved<Entry>(list: readonly Entry[], from: number, by: number): readonly Entry[] {
	const to = from + by;
	const entry = list[from];
	if (entry === undefined || to < 0 || to >= list.length) {
		return list;
	}
	return list.toSpliced(from, 1).toSpliced(to, 0, entry);
}

/** A number, or what was typed where it is none: the host then says so. */
export function parseNumber(text: string): number | string | undefined {
	const trimmed = text.trim().replace(',', '.');
	if (trimmed === '') {
		return undefined;
	}
	const value = Number(trimmed);
	return Number.isFinite(value) ? value : text;
}

interface Bounds {
	readonly min?: number;
	readonly max?: number;
	readonly step: number;
}

/** The next number up or down, in whole steps and within the bounds. Begins at 0 where there is none. */
export function stepped(value: unknown, { min = -Infinity, max = Infinity, step }: Bounds, direction: 1 | -1): number {
	const from = typeof value === 'number' ? value : 0;
	const next = Math.round(from / step + direction) * step;
	// Sums of tenths would show as 0.30000000000000004.
	return Math.min(max, Math.max(min, Number(next.toPrecision(12))));
}

function isGroup(value: unknown): value is Settings {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
