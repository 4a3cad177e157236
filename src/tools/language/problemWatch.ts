/** The problems of files as they are now, and those that an edit brought. */
import type { Clock } from '../../agent/clock.ts';
import type { AskedDiagnostics, Diagnostic, LanguageServices } from '../../agent/languageServices.ts';
import { ToolError } from '../../agent/toolError.ts';
import type { Location, Workspace } from '../../agent/workspace.ts';
import { compareProblems, type TextChange } from './compareProblems.ts';
import { countProblems, tellProblems } from './problemLines.ts';
import { ReportListener, type Settled, type SettleTimes } from './reportListener.ts';

/** TypeScript reports syntax after 0.4 s and types 1 s later, measured on two lines of code. */
const QUIET_MS = 1300;
/** For servers that cannot be asked. */
const PUSHED: SettleTimes = { first: 2000, quiet: QUIET_MS, limit: 10_000 };
/** For a file that has been open: a report on a change made just now may be under way. */
const RECENT: SettleTimes = { first: 1000, quiet: QUIET_MS, limit: 10_000 };
/** For linters beside a server that was asked. */
const BESIDE: SettleTimes = { first: 1000, quiet: 500, limit: 4000 };

export interface ProblemServices {
	readonly services: LanguageServices;
	readonly workspace: Workspace;
	readonly clock: Clock;
}

export interface CurrentProblems {
	/** Of the whole workspace, the files looked at up to date. */
	readonly problems: readonly Diagnostic[];
	readonly settled: Settled;
	/** No server could be asked of any of the files, and none of them is in a tab: silence says little. */
	readonly isBlind: boolean;
}

export interface NewProblems {
	readonly problems: readonly Diagnostic[];
	readonly fixed: number;
	readonly settled: Settled;
	readonly isBlind: boolean;
}

/**
 * Has the servers look at the files and waits until they have.
 * @param files not empty.
 * @param why before an edit what is known of open files will do; else they may have been changed a moment ago.
 */
export async function currentProblems(
	files: readonly Location[],
	{ services, clock }: Pick<ProblemServices, 'services' | 'clock'>,
	signal: AbortSignal,
	why: 'before' | 'check' = 'check',
): Promise<CurrentProblems> {
	const listener = new ReportListener(
		files.map(({ uri }) => uri),
		services,
		clock,
	);
	try {
		return await look(files, services, listener, why, signal);
	} finally {
		listener.dispose();
	}
}

/**
 * Watches files that are about to be edited. Takes the problems there are as the ones not to tell, which needs a wait
 * where a file is not open yet; so begin before the user is asked, not after.
 */
export class ProblemWatch {
	private readonly files: readonly Location[];
	private readonly deps: ProblemServices;
	private readonly listener: ReportListener;
	private readonly before: readonly Diagnostic[];
	private readonly texts: ReadonlyMap<string, string>;

	private constructor(
		files: readonly Location[],
		deps: ProblemServices,
		listener: ReportListener,
		before: readonly Diagnostic[],
		texts: ReadonlyMap<string, string>,
	) {
		this.files = files;
		this.deps = deps;
		this.listener = listener;
		this.before = before;
		this.texts = texts;
	}

	/** @param files not empty; one that is not there yet has no problems. Whoever begins a watch disposes of it. */
	static async begin(files: readonly Location[], deps: ProblemServices, signal: AbortSignal): Promise<ProblemWatch> {
		const { services, clock, workspace } = deps;
		const texts = await readTexts(files, workspace, signal);
		const present = files.filter(({ path }) => texts.has(path));
		const { problems } = await lookIfPossible(services, () =>
			present.length === 0 ? undefined : currentProblems(present, { services, clock }, signal, 'before'),
		);
		const listener = new ReportListener(
			files.map(({ uri }) => uri),
			services,
			clock,
		);
		return new ProblemWatch(files, deps, listener, problems, texts);
	}

	/** Right before the edit: what servers say from here on is about the new text. */
	editing(): void {
		this.listener.restart();
	}

	/** After the edit, for what it brought, also to other files. */
	async newProblems(signal: AbortSignal): Promise<NewProblems> {
		const { services, workspace } = this.deps;
		const texts = await readTexts(this.files, workspace, signal);
		const present = this.files.filter(({ path }) => texts.has(path));
		const { problems, settled, isBlind } = await lookIfPossible(services, () =>
			present.length === 0 ? undefined : look(present, services, this.listener, 'edit', signal),
		);
		const changes = new Map<string, TextChange>();
		for (const [path, after] of texts) {
			changes.set(path, { before: this.texts.get(path) ?? '', after });
		}
		const { added, fixed } = compareProblems(this.before, problems, changes);
		return { problems: added, fixed, settled, isBlind };
	}

	dispose(): void {
		this.listener.dispose();
	}
}

const MAX_NEW = 20;

/** What to tell the model below the result of its edit; empty when nobody has looked at the files. */
export function describeNewProblems({ problems, fixed, settled, isBlind }: NewProblems): string {
	const told = problems.filter(({ severity }) => severity === 'error' || severity === 'warning');
	const parts: string[] = [];
	if (told.length > 0) {
		const { lines } = tellProblems(told, MAX_NEW, 'use diagnostics to see all');
		parts.push(`New problems: ${countProblems(told)}.`, ...lines);
	} else if (settled === 'settled' || (settled === 'silent' && !isBlind)) {
		parts.push('No new problems.');
	}
	if (fixed > 0) {
		parts.push(`Problems gone: ${fixed}.`);
	}
	if (settled === 'working') {
		parts.push('[the language server is still at work; use diagnostics to look again]');
	}
	return parts.join('\n');
}

/** A file that the editor cannot open, as one that is too large, must not make its edit fail. */
async function lookIfPossible(
	services: LanguageServices,
	looking: () => Promise<CurrentProblems> | undefined,
): Promise<CurrentProblems> {
	try {
		const found = await looking();
		return found ?? { problems: services.reported(), settled: 'silent', isBlind: true };
	} catch (error) {
		if (!(error instanceof ToolError)) {
			throw error;
		}
		return { problems: services.reported(), settled: 'silent', isBlind: true };
	}
}

async function look(
	files: readonly Location[],
	services: LanguageServices,
	listener: ReportListener,
	why: 'before' | 'edit' | 'check',
	signal: AbortSignal,
): Promise<CurrentProblems> {
	const looked = await Promise.all(
		files.map(async location => ({
			location,
			opened: await services.open(location, signal),
			asked: await services.ask(location, signal),
		})),
	);
	const isAsked = looked.every(({ asked }) => asked !== undefined);
	const isPushed = looked.some(({ asked, opened }) => asked === undefined && opened.isServed);
	let settled: Settled = isAsked ? 'settled' : 'silent';
	const isNew = why === 'edit' || looked.some(({ opened }) => !opened.wasOpen);
	if (isNew || why === 'check') {
		if (isPushed) {
			settled = await listener.settled(isNew ? PUSHED : RECENT, signal);
		} else if (hasOtherSources(services.reported(), looked)) {
			const beside = await listener.settled(BESIDE, signal);
			settled = beside === 'silent' ? settled : beside;
		}
	}
	return {
		problems: joinProblems(services.reported(), looked),
		settled,
		isBlind: looked.every(({ asked, opened }) => asked === undefined && !(opened.isShown && opened.isServed)),
	};
}

interface Looked {
	readonly location: Location;
	readonly asked: AskedDiagnostics | undefined;
}

/** Where no linter has spoken yet, none is waited for. */
function hasOtherSources(reported: readonly Diagnostic[], looked: readonly Looked[]): boolean {
	const asked = new Set(looked.flatMap(file => file.asked?.sources ?? []));
	return reported.some(({ source }) => source === undefined || !asked.has(source));
}

/** A server's answer replaces what it reported on the file earlier. */
function joinProblems(reported: readonly Diagnostic[], looked: readonly Looked[]): readonly Diagnostic[] {
	const answers = new Map(looked.map(({ location, asked }) => [location.path, asked]));
	const kept = reported.filter(({ path, source }) => answers.get(path)?.sources.includes(source ?? '') !== true);
	return [...kept, ...looked.flatMap(({ asked }) => asked?.diagnostics ?? [])];
}

/** By path; without those that are no text files now. */
async function readTexts(
	files: readonly Location[],
	workspace: Workspace,
	signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
	const texts = new Map<string, string>();
	for (const location of files) {
		try {
			texts.set(location.path, (await workspace.readText(location, signal)).text);
		} catch (error) {
			if (!(error instanceof ToolError)) {
				throw error;
			}
		}
	}
	return texts;
}
