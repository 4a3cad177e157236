import { readFileSync } from 'node:fs';

/** The project of the rename tests; see its SOURCE.md. */
export const PROJECT = 'test/fixtures/projects/process-warning';

export function original(path: string): string {
	return readFileSync(`${PROJECT}/${path}`, 'utf8');
}

/** A file with the option `unlimited` renamed to `repeated`, and the English word left alone. */
export function renamed(path: string): string {
	return original(path)
		.replaceAll('not unlimited', 'not ~')
		.replaceAll('an unlimited', 'an ~')
		.replaceAll('unlimited', 'repeated')
		.replaceAll('~', 'unlimited');
}
