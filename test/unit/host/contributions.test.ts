import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
	commandIds,
	contextKeys,
	FINDINGS_CONTROLLER,
	INLINE_CONTROLLER,
	SETTINGS_SECTION,
	VIEW_CONTAINER_ID,
	VIEW_ID,
} from '../../../src/host/ids.ts';
import { settingsSchema } from '../../../src/host/settingsSchema.ts';

interface Manifest {
	readonly contributes: {
		readonly commands: readonly { readonly command: string; readonly title: string }[];
		readonly submenus: readonly { readonly id: string }[];
		readonly menus: Readonly<Record<string, readonly { readonly command?: string; readonly submenu?: string }[]>>;
		readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
		readonly configuration: {
			readonly properties: Readonly<Record<string, { readonly scope: string; readonly default: unknown }>>;
		};
	};
}

// The shape is what the assertions below check.
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const strings = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Record<string, string>;

/** Menu places that are stable in VS Code 1.106, as far as we may want them; the rest are proposals, which fail for users. */
const stableMenus = [
	...['view/title', 'view/item/context', 'commandPalette', 'editor/title', 'editor/title/context', 'editor/context'],
	...['editor/lineNumber/context', 'explorer/context', 'terminal/context', 'scm/title', 'scm/sourceControl'],
	...['scm/resourceState/context', 'scm/resourceGroup/context', 'scm/resourceFolder/context', 'scm/change/title'],
	...['comments/commentThread/title', 'comments/commentThread/context', 'comments/comment/title'],
	'comments/comment/context',
];

const submenus = manifest.contributes.submenus.map(({ id }) => id);

describe('package.json and the code', () => {
	it('name the same commands', () => {
		const contributed = manifest.contributes.commands.map(({ command }) => command);
		assert.deepEqual(contributed.toSorted(), Object.values(commandIds).toSorted());
	});

	it('use only contributed commands in menus', () => {
		for (const { command, submenu } of Object.values(manifest.contributes.menus).flat()) {
			assert.ok(
				command === undefined ? submenus.includes(submenu ?? '') : Object.values<string>(commandIds).includes(command),
				command ?? submenu,
			);
		}
	});

	it('name the same view in the same container', () => {
		assert.deepEqual(
			manifest.contributes.views[VIEW_CONTAINER_ID]?.map(({ id }) => id),
			[VIEW_ID],
		);
	});

	it('name the same context keys', () => {
		const conditions = JSON.stringify(manifest.contributes).match(/(?<="(?:when|enablement)":")[^"]*/g) ?? [];
		const used = new Set(conditions.flatMap(condition => condition.match(/openrouterAgent\.[\w.]+/g) ?? []));
		const others = new Set<string>([VIEW_ID, FINDINGS_CONTROLLER, INLINE_CONTROLLER]);
		assert.deepEqual([...used].filter(key => !others.has(key)).toSorted(), Object.values(contextKeys).toSorted());
	});

	it('put items into stable menus only', () => {
		assert.deepEqual(
			Object.keys(manifest.contributes.menus).filter(menu => ![...stableMenus, ...submenus].includes(menu)),
			[],
		);
	});

	it('name the same settings, with the same defaults', () => {
		const defaults = Object.fromEntries(
			Object.entries(manifest.contributes.configuration.properties).map(([id, property]) => [id, property.default]),
		);
		const fallbacks = Object.entries(settingsSchema.parse({ model: 1, baseUrl: '', maxRequestsPerTurn: 0 }));
		assert.deepEqual(
			defaults,
			Object.fromEntries(fallbacks.map(([name, value]) => [`${SETTINGS_SECTION}.${name}`, value])),
		);
	});

	it('let no workspace set where the key is sent', () => {
		assert.equal(manifest.contributes.configuration.properties['openrouterAgent.baseUrl']?.scope, 'application');
	});

	it('have a text for every placeholder, and no text unused', () => {
		const used = JSON.stringify(manifest).match(/(?<=%)[\w.]+(?=%)/g) ?? [];
		assert.deepEqual([...new Set(used)].toSorted(), Object.keys(strings).toSorted());
	});
});
