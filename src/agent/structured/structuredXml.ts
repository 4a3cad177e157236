import type { Parser } from 'htmlparser2';
import type * as z from 'zod';
import { describeIssue, type ReadAnswer, type ReadOptions, StructuredError } from './structuredAnswer.ts';
import { isRepeated, XmlElements, type XmlShape } from './xmlElements.ts';

export interface XmlForm {
	/** Name of the outermost element. */
	readonly root: string;
	readonly shape: XmlShape;
}

export interface ParseXmlOptions<Schema extends z.ZodType> extends XmlForm {
	/** Of the outermost element's value. */
	readonly schema: Schema;
	/** Takes what there is of an answer that was cut: elements without an end close where the answer ends. */
	readonly allowCut?: boolean;
}

/** How often the outermost element may begin before the one that is meant: in prose about it, for example. */
const MAX_STARTS = 5;

/**
 * Reads the XML in a model's answer: with prose or a fence around it, `<` and `&` left bare in texts, CDATA, end tags
 * left out. Only the declared elements are markup; any other tag in a text is part of the text.
 * @throws StructuredError when it is not there, was cut, or does not fit the schema.
 */
export async function parseXml<Schema extends z.ZodType>(
	text: string,
	{ schema, allowCut = false, ...form }: ParseXmlOptions<Schema>,
): Promise<z.infer<Schema>> {
	// The text alone does not tell whether the model had finished.
	const options = { isCut: true, allowCut, fits: (value: unknown) => schema.safeParse(value).success };
	const read = await readXml(text, form, options);
	if ('faults' in read) {
		throw new StructuredError(read.faults, read.nearest);
	}
	const parsed = schema.safeParse(read.value);
	if (!parsed.success) {
		throw new StructuredError(parsed.error.issues.map(describeIssue), JSON.stringify(read.value));
	}
	return parsed.data;
}

/** The first outermost element that fits, or what keeps the first from it. */
export async function readXml(
	answer: string,
	{ root, shape }: XmlForm,
	{ isCut, allowCut, fits }: ReadOptions,
): Promise<ReadAnswer> {
	// Loaded at the first answer of this form: few sessions have one.
	const library = await import('htmlparser2');
	const source = withBareTextEscaped(answer, namesOf(shape, new Set([root])));
	let nearest: ReadAnswer | undefined;
	for (const start of startsOf(source, root)) {
		const element = source.slice(start);
		const elements = new XmlElements(element, shape);
		const parser: Parser = new library.Parser(
			{
				onopentag: (name, attributes) => elements.open(name, attributes, parser.startIndex, parser.endIndex),
				ontext: text => elements.text(text),
				onclosetag: (name, isImplied) => isImplied || elements.close(name, parser.startIndex, parser.endIndex),
			},
			{ xmlMode: true },
		);
		parser.end(element);
		const read = outcome(elements, element, root, isCut && !allowCut);
		if ('value' in read && fits(read.value)) {
			return read;
		}
		nearest ??= read;
	}
	return nearest ?? { faults: [`there is no <${root}> element in it`], nearest: answer };
}

function outcome(elements: XmlElements, element: string, root: string, mustClose: boolean): ReadAnswer {
	if (!elements.isComplete && mustClose) {
		return { faults: [`it was cut before the end of <${root}>; answer more briefly`], nearest: element };
	}
	const value = elements.finish();
	return elements.faults.length > 0 ? { faults: elements.faults, nearest: element } : { value };
}

function startsOf(source: string, root: string): readonly number[] {
	const open = new RegExp(`<${root}(?=[\\s/>])`, 'g');
	return [...source.matchAll(open)].slice(0, MAX_STARTS).map(({ index }) => index);
}

function namesOf(shape: XmlShape, names: Set<string>): Set<string> {
	if (shape === 'text') {
		return names;
	}
	for (const [name, child] of Object.entries(shape)) {
		if (!name.startsWith('@')) {
			names.add(name);
			namesOf(isRepeated(child) ? child[0] : child, names);
		}
	}
	return names;
}

/** Escapes every `<` that does not begin a declared element, its end, CDATA or a comment: models write `a < b` bare. */
function withBareTextEscaped(answer: string, names: ReadonlySet<string>): string {
	const declared = [...names].join('|');
	const pattern = new RegExp(`(<!\\[CDATA\\[[\\s\\S]*?(?:\\]\\]>|$))|<(?!/?(?:${declared})(?=[\\s/>])|!--)`, 'g');
	return answer.replace(pattern, (_, cdata?: string) => cdata ?? '&lt;');
}
