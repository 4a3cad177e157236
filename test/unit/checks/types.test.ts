import assert from 'node:assert/strict';
import { CHECKER_TIMEOUT_MS, PlantedProject } from './plants.ts';

/** Globals of one platform, which the layers of every host may not use. */
const PAGE_GLOBALS = ['Buffer', 'process', '__dirname', 'require', 'setImmediate', 'document', 'localStorage'] as const;

/** Mistakes that the strict options turn into errors, by the code of the error. */
const MISTAKES = {
	TS2375: 'export const planted: { readonly one?: string } = { one: undefined as string | undefined };',
	TS18048: 'export const planted = (list: readonly string[]) => { const first = list[0]; return first.length; };',
	TS1294: 'export enum Planted { One }',
	TS4111: 'export const planted = (map: Record<string, string>) => map.one;',
} as const;

describe('types of the shared layers', () => {
	let project: PlantedProject;
	let output: string;

	before(function () {
		this.timeout(CHECKER_TIMEOUT_MS);
		project = new PlantedProject({
			...Object.fromEntries(
				PAGE_GLOBALS.map(name => [`src/agent/global-${name}.ts`, `export const planted = ${name};\n`]),
			),
			...Object.fromEntries(Object.entries(MISTAKES).map(([code, text]) => [`src/agent/${code}.ts`, `${text}\n`])),
		});
		output = project.run('typescript/bin/tsc', ['--project', 'tsconfig.json']);
	});
	after(() => project.remove());

	for (const name of PAGE_GLOBALS) {
		it(`know no ${name}`, () => {
			assert.match(
				output,
				new RegExp(`src/agent/global-${name}\\.ts\\(1,\\d+\\): error TS2\\d+: Cannot find name '${name}'`),
			);
		});
	}

	for (const code of Object.keys(MISTAKES)) {
		it(`are strict: ${code}`, () => {
			assert.match(output, new RegExp(`src/agent/${code}\\.ts\\(\\d+,\\d+\\): error ${code}:`));
		});
	}
});
