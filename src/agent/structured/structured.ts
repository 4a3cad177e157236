import * as z from 'zod';
import { type Message, type ModelClient, ModelError, type ModelRequest } from '../model.ts';
import { describeIssue, StructuredError } from './structuredAnswer.ts';
import { readJson } from './structuredJson.ts';
import { readXml, type XmlForm } from './structuredXml.ts';

export interface StructuredQuestion<Schema extends z.ZodType>
	extends Omit<ModelRequest, 'output' | 'tools' | 'purpose'> {
	readonly client: ModelClient;
	/** Without transformations: the model is told of what comes out of it. */
	readonly schema: Schema;
	/** What the answer is, at most 64 of `[A-Za-z0-9_-]`. */
	readonly name: string;
	readonly signal: AbortSignal;
	/** The answer is XML of this form, which the messages describe. JSON when absent. */
	readonly xml?: XmlForm;
	/** Off where the model is known to take no schema: it is then told of it in words. */
	readonly sendsSchema?: boolean;
	/** Takes what there is of an answer that was cut at its length limit, when it has the wanted form. */
	readonly allowCut?: boolean;
}

/**
 * Asks for an answer that fits a schema. What a model wraps around it or gets wrong in its punctuation is put right as
 * long as that leaves nothing to guess; anything else is told to the model, once.
 * @throws StructuredError when the second answer does not fit either.
 * @throws ModelError as the client does.
 */
export async function askStructured<Schema extends z.ZodType>(
	question: StructuredQuestion<Schema>,
): Promise<z.infer<Schema>> {
	const first = await askOnce(question, question.messages);
	if ('value' in first) {
		return first.value;
	}
	const second = await askOnce(question, [...question.messages, ...complaint(first, question)]);
	if ('value' in second) {
		return second.value;
	}
	throw new StructuredError(second.faults, second.nearest);
}

interface Misfit {
	readonly answer: string;
	readonly faults: readonly string[];
	readonly nearest: string;
}

async function askOnce<Schema extends z.ZodType>(
	question: StructuredQuestion<Schema>,
	messages: readonly Message[],
): Promise<{ readonly value: z.infer<Schema> } | Misfit> {
	const { client, schema, name, signal, xml, sendsSchema = true, allowCut = false, ...request } = question;
	const jsonSchema = xml === undefined ? jsonSchemaOf(schema) : undefined;
	const isSent = sendsSchema && jsonSchema?.['type'] === 'object';
	const asked: ModelRequest = {
		...request,
		messages: jsonSchema === undefined || isSent ? messages : withSchema(messages, jsonSchema),
		tools: [],
		purpose: 'structured',
		...(isSent && { output: { name, schema: jsonSchema } }),
	};
	const { text, isCut } = await receive(client, asked, signal);
	const options = { isCut, allowCut, fits: (value: unknown) => schema.safeParse(value).success };
	const read = xml === undefined ? readJson(text, options) : await readXml(text, xml, options);
	if ('faults' in read) {
		return { answer: text, ...read };
	}
	const parsed = schema.safeParse(read.value);
	return parsed.success
		? { value: parsed.data }
		: { answer: text, faults: parsed.error.issues.map(describeIssue), nearest: JSON.stringify(read.value) };
}

async function receive(
	client: ModelClient,
	request: ModelRequest,
	signal: AbortSignal,
): Promise<{ readonly text: string; readonly isCut: boolean }> {
	const pieces: string[] = [];
	for await (const event of client.stream(request, signal)) {
		if (event.type === 'text') {
			pieces.push(event.delta);
		} else if (event.type === 'finish') {
			if (event.reason === 'contentFilter') {
				throw new ModelError('moderation', pieces.join('').trim() || 'The model refused to answer.');
			}
			return { text: pieces.join(''), isCut: event.reason === 'length' };
		}
	}
	throw new ModelError('cut', 'The answer ended before it was complete.');
}

function jsonSchemaOf(schema: z.ZodType): Record<string, unknown> {
	const { $schema: _, ...rest } = z.toJSONSchema(schema);
	return rest;
}

/** Behind the newest message of the user, so that what comes before it is found in the provider's cache. */
function withSchema(messages: readonly Message[], schema: object): readonly Message[] {
	const note = `Answer with JSON that fits this JSON Schema, and with nothing else:\n${JSON.stringify(schema)}`;
	const at = messages.findLastIndex(({ role }) => role === 'user');
	const message = messages[at];
	return message?.role === 'user'
		? messages.with(at, { ...message, text: `${message.text}\n\n${note}` })
		: [...messages, { role: 'user', text: note }];
}

const MAX_FAULTS = 20;

function complaint({ answer, faults }: Misfit, { xml, model }: { xml?: XmlForm; model: string }): readonly Message[] {
	const shown = faults.slice(0, MAX_FAULTS).map(fault => `- ${fault}`);
	const more = faults.length > MAX_FAULTS ? [`- and ${faults.length - MAX_FAULTS} more`] : [];
	const form = xml === undefined ? 'the whole JSON' : `the whole <${xml.root}> element`;
	const text = ['Your answer cannot be used:', ...shown, ...more, `Send ${form} again, corrected, and nothing else.`];
	const said: readonly Message[] = answer === '' ? [] : [{ role: 'assistant', text: answer, toolCalls: [], model }];
	return [...said, { role: 'user', text: text.join('\n') }];
}
