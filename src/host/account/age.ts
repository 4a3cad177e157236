import type { Translate } from '../translate.ts';

const MINUTE_MS = 60_000;

/** How old something is, as one says it: "just now", "4 min ago", "3 h ago", "2 days ago". */
export function ageText(ms: number, t: Translate): string {
	const minutes = Math.floor(ms / MINUTE_MS);
	if (minutes < 1) {
		return t('just now');
	}
	if (minutes < 60) {
		return t('{0} min ago', minutes);
	}
	const hours = Math.floor(minutes / 60);
	return hours < 48 ? t('{0} h ago', hours) : t('{0} days ago', Math.floor(hours / 24));
}
