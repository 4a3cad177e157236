import type { Clock } from '../clock.ts';
import type { ToolContext } from '../tool.ts';
import { ToolError } from '../toolError.ts';
import { StreamLeftError } from '../turn/eventStream.ts';
import { inParallel } from '../turn/inOrder.ts';
import type { Location, Workspace } from '../workspace.ts';
import { ABSENT, type DiskState, isSameState, MAX_FILE_BYTES, readState, type SeenState } from './diskState.ts';
import { type DiskVersions, type SeenVersion, VersionLook } from './diskVersions.ts';
import { type FileImage, FileImages } from './fileImages.ts';
import type { FileNews } from './fileNews.ts';
import { type ChangedFile, type Difference, Findings, type FoundChanges, FoundLog } from './findings.ts';
import { FolderImages, isFollowable, joinPath, type Listing, splitPath } from './folderImages.ts';
import { judgeNotices } from './judgeNotices.ts';
import { type CommandLine, namedPlaces } from './namedPlaces.ts';
import { NoticeLog } from './noticeLog.ts';

export interface CommandFilesOptions {
	readonly workspace: Workspace;
	readonly news: FileNews;
	/** Absent where the workspace is no folder of this machine. */
	readonly versions?: DiskVersions;
	readonly clock: Pick<Clock, 'monotonic'>;
	/** Whether anything that commands of this agent started still runs. */
	stillRuns(): Promise<boolean>;
	/** Takes errors that are bugs: no command fails for them. Must not throw. */
	onBug(error: unknown): void;
}

/** What recording needs of a call. */
export type RecordContext = Pick<ToolContext, 'recordMade'>;

/** Files that the agent itself had to do with, the newest: to look at more of them would be felt at each command. */
const MAX_TOUCHED = 100;
/** Folders of such files in which it is seen what comes and goes. */
const MAX_FOLDERS = 30;
/** Files that are compared at once. */
const MAX_IN_PLAY = 500;
/** Bytes of a file that was only found in a folder. */
const MAX_FOUND_BYTES = 1_000_000;
const MAX_LOCATIONS = 2000;
const PARALLEL = 16;
/** The system tells of changes up to so long after them. */
const LATE_MS = 2000;
/** Calls that only read come often and in a row: between them a command in the background is not looked after anew. */
const REST_MS = 1000;

/** What was changed is recorded also after Stop. */
const NEVER = new AbortController().signal;

/**
 * Finds what the commands of one agent change. Before a command, what is likely to change is looked at: the files that
 * the agent had to do with, those that the command names, and what their folders hold. After it that is compared, by
 * version first and then by text, so an unchanged file costs one look at the disk and the tree is never searched.
 * Earlier texts are kept in memory; only one that a command changed goes to the store.
 */
export class CommandFiles {
	readonly #options: CommandFilesOptions;
	readonly #versions: VersionLook;
	readonly #folders: FolderImages;
	readonly #images = new FileImages(path => this.#inPlay.has(path));
	/** Paths as they were given, the newest last. */
	readonly #touched = new Set<string>();
	/** By path as it was given. */
	readonly #locations = new Map<string, Location>();
	/** What is compared after the commands under way. */
	readonly #inPlay = new Set<string>();
	readonly #foldersInPlay = new Map<string, Listing>();
	readonly #notices: NoticeLog;
	readonly #found = new FoundLog();
	/** The call whose command is looked after. */
	#callId: string | undefined;
	#runs = false;
	#settledAt = 0;
	#last: Promise<unknown> = Promise.resolve();

	constructor(options: CommandFilesOptions) {
		this.#options = options;
		this.#versions = new VersionLook(options.workspace, options.versions);
		this.#folders = new FolderImages(options.workspace, this.#versions);
		this.#notices = new NoticeLog(options.news, options.clock);
	}

	/** The agent had to do with the file, if the path leads to one. */
	touch(path: string): void {
		this.#touched.delete(path);
		this.#touched.add(path);
		dropOldest(this.#touched, MAX_TOUCHED);
	}

	/** The agent itself is about to write the file, or has: that is no command's work. */
	wrote({ path, uri }: Location): void {
		this.touch(path);
		this.#options.news.tellWritten(uri);
	}

	/**
	 * To be awaited before a command is started. Rejects at the signal alone: a command runs also where nothing of it can
	 * be followed.
	 */
	begin(line: CommandLine, context: RecordContext & Pick<ToolContext, 'callId' | 'signal'>): Promise<void> {
		return this.#inTurn(async () => {
			const { callId, signal } = context;
			await this.#settleSafely(context);
			try {
				await this.#lookBefore(line, signal);
			} catch (error) {
				if (signal.aborted) {
					this.#closeUnlessRunning();
				}
				signal.throwIfAborted();
				this.#options.onBug(error);
			}
			this.#callId = callId;
			this.#runs = true;
		});
	}

	/** Compares, and records what changed. To be awaited after a command; costs nothing while none is looked after. */
	async settle(context: RecordContext): Promise<void> {
		if (this.#callId !== undefined) {
			await this.#inTurn(() => this.#settleSafely(context));
		}
	}

	/** Before a call that is no command: what follows from it must not be taken for the work of one that still runs. */
	async settleBefore(context: RecordContext, onlyReads: boolean): Promise<void> {
		if (!onlyReads || this.#options.clock.monotonic() - this.#settledAt >= REST_MS) {
			await this.settle(context);
		}
	}

	/** After a call that wrote: its files are compared from here on with what it wrote. */
	async afterWrite(): Promise<void> {
		if (this.#runs) {
			const written = () => [...this.#inPlay].filter(path => this.#isWritten(path));
			await this.#inTurn(() => inParallel(written(), PARALLEL, path => this.#takeAnew(path)));
		}
	}

	/** What was found since this was asked last. */
	takeFound(): FoundChanges | undefined {
		return this.#found.take();
	}

	dispose(): void {
		this.#close();
		this.#images.clear();
	}

	#inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
		const done = this.#last.then(work);
		this.#last = done.catch(() => {
			// The caller gets it; the next one only needs the order.
		});
		return done;
	}

	async #lookBefore(line: CommandLine, signal: AbortSignal): Promise<void> {
		if (!this.#runs) {
			this.#inPlay.clear();
			this.#foldersInPlay.clear();
		}
		this.#notices.open();
		const named = await namedPlaces(line, this.#folders, this.#options.workspace, signal);
		await this.#follow([...named.files, ...[...this.#touched].reverse()], MAX_FILE_BYTES, signal);
		await this.#follow([...named.filesBelow], MAX_FOUND_BYTES, signal);
		for (const folder of named.folders) {
			this.#keepFolder(folder);
		}
		const near = new Set([...this.#inPlay].map(path => this.#folders.parentOf(path) ?? '.'));
		await inParallel([...near].slice(0, MAX_FOLDERS), PARALLEL, async folder => {
			if (!named.folders.has(folder)) {
				await this.#folders.look(folder, signal);
				this.#keepFolder(folder);
			}
		});
	}

	/** As long as commands run, the first look counts. */
	#keepFolder(path: string): void {
		const listing = this.#folders.known(path);
		if (listing !== undefined && !this.#foldersInPlay.has(path)) {
			this.#foldersInPlay.set(path, listing);
		}
	}

	/** Has the files as they are now compared later. Those that are compared already were looked at before. */
	async #follow(given: readonly string[], maxBytes: number, signal: AbortSignal): Promise<void> {
		const located = await Promise.all(given.map(path => this.#locations.get(path) ?? this.#locate(path, signal)));
		const wanted = new Map<string, Location>();
		for (const [at, location] of located.entries()) {
			if (location === undefined) {
				this.#touched.delete(given[at] ?? '');
			} else if (!this.#inPlay.has(location.path)) {
				wanted.set(location.path, location);
			}
		}
		const locations = [...wanted.values()].slice(0, Math.max(0, MAX_IN_PLAY - this.#inPlay.size));
		const changed: { readonly location: Location; readonly seen: SeenVersion }[] = [];
		for (const [at, seen] of (await this.#versions.of(locations, signal)).entries()) {
			const location = locations[at];
			const image = location && this.#images.get(location.path);
			if (location !== undefined && (image === undefined || !isVersion(image.seen, seen.version))) {
				changed.push({ location, seen });
			}
		}
		await inParallel(changed, PARALLEL, ({ location, seen }) => this.#look(location, seen, maxBytes, signal));
		for (const { path } of locations) {
			if (this.#images.get(path) !== undefined) {
				this.#inPlay.add(path);
			}
		}
	}

	/**
	 * Under its own name, so that two links to it are one file. Undefined for what is not followed: no file, outside, hidden.
	 */
	async #locate(given: string, signal: AbortSignal): Promise<Location | undefined> {
		const { workspace } = this.#options;
		try {
			const found = await workspace.locate(given, signal);
			const isLink = found.realPath !== undefined && !found.isOutside;
			const location = isLink ? await workspace.locate(found.realPath, signal) : found;
			if (!isFollowable(location) || (await this.#isInIgnoredFolder(location.path, signal))) {
				return undefined;
			}
			const stat = await workspace.stat(location, signal);
			if (stat !== undefined && stat.kind !== 'file') {
				return undefined;
			}
			this.#locations.set(given, location);
			dropOldest(this.#locations, MAX_LOCATIONS);
			return location;
		} catch (error) {
			// A path that leads nowhere, or where we may not look.
			ignoreToolError(error);
			return undefined;
		}
	}

	#isInIgnoredFolder(path: string, signal: AbortSignal): Promise<boolean> | false {
		const parent = this.#folders.parentOf(path);
		return parent !== undefined && this.#folders.isIgnored(parent, signal);
	}

	/** Reads the file, if the path still leads to one of the workspace. */
	async #look(location: Location, seen: SeenVersion, maxBytes: number, signal: AbortSignal): Promise<void> {
		const { workspace } = this.#options;
		try {
			if (isFollowable(await workspace.locate(location.path, signal))) {
				this.#images.set({ location, seen: await readState(location, seen, workspace, signal, maxBytes) });
			}
		} catch (error) {
			ignoreToolError(error);
		}
	}

	#isWritten(path: string): boolean {
		const uri = this.#images.get(path)?.location.uri;
		return uri !== undefined && this.#notices.isWritten(uri);
	}

	async #takeAnew(path: string): Promise<void> {
		const location = this.#images.get(path)?.location;
		if (location === undefined) {
			return;
		}
		this.#notices.forgetWritten(location.uri);
		await this.#look(location, await this.#versions.one(location, NEVER), MAX_FILE_BYTES, NEVER);
	}

	/** No call fails for what goes wrong here, unless nobody is there any more to whom it could be told. */
	async #settleSafely(context: RecordContext): Promise<void> {
		try {
			await this.#settle(context);
		} catch (error) {
			if (error instanceof StreamLeftError) {
				throw error;
			}
			this.#options.onBug(error);
		}
	}

	async #settle(context: RecordContext): Promise<void> {
		const { clock, stillRuns } = this.#options;
		const callId = this.#callId;
		if (callId === undefined) {
			return;
		}
		const findings = new Findings();
		const ranBefore = this.#runs;
		if (ranBefore) {
			// Asked first: what ends while we look is looked after once more.
			const runs = await stillRuns();
			await this.#compareFiles(findings);
			await this.#compareFolders(findings);
			this.#runs = runs;
			this.#notices.endAt(runs ? undefined : clock.monotonic() + LATE_MS);
		}
		await this.#nameNoticed(findings);
		try {
			await this.#record(findings.differences, callId, context);
		} catch (error) {
			// The turn is over: what was not recorded is found at the next call.
			this.#runs = ranBefore;
			throw error;
		}
		this.#settledAt = clock.monotonic();
		if (this.#notices.isOver) {
			this.#closeUnlessRunning();
		}
	}

	#closeUnlessRunning(): void {
		if (!this.#runs) {
			this.#close();
		}
	}

	#close(): void {
		this.#callId = undefined;
		this.#runs = false;
		this.#inPlay.clear();
		this.#foldersInPlay.clear();
		this.#notices.close();
	}

	async #compareFiles(findings: Findings): Promise<void> {
		const images = [...this.#inPlay].flatMap(path => this.#images.get(path) ?? []);
		const versions = await this.#versions.of(
			images.map(({ location }) => location),
			NEVER,
		);
		const changed = images.flatMap((image, at) => {
			const seen = versions[at];
			if (seen === undefined || isVersion(image.seen, seen.version)) {
				// What was written until now is in the image.
				this.#notices.forgetWritten(image.location.uri);
				return [];
			}
			return [{ image, seen }];
		});
		await inParallel(changed, PARALLEL, ({ image, seen }) => this.#compare(image, seen, findings));
	}

	async #compare({ location, seen }: FileImage, version: SeenVersion, findings: Findings): Promise<void> {
		const { workspace } = this.#options;
		const { path } = location;
		if (this.#isWritten(path)) {
			return this.#takeAnew(path);
		}
		try {
			if (!isFollowable(await workspace.locate(path, NEVER))) {
				// A link took its place: what that leads to is no text of this file.
				this.#found.name({ path, how: 'changed' });
				this.#inPlay.delete(path);
				return;
			}
			const now = await readState(location, version, workspace, NEVER);
			if (isSameState(seen, now)) {
				this.#images.set({ location, seen: now });
			} else {
				findings.add({ location, before: seen.state, after: now });
			}
		} catch (error) {
			// Where nobody may look any more, nothing can be told.
			ignoreToolError(error);
		}
	}

	/** What came to the folders that were looked at, or went. */
	async #compareFolders(findings: Findings): Promise<void> {
		for (const [path, before] of [...this.#foldersInPlay]) {
			const now = (await this.#folders.look(path, NEVER)) ?? ((await this.#isGone(path)) ? EMPTY : before);
			if (now === before) {
				continue;
			}
			this.#foldersInPlay.set(path, now);
			for (const { name, kind, isIgnored } of now.values()) {
				if (!isIgnored && !before.has(name)) {
					await this.#findNew(joinPath(path, name), kind, findings);
				}
			}
			for (const { name, kind, isIgnored } of before.values()) {
				const gone = joinPath(path, name);
				if (!isIgnored && kind === 'file' && !now.has(name) && !this.#inPlay.has(gone)) {
					this.#found.name({ path: gone, how: 'deleted' });
				}
			}
		}
	}

	async #isGone(folder: string): Promise<boolean> {
		const parent = this.#folders.parentOf(folder);
		if (parent === undefined) {
			return false;
		}
		const listing = await this.#folders.look(parent, NEVER);
		return listing === undefined ? this.#isGone(parent) : !listing.has(splitPath(folder).name);
	}

	/** A file that was not there before, or all in a folder that was not. */
	async #findNew(path: string, kind: Listed['kind'], findings: Findings): Promise<void> {
		const queue = [{ path, kind }];
		for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
			if (next.kind === 'file') {
				await this.#addNew(next.path, findings);
			} else if (next.kind === 'folder' && !findings.isFull) {
				findings.newFolders.add(next.path);
				const listing = await this.#folders.look(next.path, NEVER);
				for (const entry of listing?.values() ?? []) {
					if (!entry.isIgnored) {
						queue.push({ path: joinPath(next.path, entry.name), kind: entry.kind });
					}
				}
				this.#keepFolder(next.path);
			}
		}
	}

	async #addNew(path: string, findings: Findings): Promise<void> {
		if (this.#inPlay.has(path)) {
			// It is compared like the others.
			return;
		}
		if (findings.isFull) {
			this.#found.addMore(1);
			return;
		}
		const { workspace } = this.#options;
		try {
			const location = await workspace.locate(path, NEVER);
			if (!isFollowable(location) || this.#notices.isWritten(location.uri)) {
				return;
			}
			const version = await this.#versions.one(location, NEVER);
			const after = await readState(location, version, workspace, NEVER, MAX_FOUND_BYTES);
			if (after.state.kind !== 'absent') {
				this.#images.set({ location, seen: { state: ABSENT } });
				this.#inPlay.add(path);
				findings.add({ location, before: ABSENT, after });
			}
		} catch (error) {
			ignoreToolError(error);
		}
	}

	/** Of what nobody looked at before there is no earlier text: it is named, unless the workspace hides it. */
	async #nameNoticed(findings: Findings): Promise<void> {
		const { notices, more } = this.#notices.take();
		const others = notices.filter(
			({ path }) => !this.#inPlay.has(path) && !findings.has(path) && !findings.isInNewFolder(path),
		);
		const judged = await judgeNotices(others, this.#folders, NEVER);
		for (const { path, kind } of judged.seen) {
			// What is told as created may have been there: some systems tell so of a file that another one replaced.
			this.#found.name({ path, how: kind === 'deleted' ? 'deleted' : 'changed' });
		}
		this.#found.addMore(judged.more + more);
	}

	async #record(differences: Difference[], callId: string, context: RecordContext): Promise<void> {
		differences.sort((a, b) => (a.location.path < b.location.path ? -1 : 1));
		for (const { location, before, after } of differences) {
			const how = before.kind === 'absent' ? 'created' : after.state.kind === 'absent' ? 'deleted' : 'changed';
			const file: ChangedFile = { path: location.path, how };
			if (before.kind === 'unkept' || after.state.kind === 'unkept') {
				this.#found.name(file);
			} else {
				await this.#recordOne(file, { location, before, after: after.state, callId }, context);
			}
			this.#images.set({ location, seen: after });
		}
	}

	async #recordOne(file: ChangedFile, { location, before, after, callId }: Recordable, { recordMade }: RecordContext) {
		const texts = {
			...(before.kind === 'text' && { before: before.text }),
			...(after.kind === 'text' && { after: after.text }),
		};
		try {
			await recordMade({ location, ...texts, origin: 'command', callId });
			this.#found.keep(file);
		} catch (error) {
			this.#found.fail(ignoreToolError(error).message);
			this.#found.name(file);
		}
	}
}

interface Recordable {
	readonly location: Location;
	readonly before: DiskState;
	readonly after: DiskState;
	readonly callId: string;
}

type Listed = { readonly kind: 'file' | 'folder' | 'other' };

const EMPTY: Listing = new Map();

/** Known to be the same without reading. */
function isVersion({ version }: SeenState, now: string | undefined): boolean {
	return version !== undefined && version === now;
}

function dropOldest(
	items: { keys(): Iterator<string> & Iterable<string>; delete(key: string): boolean; readonly size: number },
	most: number,
): void {
	for (const oldest of items.keys()) {
		if (items.size <= most) {
			return;
		}
		items.delete(oldest);
	}
}

/** @throws what is no `ToolError`. */
function ignoreToolError(error: unknown): ToolError {
	if (error instanceof ToolError) {
		return error;
	}
	throw error;
}
