/** What every control of a field needs. */
export interface ControlProps {
	/** Of the element that the label is for. */
	id: string;
	/** Ids of what explains it. */
	describedBy: string;
	isInvalid: boolean;
	/** Undefined where nothing is set. */
	value: unknown;
	/** What holds then, where it is set for more models. */
	inherited: unknown;
	/** Undefined takes the value away. */
	onChange: (value: unknown) => void;
}
