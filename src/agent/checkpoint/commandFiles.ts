import type { Clock } from '../clock.ts';
import type { ToolContext } from '../tool.ts';
import { StreamLeftError } from '../turn/eventStream.ts';
import { inParallel } from '../turn/inOrder.ts';
import type { DirectoryEntry, Location, Workspace } from '../workspace.ts';
import { ABSENT, isSameState, MAX_FILE_BYTES, readState } from './diskState.ts';
import { type DiskVersions, type SeenVersion, VersionLook } from './diskVersions.ts';
import type { FileImage } from './fileImages.ts';
import type { FileNews } from './fileNews.ts';
import { type ChangedFile, type Difference, Findings, type FoundChanges, FoundLog } from './findings.ts';
import { FolderImages, isFollowable, joinPath, type Listing, splitPath } from './folderImages.ts';
import { FollowedFiles, ignoreToolError, isVersion } from './followedFiles.ts';
import { judgeNotices } from './judgeNotices.ts';
import { type CommandLine, namedPlaces } from './namedPlaces.ts';
import { NoticeLog } from './noticeLog.ts';
import { isExact, textsOf } from './restorableTexts.ts';

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

/** Folders of files that the agent had to do with, of the newest, in which it is seen what comes and goes. */
const MAX_FOLDERS = 12;
/** Bytes of a file that was only found in a folder. */
const MAX_FOUND_BYTES = 1_000_000;
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
	readonly #files: FollowedFiles;
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
		this.#files = new FollowedFiles(options.workspace, this.#versions, this.#folders);
		this.#notices = new NoticeLog(options.news, options.clock);
	}

	/** The agent had to do with the file, if the path leads to one. */
	touch(path: string): void {
		this.#files.touch(path);
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
			const written = () => [...this.#files.inPlay].filter(path => this.#isWritten(path));
			await this.#inTurn(() => inParallel(written(), PARALLEL, path => this.#takeAnew(path)));
		}
	}

	/** What was found since this was asked last. */
	takeFound(): FoundChanges | undefined {
		return this.#found.take();
	}

	dispose(): void {
		this.#close();
		this.#files.clear();
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
			this.#files.inPlay.clear();
			this.#foldersInPlay.clear();
		}
		this.#notices.open();
		const named = await namedPlaces(line, this.#folders, this.#options.workspace, signal);
		await this.#files.follow([...named.files, ...this.#files.touched], MAX_FILE_BYTES, signal);
		await this.#files.follow([...named.filesBelow], MAX_FOUND_BYTES, signal);
		for (const folder of named.folders) {
			this.#keepFolder(folder);
		}
		const near = new Set([...this.#files.inPlay].map(path => this.#folders.parentOf(path) ?? '.'));
		const others = [...near].filter(folder => !named.folders.has(folder)).slice(0, MAX_FOLDERS);
		await this.#folders.lookAll(others, signal);
		for (const folder of others) {
			this.#keepFolder(folder);
		}
	}

	/** As long as commands run, the first look counts. */
	#keepFolder(path: string): void {
		const listing = this.#folders.known(path);
		if (listing !== undefined && !this.#foldersInPlay.has(path)) {
			this.#foldersInPlay.set(path, listing);
		}
	}

	#isWritten(path: string): boolean {
		const uri = this.#files.get(path)?.location.uri;
		return uri !== undefined && this.#notices.isWritten(uri);
	}

	async #takeAnew(path: string): Promise<void> {
		const location = this.#files.get(path)?.location;
		if (location === undefined) {
			return;
		}
		this.#notices.forgetWritten(location.uri);
		await this.#files.look(location, await this.#versions.one(location, NEVER), MAX_FILE_BYTES, NEVER);
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
		this.#files.inPlay.clear();
		this.#foldersInPlay.clear();
		this.#notices.close();
	}

	async #compareFiles(findings: Findings): Promise<void> {
		const images = [...this.#files.inPlay].flatMap(path => this.#files.get(path) ?? []);
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
				this.#files.inPlay.delete(path);
				return;
			}
			const now = await readState(location, version, workspace, NEVER);
			if (isSameState(seen, now)) {
				this.#files.set({ location, seen: now });
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
		const folders = [...this.#foldersInPlay];
		const listings = await this.#folders.lookAll(
			folders.map(([path]) => path),
			NEVER,
		);
		for (const [at, [path, before]] of folders.entries()) {
			const now = listings[at] ?? ((await this.#isGone(path)) ? EMPTY : before);
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
				if (!isIgnored && kind === 'file' && !now.has(name) && !this.#files.inPlay.has(gone)) {
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
	async #findNew(path: string, kind: DirectoryEntry['kind'], findings: Findings): Promise<void> {
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
		if (this.#files.inPlay.has(path)) {
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
				this.#files.set({ location, seen: { state: ABSENT } });
				this.#files.inPlay.add(path);
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
			({ path }) => !this.#files.inPlay.has(path) && !findings.has(path) && !findings.isInNewFolder(path),
		);
		const judged = await judgeNotices(others, this.#folders, NEVER);
		for (const { path, kind } of judged.seen) {
			// What is told as created may have been there: some systems tell so of a file that another one replaced.
			this.#found.name({ path, how: kind === 'deleted' ? 'deleted' : 'changed' });
		}
		this.#found.addMore(judged.more + more);
	}

	async #record(differences: Difference[], callId: string, { recordMade }: RecordContext): Promise<void> {
		differences.sort((a, b) => (a.location.path < b.location.path ? -1 : 1));
		for (const { location, before, after } of differences) {
			const how = before.kind === 'absent' ? 'created' : after.state.kind === 'absent' ? 'deleted' : 'changed';
			const file: ChangedFile = { path: location.path, how };
			const texts = textsOf(before, after.state);
			if (texts === undefined) {
				this.#found.name(file);
			} else {
				try {
					await recordMade({ location, ...texts, origin: 'command', callId });
					this.#found.keep(file, isExact(before, after.state));
				} catch (error) {
					this.#found.fail(ignoreToolError(error).message);
					this.#found.name(file);
				}
			}
			this.#files.set({ location, seen: after });
		}
	}
}

const EMPTY: Listing = new Map();
