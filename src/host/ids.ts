/** Names that stand in `package.json` as well; a unit test compares the two both ways. */

export const VIEW_ID = 'openrouterAgent.chat';
export const VIEW_CONTAINER_ID = 'openrouterAgent';
export const SETTINGS_SECTION = 'openrouterAgent';

export const commandIds = {
	openChat: 'openrouterAgent.openChat',
	newSession: 'openrouterAgent.newSession',
	showSessions: 'openrouterAgent.showSessions',
	chooseModel: 'openrouterAgent.chooseModel',
	setApiKey: 'openrouterAgent.setApiKey',
	signOut: 'openrouterAgent.signOut',
	stop: 'openrouterAgent.stop',
	allow: 'openrouterAgent.allow',
	skip: 'openrouterAgent.skip',
	explainSelection: 'openrouterAgent.explainSelection',
	fixSelection: 'openrouterAgent.fixSelection',
	undoLastChange: 'openrouterAgent.undoLastChange',
	signIn: 'openrouterAgent.signIn',
	importApiKey: 'openrouterAgent.importApiKey',
	showAccount: 'openrouterAgent.showAccount',
	chooseEffort: 'openrouterAgent.chooseEffort',
	editRouting: 'openrouterAgent.editRouting',
	refreshModels: 'openrouterAgent.refreshModels',
	compact: 'openrouterAgent.compact',
	retryNow: 'openrouterAgent.retryNow',
	setBudget: 'openrouterAgent.setBudget',
	attachImage: 'openrouterAgent.attachImage',
	chooseMode: 'openrouterAgent.chooseMode',
	chooseApprovals: 'openrouterAgent.chooseApprovals',
	manageApprovals: 'openrouterAgent.manageApprovals',
	reviewAcceptHunk: 'openrouterAgent.review.acceptHunk',
	reviewRejectHunk: 'openrouterAgent.review.rejectHunk',
	reviewAcceptFile: 'openrouterAgent.review.acceptFile',
	reviewRejectFile: 'openrouterAgent.review.rejectFile',
	reviewAcceptAll: 'openrouterAgent.review.acceptAll',
	reviewRejectAll: 'openrouterAgent.review.rejectAll',
	reviewNext: 'openrouterAgent.review.next',
	reviewPrevious: 'openrouterAgent.review.previous',
	reviewOpenChanges: 'openrouterAgent.review.openChanges',
	restoreCheckpoint: 'openrouterAgent.restoreCheckpoint',
	inlineStart: 'openrouterAgent.inline.start',
	inlineCancel: 'openrouterAgent.inline.cancel',
	inlineUndo: 'openrouterAgent.inline.undo',
	inlineAccept: 'openrouterAgent.inline.accept',
	inlineReject: 'openrouterAgent.inline.reject',
	inlineRefine: 'openrouterAgent.inline.refine',
	inlineAskInChat: 'openrouterAgent.inline.askInChat',
	documentSelection: 'openrouterAgent.documentSelection',
	refactorSelection: 'openrouterAgent.refactorSelection',
	testSelection: 'openrouterAgent.testSelection',
	showLog: 'openrouterAgent.showLog',
} as const;

/** Context keys that `when` clauses of `package.json` use. */
export const contextKeys = {
	isRunning: 'openrouterAgent.isRunning',
	isWaiting: 'openrouterAgent.isWaiting',
} as const;

/** Scheme of the read-only documents that hold a file as it was before a change. */
export const BEFORE_SCHEME = 'openrouter-before';

/** Scheme of the read-only documents that show what an agent did that worked for another. */
export const DELEGATE_SCHEME = 'openrouter-agent-task';
