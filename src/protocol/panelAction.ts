/** Buttons an error or an empty state can offer. The host runs them; the page only names one. */
export type PanelAction =
	| 'setKey'
	| 'signOut'
	| 'addCredits'
	| 'keySettings'
	| 'privacySettings'
	| 'chooseModel'
	| 'useBuiltIn'
	| 'retry'
	| 'continue'
	| 'newSession'
	| 'manageTrust'
	| 'takeOver';
