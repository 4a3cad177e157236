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
	| 'chooseModel'
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
	| 'takeOver';
