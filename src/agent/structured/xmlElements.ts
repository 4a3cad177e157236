/**
 * What an element holds. `text`: its text, all of it. Otherwise the elements in it by name: one, or those that repeat,
 * written as `[shape]`, which are read as an array, empty when there is none. `@name` is an attribute.
 */
export type XmlShape = 'text' | XmlChildren;

interface XmlChildren {
	readonly [child: string]: XmlShape | readonly [XmlShape];
}

interface OpenElement {
	readonly name: string;
	readonly shape: XmlShape;
	/** Of an element that holds text. */
	readonly text: string[];
	/** Of an element that holds others. */
	readonly fields: Record<string, unknown>;
	/** Declared tags in its text that are part of the text, and their ends not yet seen. */
	readonly literals: string[];
}

/** Builds the value of one declared element from the tags and texts in it. Elements whose end is missing are closed. */
export class XmlElements {
	readonly #source: string;
	readonly #shape: XmlShape;
	readonly #stack: OpenElement[] = [];
	readonly #faults: string[] = [];
	#value: unknown;
	#isComplete = false;

	/** @param source to give tags back as text that turn out to be no markup. */
	constructor(source: string, shape: XmlShape) {
		this.#source = source;
		this.#shape = shape;
	}

	/** The end of the outermost element came. */
	get isComplete(): boolean {
		return this.#isComplete;
	}

	get faults(): readonly string[] {
		return this.#faults;
	}

	/** @param from index of the tag's first character, `to` of its last. An element that ends itself gets no `close`. */
	open(name: string, attributes: Readonly<Record<string, string>>, from: number, to: number): void {
		if (this.#isComplete) {
			return;
		}
		const endsItself = this.#source[to - 1] === '/';
		if (this.#stack.length === 0) {
			this.#push(name, this.#shape, attributes);
			if (endsItself) {
				this.close(name, from, to);
			}
			return;
		}
		const top = this.#stack.at(-1);
		const parent = this.#stack.findLastIndex(({ shape }) => childOf(shape, name) !== undefined);
		if (top?.shape === 'text' && (parent < 0 || this.#endsLater(top.name, to))) {
			top.text.push(this.#source.slice(from, to + 1));
			top.literals.push(...(endsItself ? [] : [name]));
			return;
		}
		const child = childOf(this.#stack[parent]?.shape, name);
		if (child !== undefined) {
			this.#closeDownTo(parent + 1);
			this.#push(name, child, attributes);
			this.#closeDownTo(parent + (endsItself ? 1 : 2));
		}
	}

	text(text: string): void {
		const top = this.#stack.at(-1);
		if (top?.shape === 'text') {
			top.text.push(text);
		}
	}

	close(name: string, from: number, to: number): void {
		const top = this.#stack.at(-1);
		const literal = top?.literals.lastIndexOf(name) ?? -1;
		if (top !== undefined && literal >= 0) {
			top.literals.splice(literal, 1);
			top.text.push(this.#source.slice(from, to + 1));
			return;
		}
		const at = this.#stack.findLastIndex(open => open.name === name);
		if (at >= 0) {
			this.#closeDownTo(at);
		}
		this.#isComplete ||= at === 0;
	}

	/** Closes what is open. @returns the value, undefined when there is none. */
	finish(): unknown {
		this.#closeDownTo(0);
		return this.#value;
	}

	#push(name: string, shape: XmlShape, attributes: Readonly<Record<string, string>>): void {
		const fields: Record<string, unknown> = {};
		for (const [key, child] of Object.entries(shape === 'text' ? {} : shape)) {
			const attribute = key.startsWith('@') ? attributes[key.slice(1)] : undefined;
			if (attribute !== undefined) {
				fields[key] = attribute;
			} else if (isRepeated(child)) {
				fields[key] = [];
			}
		}
		this.#stack.push({ name, shape, text: [], fields, literals: [] });
	}

	/** Closes the innermost elements until only `depth` are open. */
	#closeDownTo(depth: number): void {
		while (this.#stack.length > depth) {
			const element = this.#stack.pop();
			if (element !== undefined) {
				this.#keep(element, element.shape === 'text' ? element.text.join('').trim() : element.fields);
			}
		}
	}

	#keep({ name }: OpenElement, value: unknown): void {
		const parent = this.#stack.at(-1);
		if (parent === undefined) {
			this.#value = value;
			return;
		}
		const before = parent.fields[name];
		if (Array.isArray(before)) {
			before.push(value);
		} else if (before !== undefined) {
			this.#faults.push(`<${parent.name}> has <${name}> more than once`);
		} else {
			parent.fields[name] = value;
		}
	}

	/** Whether the element that holds a text ends behind `index`, before another of its name begins. */
	#endsLater(name: string, index: number): boolean {
		const next = new RegExp(`<(/?)${name}(?=[\\s/>])`, 'g');
		next.lastIndex = index;
		return next.exec(this.#source)?.[1] === '/';
	}
}

/** The shape of a child, undefined where it may not stand. */
function childOf(shape: XmlShape | undefined, name: string): XmlShape | undefined {
	const child = shape === undefined || shape === 'text' || !Object.hasOwn(shape, name) ? undefined : shape[name];
	return child !== undefined && isRepeated(child) ? child[0] : child;
}

/** Whether a child may stand there more than once. */
export function isRepeated(child: XmlShape | readonly [XmlShape]): child is readonly [XmlShape] {
	return Array.isArray(child);
}
