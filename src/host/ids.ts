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
	inlineSubmit: 'openrouterAgent.inline.submit',
	inlineEarlier: 'openrouterAgent.inline.earlier',
	inlineLeave: 'openrouterAgent.inline.leave',
	documentSelection: 'openrouterAgent.documentSelection',
	refactorSelection: 'openrouterAgent.refactorSelection',
	testSelection: 'openrouterAgent.testSelection',
	showLog: 'openrouterAgent.showLog',
	toggleCompletions: 'openrouterAgent.toggleCompletions',
	writeCommitMessage: 'openrouterAgent.writeCommitMessage',
	stopCommitMessage: 'openrouterAgent.stopCommitMessage',
	reviewUncommitted: 'openrouterAgent.reviewUncommitted',
	fixFinding: 'openrouterAgent.fixFinding',
	dismissFinding: 'openrouterAgent.dismissFinding',
	clearFindings: 'openrouterAgent.clearFindings',
} as const;

/** Context keys that `when` clauses of `package.json` use. */
export const contextKeys = {
	isRunning: 'openrouterAgent.isRunning',
	isWaiting: 'openrouterAgent.isWaiting',
	/** An inline edit is worked on: Escape cancels it. */
	isInlineRunning: 'openrouterAgent.inline.isRunning',
	/** Its instruction is asked for in a box of the editor: Escape leaves it. */
	isAskingInline: 'openrouterAgent.inline.isAsking',
	/** One waits for the user's word. */
	hasInlineEdit: 'openrouterAgent.inline.hasEdit',
	/** Something of the agent's edits waits for the user's word. */
	hasChanges: 'openrouterAgent.review.hasChanges',
	/** In the file of the active editor. */
	atFile: 'openrouterAgent.review.atFile',
	/** At the cursor. */
	atHunk: 'openrouterAgent.review.atHunk',
	/** By path, for the titles of editors: those that are not active have one as well. */
	reviewedFiles: 'openrouterAgent.review.files',
	isWritingCommitMessage: 'openrouterAgent.isWritingCommitMessage',
	hasFindings: 'openrouterAgent.hasFindings',
} as const;

/** The controller of the box that takes the instruction of an inline edit, as menus name it. */
export const INLINE_CONTROLLER = 'openrouterAgent.inline';

/** Scheme of the read-only documents that hold a file as it was before a change. */
export const BEFORE_SCHEME = 'openrouter-before';

/** Scheme of the read-only documents that show what an agent did that worked for another. */
export const DELEGATE_SCHEME = 'openrouter-agent-task';

/** Name of the comments that hold what a review of uncommitted changes found. */
export const FINDINGS_CONTROLLER = 'openrouterAgent.findings';
