import { describeWorkspace } from '../../contracts/workspaceContract.ts';
import { MemoryWorkspace } from '../../fakes/memoryWorkspace.ts';

describeWorkspace('in memory', async () => {
	const workspace = new MemoryWorkspace();
	return {
		workspace,
		put: async (path, content) => workspace.put(path, content),
		delete: async path => void workspace.disk.delete(path),
		typeInto: async (path, text) => workspace.typeInto(path, text),
		saved: async path => workspace.saved(path),
		unsaved: path => workspace.unsaved(path),
	};
});
