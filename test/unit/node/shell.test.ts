import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openNodeShell } from '../../../src/node/shell/nodeShell.ts';
import { TemporaryFolders } from '../../contracts/fileWorkspaceFixture.ts';
import { describeShell } from '../../contracts/shellContract.ts';
import { manualClock } from '../../fakes/manualClock.ts';
import { memoryShell } from '../../fakes/memoryShell.ts';

describeShell('in memory', async () => {
	const folders = new Set(['/project']);
	const clock = manualClock();
	return {
		shell: memoryShell({ clock, folders }),
		root: '/project',
		clock,
		makeFolder: async path => void folders.add(`/project/${path}`),
		removeFolder: async path => void folders.delete(`/project/${path}`),
	};
});

describe('the shell of this machine', () => {
	const temporary = new TemporaryFolders();
	after(() => temporary.remove());

	for (const candidate of [
		{ language: 'bash', path: '/bin/bash' },
		{ language: 'sh', path: '/bin/sh' },
	] as const) {
		describeShell(candidate.path, async () => {
			const clock = manualClock();
			const root = await temporary.make();
			return {
				shell: await openNodeShell({
					folder: await temporary.make(),
					cwd: root,
					workspaceFolders: () => [root],
					environment: process.env,
					allowedVariables: [],
					clock,
					candidates: [candidate],
				}),
				root,
				clock,
				makeFolder: path => mkdir(join(root, path)).then(() => undefined),
				removeFolder: path => rm(join(root, path), { recursive: true }),
			};
		});
	}
});
