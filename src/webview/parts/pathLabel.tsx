import { splitPath } from '../paths.ts';

/** A path that is shortened in its folder part when there is no room. */
export function PathLabel({ path }: { path: string }) {
	const { folder, name } = splitPath(path);
	return (
		<span class="path">
			{folder !== '' && <span class="path-folder">{folder}</span>}
			<span class="path-name">{name}</span>
		</span>
	);
}
