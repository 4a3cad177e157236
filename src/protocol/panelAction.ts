/** Buttons an error or an empty state can offer. The host runs them; the page only names one. */
export type PanelAction =
	| 'setKey'
	| 'signIn'
	| 'signOut'
	| 'showAccount'
	| 'addCredits'
	| 'keySettings'
	| 'privacySettings'
	| 'activity'
	/** Chooses a model; the turn that failed or waits to ask again goes on with it. The argument is an id. */
	| 'chooseModel'
	/** Chooses the model of the turns to come. */
	| 'changeModel'
	| 'chooseEffort'
	| 'useBuiltIn'
	| 'editRouting'
	/** The argument is `scope:dollars`, such as `session:4`; without one the user is asked. */
	| 'raiseBudget'
	| 'compact'
	/** Asks again now, in place of waiting. */
	| 'retryNow'
	| 'retry'
	| 'continue'
	| 'stop'
	| 'newSession'
	| 'manageTrust'
	| 'takeOver'
	/** Takes a restore back. The argument is its place in the log, as the notice has it. */
	| 'undoRestore';
