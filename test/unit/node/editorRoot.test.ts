import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findEditorRoot } from '../../../src/node/editorRoot.ts';
import { TemporaryFolders } from '../../contracts/fileWorkspaceFixture.ts';

describe('findEditorRoot', () => {
	const folders = new TemporaryFolders();
	after(() => folders.remove());

	/** Installs a script `code` at the place, and puts a link to it on PATH. */
	const install = async (place: string) => {
		const folder = await folders.make();
		const script = join(folder, place);
		await mkdir(dirname(script), { recursive: true });
		await writeFile(script, '');
		const bin = await folders.make();
		await symlink(script, join(bin, 'code'));
		return { folder, PATH: `relative:${bin}` };
	};

	it('knows the editor in whose terminal it is', async () => {
		const script = '/opt/code/resources/app/extensions/git/dist/askpass-main.js';
		assert.equal(await findEditorRoot({ VSCODE_GIT_ASKPASS_MAIN: script }), '/opt/code/resources/app');
	});
	it('follows the command on PATH, as Linux and as macOS have it', async () => {
		const linux = await install('share/code/bin/code');
		assert.equal(await findEditorRoot({ PATH: linux.PATH }), join(linux.folder, 'share/code/resources/app'));
		const mac = await install('Contents/Resources/app/bin/code');
		assert.equal(await findEditorRoot({ PATH: mac.PATH }), join(mac.folder, 'Contents/Resources/app'));
	});
	it('finds nothing where there is none', async () => {
		assert.equal(await findEditorRoot({ PATH: await folders.make(), VSCODE_GIT_ASKPASS_MAIN: 'askpass.js' }), '');
		assert.equal(await findEditorRoot({}), '');
	});
});
