/** What may run without asking, what is asked for, and what never runs. Pure: the same call gets the same answer. */
import { decideCommand } from '../shell/commandDecision.ts';
import { ruleText } from '../shell/commandRules.ts';
import type { Allowed, ApprovalReason, Demand, Effect, RuleOffer } from '../tool.ts';
import type { Location } from '../workspace.ts';
import { type ApprovalRule, commandRules, describeRule, type RuleScope, ruleScopes } from './approvalRules.ts';
import { isSecret, protectionOf } from './protectedPaths.ts';
import { allowServer, isToolAllowed } from './serverApprovals.ts';
import { isSystemPath } from './systemPaths.ts';

/** `ask` reads only, whatever the tools and the rules say. */
export const agentModes = ['ask', 'agent'] as const;
export type AgentMode = (typeof agentModes)[number];

/** What needs no question: nothing that changes anything; edits of unprotected files; all that is not protected. */
export const approvalLevels = ['ask', 'edits', 'everything'] as const;
export type ApprovalLevel = (typeof approvalLevels)[number];

/** What holds at the moment of the call. */
export interface Permissions {
	readonly mode: AgentMode;
	readonly level: ApprovalLevel;
	/** Whether the user trusts this workspace. */
	readonly isTrusted: boolean;
	/** Text from outside came in since the user's last message: rules that free commands, fetches and outside writes wait. */
	readonly isHeld: boolean;
	readonly rules: readonly ApprovalRule[];
	/** Absolute paths of folders that are ours or the editor's, asked for like those of the system. */
	readonly ownFolders: readonly string[];
}

/** One path of a call, as the model wrote it and as the workspace resolved it. */
export interface TouchedPath {
	readonly given: string;
	readonly location: Location;
}

export interface PolicyCall {
	readonly effect: Effect;
	readonly demand: Demand;
	/** The paths of the demand, resolved. */
	readonly paths: readonly TouchedPath[];
}

/** A question, as far as the policy knows it. */
export interface AskDecision {
	readonly kind: 'ask';
	readonly reason: ApprovalReason;
	readonly commandReasons?: Extract<ReturnType<typeof decideCommand>, { kind: 'ask' }>['reasons'];
	readonly remoteSchemas?: readonly string[];
	readonly offer?: RuleOffer;
}

export type Decision =
	| { readonly kind: 'allow'; readonly by: Allowed }
	| AskDecision
	/** `why` is for the model. */
	| { readonly kind: 'deny'; readonly why: string };

const free: Decision = { kind: 'allow', by: { why: 'free' } };
const byLevel: Decision = { kind: 'allow', by: { why: 'level' } };

/**
 * Refuses paths that must not even be resolved.
 * @returns words for the model, or undefined when the path may be resolved.
 */
export function refusePath(path: string): string | undefined {
	return path.includes('\0') ? 'A path cannot contain a NUL character.' : undefined;
}

/** Decides about one call. What is denied by trust or mode is denied whatever rules say. */
export function decide(call: PolicyCall, permissions: Permissions): Decision {
	return refuse(call, permissions) ?? decideDemand(call, permissions);
}

const UNTRUSTED =
	'The user has not trusted this workspace: files can be read and searched, nothing else. Say what you would do; the user can trust the workspace.';
const READ_ONLY =
	'This session is in Ask mode: nothing may be changed or run. Say what you would do; the user can switch to Agent mode.';

function refuse({ effect, demand }: PolicyCall, { mode, isTrusted }: Permissions): Decision | undefined {
	const isLocal = demand.kind === 'paths' || demand.kind === 'nothing';
	if (!isTrusted && !((effect === 'read' || effect === 'session') && isLocal)) {
		return { kind: 'deny', why: UNTRUSTED };
	}
	// A command is looked at first: one that only reads is no change.
	return mode === 'ask' && (effect === 'write' || effect === 'foreign') ? { kind: 'deny', why: READ_ONLY } : undefined;
}

function decideDemand(call: PolicyCall, permissions: Permissions): Decision {
	const { demand } = call;
	switch (demand.kind) {
		case 'nothing':
			// Such as looking at a command that runs already, or at the rest of a page that was fetched.
			return call.effect === 'write' || call.effect === 'foreign' ? { kind: 'ask', reason: 'unclear' } : free;
		case 'delegate':
			return call.effect === 'session' || call.effect === 'read' ? free : { kind: 'ask', reason: 'unclear' };
		case 'paths':
			return call.effect === 'read'
				? decideRead(call.paths, permissions)
				: decideWrite(call.paths, demand.remoteSchemas ?? [], permissions);
		case 'command':
			return decideLine(demand, permissions);
		case 'fetch':
			return decideFetch(demand.judgement, permissions);
		case 'search':
			return ruled({ kind: 'search' }, 'search', ruleScopes, permissions);
		case 'foreign':
			return decideForeign(demand, permissions);
		default:
			return demand satisfies never;
	}
}

function decideRead(paths: readonly TouchedPath[], { level, rules, ownFolders }: Permissions): Decision {
	const asked = paths.flatMap(path => {
		const reason = readReason(path, ownFolders);
		return reason === undefined ? [] : [{ reason, target: targetOf(path) }];
	});
	const used: ApprovalRule[] = [];
	const open = asked.filter(({ reason, target }) => {
		const rule = reason === 'system' ? undefined : rules.find(candidate => allowsRead(candidate, target, reason));
		if (rule !== undefined) {
			used.push(rule);
		}
		return rule === undefined && !(level === 'everything' && reason === 'outside');
	});
	const worst =
		open.find(({ reason }) => reason === 'system') ?? open.find(({ reason }) => reason === 'secret') ?? open[0];
	if (worst !== undefined) {
		const canRule = worst.reason !== 'system' && open.length === 1;
		const offer = { rule: { kind: 'read', path: worst.target }, scopes: ['session'] } as const;
		return { kind: 'ask', reason: worst.reason, ...(canRule && { offer }) };
	}
	return used.length > 0 ? byRules(used) : asked.length > 0 ? byLevel : free;
}

/** Why reading this path is asked for; undefined when it is free. */
export function readReason(
	path: TouchedPath,
	ownFolders: readonly string[],
): 'system' | 'secret' | 'outside' | undefined {
	const names = namesOf(path);
	const isOutside = path.location.isOutside;
	if (
		names.some(name => isBelowOne(name, ownFolders)) ||
		(isOutside && names.some(name => isSystemPath(name, 'read')))
	) {
		return 'system';
	}
	if (names.some(isSecret)) {
		return 'secret';
	}
	return isOutside ? 'outside' : undefined;
}

function allowsRead(rule: ApprovalRule, target: string, reason: 'secret' | 'outside'): boolean {
	return rule.kind === 'read' && (rule.path === target || (reason === 'outside' && isBelow(target, rule.path)));
}

function decideWrite(
	paths: readonly TouchedPath[],
	remoteSchemas: readonly string[],
	{ level, rules, isHeld, ownFolders }: Permissions,
): Decision {
	const names = paths.flatMap(path => namesOf(path).map(name => ({ path, name })));
	const forbidden = names.find(({ name }) => protectionOf(name) === 'forbidden');
	if (forbidden !== undefined) {
		const { path } = forbidden.path.location;
		return { kind: 'deny', why: `"${path}" belongs to git and is never edited as a file. Use git commands.` };
	}
	const isOwn = names.some(({ name }) => isBelowOne(name, ownFolders));
	const outside = paths.filter(({ location }) => location.isOutside);
	if (isOwn || outside.some(path => namesOf(path).some(name => isSystemPath(name, 'write')))) {
		return { kind: 'ask', reason: 'system' };
	}
	// A write that names no path cannot be judged by its path.
	if (paths.length === 0) {
		return { kind: 'ask', reason: 'unclear' };
	}
	if (names.some(({ name }) => protectionOf(name) === 'protected' || isSecret(name))) {
		return { kind: 'ask', reason: 'protected' };
	}
	if (remoteSchemas.length > 0) {
		return { kind: 'ask', reason: 'schema', remoteSchemas };
	}
	if (outside.length > 0) {
		return decideOutsideWrite(outside, isHeld ? [] : rules);
	}
	if (level !== 'ask') {
		return byLevel;
	}
	return ruled({ kind: 'edits' }, 'write', ['session'], { level, rules });
}

function decideOutsideWrite(outside: readonly TouchedPath[], rules: readonly ApprovalRule[]): Decision {
	const targets = outside.map(targetOf);
	const used = targets.map(target => rules.find(rule => rule.kind === 'write' && isBelow(target, rule.folder)));
	const allowing = used.filter(rule => rule !== undefined);
	if (allowing.length === targets.length) {
		return byRules(allowing);
	}
	const [only, ...more] = targets;
	const folder = more.length === 0 ? only?.replace(/[/\\][^/\\]*$/, '') : undefined;
	const offer = folder ? { offer: { rule: { kind: 'write', folder }, scopes: ['session'] } as const } : {};
	return { kind: 'ask', reason: 'outside', ...offer };
}

function decideLine(
	{ command, place }: Extract<Demand, { kind: 'command' }>,
	{ mode, level, rules, isHeld }: Permissions,
): Decision {
	const decision = decideCommand(command, { ...place, rules: commandRules(rules), isHeld });
	if (decision.kind === 'deny') {
		return { kind: 'deny', why: decision.reason };
	}
	if (decision.kind === 'allow' && decision.why === 'readOnly') {
		return { kind: 'allow', by: { why: 'readOnly' } };
	}
	if (mode === 'ask') {
		return { kind: 'deny', why: READ_ONLY };
	}
	if (decision.kind === 'allow') {
		return { kind: 'allow', by: { why: 'rule', rules: decision.rules.map(ruleText) } };
	}
	if (level === 'everything' && !isHeld) {
		return byLevel;
	}
	const { reasons, proposedRule } = decision;
	const offer = proposedRule && { rule: { kind: 'command', rule: proposedRule } as const, scopes: ruleScopes };
	return { kind: 'ask', reason: 'command', commandReasons: reasons, ...(offer && { offer }) };
}

function decideFetch(
	{ host, canRule }: Extract<Demand, { kind: 'fetch' }>['judgement'],
	permissions: Permissions,
): Decision {
	if (!canRule) {
		// Also at the level that asks for nothing: the address may carry away what was read.
		return { kind: 'ask', reason: 'fetch' };
	}
	return ruled({ kind: 'host', host }, 'fetch', ruleScopes, permissions);
}

function decideForeign(
	{ tool, siblings }: Extract<Demand, { kind: 'foreign' }>,
	{ level, rules, isHeld }: Permissions,
): Decision {
	const approving = rules
		.filter(rule => rule.kind === 'server')
		.find(({ approval }) => isToolAllowed(tool, [approval]));
	if (approving !== undefined) {
		return byRules([approving]);
	}
	if (level === 'everything' && !isHeld) {
		return byLevel;
	}
	const rule = { kind: 'server', approval: allowServer(tool, siblings) } as const;
	return { kind: 'ask', reason: 'foreign', offer: { rule, scopes: ruleScopes } };
}

/** For what one rule allows as it is. */
function ruled(
	rule: ApprovalRule,
	reason: ApprovalReason,
	scopes: readonly RuleScope[],
	{ level, rules, isHeld = false }: Pick<Permissions, 'level' | 'rules'> & { readonly isHeld?: boolean },
): Decision {
	if (!isHeld && level === 'everything') {
		return byLevel;
	}
	const wanted = JSON.stringify(rule);
	const found = isHeld ? undefined : rules.find(candidate => JSON.stringify(candidate) === wanted);
	return found === undefined ? { kind: 'ask', reason, offer: { rule, scopes } } : byRules([found]);
}

function byRules(rules: readonly ApprovalRule[]): Decision {
	return { kind: 'allow', by: { why: 'rule', rules: [...new Set(rules.map(describeRule))] } };
}

/** Where the path really leads. */
function targetOf({ location }: TouchedPath): string {
	return location.realPath ?? location.path;
}

/** Every name the file goes by: a link may hide a protected file behind a harmless one, and the reverse. */
function namesOf({ given, location }: TouchedPath): string[] {
	return [given, location.path, location.realPath ?? location.path, decodedPath(location.uri)];
}

function isBelowOne(path: string, folders: readonly string[]): boolean {
	return folders.some(folder => path === folder || isBelow(path, folder));
}

function isBelow(path: string, folder: string): boolean {
	return path.startsWith(/[/\\]$/.test(folder) ? folder : `${folder}/`) || path.startsWith(`${folder}\\`);
}

function decodedPath(uri: string): string {
	const path = uri.replace(/^[a-z][a-z0-9+.-]*:(?:\/\/[^/]*)?/i, '').replace(/[?#].*$/s, '');
	try {
		return decodeURIComponent(path);
	} catch {
		// Not percent-encoded after all: then it stands for itself.
		return path;
	}
}
