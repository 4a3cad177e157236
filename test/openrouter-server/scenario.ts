import * as z from 'zod';
import { answer, type ParsedAnswer } from './answer.ts';
import type { ChatRequest } from './chatRequest.ts';
import { lastResults, lastUserText, roundOf } from './conversation.ts';
import { provider } from './providers.ts';

/** One round of a scripted turn: the first of its alternatives whose condition holds answers. */
const round = z.array(
	z.strictObject({
		/** Pattern that the tool results of the round before must match, in any line. */
		ifResult: z.string().optional(),
		answer,
	}),
);

export const scenario = z.strictObject({
	/** Turns by what the user asks, tried from the first. */
	turns: z.array(
		z.strictObject({
			/** Pattern for the newest user text, without regard to case. */
			user: z.string(),
			/** Number of the chat request to the server, from 1. */
			request: z.number().int().optional(),
			rounds: z.array(round).min(1),
		}),
	),
	otherwise: answer,
	/** Who serves the models: one that serves all when absent. */
	providers: z.array(provider).min(1).optional(),
});
export type Scenario = z.input<typeof scenario>;
export type ParsedScenario = z.infer<typeof scenario>;

/** Chooses the answer to a request: the turn by the user's text, the round by the answers since then. */
export function play(script: ParsedScenario, request: ChatRequest, requestNumber: number): ParsedAnswer {
	const asked = lastUserText(request.messages);
	const turn = script.turns.find(
		({ user, request: number }) =>
			new RegExp(user, 'i').test(asked) && (number === undefined || number === requestNumber),
	);
	const alternatives = turn?.rounds[Math.min(roundOf(request.messages), turn.rounds.length - 1)] ?? [];
	const results = lastResults(request.messages);
	const chosen = alternatives.find(
		({ ifResult }) => ifResult === undefined || new RegExp(ifResult, 'im').test(results),
	);
	return chosen?.answer ?? script.otherwise;
}
