import { ToolError } from '../agent/toolError.ts';
import type { Location, Workspace } from '../agent/workspace.ts';
import { visibleText } from './visibleText.ts';

/** Says that nothing is at the location, with the files of that name that there are. */
export async function absentError(workspace: Workspace, location: Location, signal: AbortSignal): Promise<ToolError> {
	const name = location.path.split('/').at(-1) ?? '';
	const alike = location.isOutside ? [] : await namedAlike(workspace, name, signal);
	const advice = alike.length > 0 ? ` Did you mean ${visibleText(alike.join(' or ')).text}?` : ' Use glob to find it.';
	return new ToolError(`There is no "${location.path}".${advice}`);
}

async function namedAlike(workspace: Workspace, name: string, signal: AbortSignal): Promise<readonly string[]> {
	if (name === '' || /[*?[\]{}()!]/.test(name)) {
		return [];
	}
	const { paths } = await workspace.findFiles({ glob: `**/${name}`, in: undefined, limit: 3 }, signal);
	return paths;
}
