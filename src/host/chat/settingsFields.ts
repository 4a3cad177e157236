/**
 * The fields of the settings form: what each setting is called and what it does, in the words of a user. Each path is
 * one of the schema in `agent/settings/modelSettings.ts`; a test holds the two together.
 */
import type { ModelParameters } from '../../agent/settings/modelSettings.ts';
import type { FormChoice, FormField } from '../../protocol/messages.ts';

/** Texts are English, to be translated where the form is built. */
export interface FieldGroup {
	readonly title: string;
	readonly isFolded?: boolean;
	readonly fields: readonly FormField[];
}

/** A parameter is offered where the model takes it; all else is for OpenRouter and always there. */
export type ParameterName = keyof ModelParameters;

const choices = (...pairs: readonly (readonly [value: string, label: string])[]): readonly FormChoice[] =>
	pairs.map(([value, label]) => ({ value, label }));

const thinking: FieldGroup = {
	title: 'Thinking',
	fields: [
		{
			path: 'reasoningEffort',
			kind: 'choice',
			label: 'Effort',
			help: 'How long the model thinks before it answers. Thinking is paid for like the answer itself.',
			choices: choices(
				['none', 'Off'],
				['minimal', 'Minimal'],
				['low', 'Low'],
				['medium', 'Medium'],
				['high', 'High'],
				['xhigh', 'Very high'],
				['max', 'Maximum'],
			),
		},
		{
			path: 'reasoningTokens',
			kind: 'number',
			label: 'At most',
			help: 'For models that take a number of tokens in place of an effort.',
			min: 1,
			step: 1,
			unit: 'tokens',
		},
	],
};

const answer: FieldGroup = {
	title: 'Answer',
	fields: [
		{
			path: 'maxOutputTokens',
			kind: 'number',
			label: 'Longest answer',
			help: 'Thinking included. A request reserves this much of your budget and credit before it starts.',
			min: 1,
			step: 1,
			unit: 'tokens',
		},
		{
			path: 'verbosity',
			kind: 'choice',
			label: 'Detail',
			help: 'How detailed the answers are. More detail is a longer answer, and costs as such.',
			choices: choices(
				['low', 'Low'],
				['medium', 'Medium'],
				['high', 'High'],
				['xhigh', 'Very high'],
				['max', 'Maximum'],
			),
		},
		{
			path: 'temperature',
			kind: 'number',
			label: 'Temperature',
			help: '0 is the most predictable, 2 the most varied.',
			min: 0,
			max: 2,
			step: 0.1,
		},
		{
			path: 'stop',
			kind: 'names',
			label: 'Stop texts',
			help: 'The answer ends before any of these, at most four.',
			suggestions: [],
		},
		{
			path: 'parallelToolCalls',
			kind: 'flag',
			label: 'Several tool calls at once',
			help: 'One answer may hold several calls: fewer requests, so cheaper and faster.',
			isOn: true,
		},
	],
};

const price: FieldGroup = {
	title: 'Price and speed',
	fields: [
		{
			path: 'serviceTier',
			kind: 'choice',
			label: 'Service tier',
			help: 'Flex is cheaper and slower, priority and fast are dearer and faster, where a provider offers them.',
			choices: choices(
				['auto', 'Automatic'],
				['default', 'Standard'],
				['flex', 'Flex'],
				['priority', 'Priority'],
				['fast', 'Fast'],
				['scale', 'Scale'],
			),
		},
		{
			path: 'pinProvider',
			kind: 'flag',
			label: 'Stay with the warm cache',
			help: 'Asks the provider first that holds the prompt cache: cached tokens cost a fraction of new ones.',
			isOn: true,
		},
		{
			path: 'cacheLifetime',
			kind: 'choice',
			label: 'Cache lifetime',
			help: 'Where it can be chosen. Writing costs 1.25 times the input price for five minutes, twice for one hour.',
			choices: choices(['5m', 'Five minutes'], ['1h', 'One hour']),
		},
		{
			path: 'routing.sort',
			kind: 'choice',
			label: 'Prefer',
			help: 'Which provider is asked first. Turns the balancing by price and load off.',
			choices: choices(
				['price', 'The cheapest'],
				['throughput', 'The most tokens a second'],
				['latency', 'The quickest to begin'],
				['exacto', 'The best at tool calls'],
			),
		},
		{
			path: 'routing.sortAcrossModels',
			kind: 'flag',
			label: 'Prefer across fallback models',
			help: 'Lets the choice above pick among the fallback models too, not within each model alone.',
			isOn: false,
		},
		{
			path: 'routing.maxPrice.prompt',
			kind: 'number',
			label: 'Highest input price',
			help: 'Dearer providers are never asked.',
			min: 0,
			step: 0.01,
			unit: '$ per million tokens',
		},
		{
			path: 'routing.maxPrice.completion',
			kind: 'number',
			label: 'Highest output price',
			help: 'Dearer providers are never asked.',
			min: 0,
			step: 0.01,
			unit: '$ per million tokens',
		},
		{
			path: 'routing.minThroughput.p50',
			kind: 'number',
			label: 'Least speed',
			help: 'Providers whose median is slower come last.',
			min: 0,
			step: 1,
			unit: 'tokens per second',
		},
		{
			path: 'routing.maxLatency.p50',
			kind: 'number',
			label: 'Longest wait for the first token',
			help: 'Providers whose median is slower come last.',
			min: 0,
			step: 0.1,
			unit: 'seconds',
		},
	],
};

const providers: FieldGroup = {
	title: 'Providers',
	fields: [
		{
			path: 'routing.order',
			kind: 'names',
			label: 'Try first',
			help: 'In this order. Turns the warm cache and the balancing off.',
			suggestions: [],
		},
		{
			path: 'routing.only',
			kind: 'names',
			label: 'Only these',
			help: 'No other provider may answer.',
			suggestions: [],
		},
		{
			path: 'routing.ignore',
			kind: 'names',
			label: 'Never these',
			help: 'They may not answer.',
			suggestions: [],
		},
		{
			path: 'routing.allowFallbacks',
			kind: 'flag',
			label: 'Others may step in',
			help: 'When the first provider cannot answer. Without it the request fails.',
			isOn: true,
		},
		{
			path: 'routing.requireParameters',
			kind: 'flag',
			label: 'Only providers that take every setting',
			help: 'Others leave out what they do not know.',
			isOn: false,
		},
		{
			path: 'routing.quantizations',
			kind: 'choices',
			label: 'Precision',
			help: 'Only providers that run the model in one of these. Fewer bits are cheaper and less exact.',
			choices: ['bf16', 'fp16', 'fp32', 'fp8', 'mxfp8', 'int8', 'fp6', 'fp4', 'mxfp4', 'nvfp4', 'int4', 'unknown'].map(
				value => ({ value, label: value === 'unknown' ? 'Unknown' : value.toUpperCase() }),
			),
		},
	],
};

const privacy: FieldGroup = {
	title: 'Privacy',
	fields: [
		{
			path: 'routing.zeroDataRetention',
			kind: 'flag',
			label: 'Zero data retention',
			help: 'Only providers that keep nothing of what they are sent.',
			isOn: false,
		},
		{
			path: 'routing.dataCollection',
			kind: 'choice',
			label: 'Data collection',
			help: 'Whether providers may keep what they are sent, and train on it.',
			choices: choices(['allow', 'Allowed'], ['deny', 'Not allowed']),
		},
		{
			path: 'routing.distillableOnly',
			kind: 'flag',
			label: 'Only distillable models',
			help: 'Only models whose text may be used to train others.',
			isOn: false,
		},
	],
};

const fallback: FieldGroup = {
	title: 'Fallback and preset',
	fields: [
		{
			path: 'fallbackModels',
			kind: 'names',
			label: 'Fallback models',
			help: 'They answer when this one cannot, in this order and at their own price. Each switch is shown.',
			suggestions: [],
		},
		{
			path: 'preset',
			kind: 'text',
			label: 'Preset',
			help: 'Name of a preset of your OpenRouter account. What is set here comes first.',
		},
	],
};

const sampling: FieldGroup = {
	title: 'Sampling',
	isFolded: true,
	fields: [
		{
			path: 'topP',
			kind: 'number',
			label: 'Top P',
			help: 'Only the likeliest tokens up to this share.',
			min: 0,
			max: 1,
			step: 0.05,
		},
		{
			path: 'topK',
			kind: 'number',
			label: 'Top K',
			help: 'Only so many of the likeliest tokens; 0 for all.',
			min: 0,
			step: 1,
		},
		{
			path: 'minP',
			kind: 'number',
			label: 'Min P',
			help: 'Only tokens at least this likely beside the likeliest.',
			min: 0,
			max: 1,
			step: 0.05,
		},
		{
			path: 'topA',
			kind: 'number',
			label: 'Top A',
			help: 'Like Min P, by the square of the likeliest.',
			min: 0,
			max: 1,
			step: 0.05,
		},
		{
			path: 'frequencyPenalty',
			kind: 'number',
			label: 'Frequency penalty',
			help: 'Against repeating what was said often.',
			min: -2,
			max: 2,
			step: 0.1,
		},
		{
			path: 'presencePenalty',
			kind: 'number',
			label: 'Presence penalty',
			help: 'Against repeating what was said at all.',
			min: -2,
			max: 2,
			step: 0.1,
		},
		{
			path: 'repetitionPenalty',
			kind: 'number',
			label: 'Repetition penalty',
			help: 'Against repeating anything of the input; 1 is none.',
			min: 0,
			max: 2,
			step: 0.1,
		},
		{
			path: 'seed',
			kind: 'number',
			label: 'Seed',
			help: 'The same seed gives the same answer where a provider can.',
			step: 1,
		},
	],
};

const moreLimits: FieldGroup = {
	title: 'More limits',
	isFolded: true,
	fields: [
		{
			path: 'routing.maxPrice.request',
			kind: 'number',
			label: 'Highest price of a request',
			help: 'Dearer providers are never asked.',
			min: 0,
			step: 0.001,
			unit: '$',
		},
		{
			path: 'routing.maxPrice.image',
			kind: 'number',
			label: 'Highest price of an image',
			help: 'Dearer providers are never asked.',
			min: 0,
			step: 0.001,
			unit: '$',
		},
		{
			path: 'routing.maxPrice.audio',
			kind: 'number',
			label: 'Highest price of audio',
			help: 'Dearer providers are never asked.',
			min: 0,
			step: 0.001,
			unit: '$',
		},
		...(['p75', 'p90', 'p99'] as const).map(
			(percentile): FormField => ({
				path: `routing.minThroughput.${percentile}`,
				kind: 'number',
				label: `Least speed, ${percentile}`,
				help: 'Reached by so many of a hundred requests; slower providers come last.',
				min: 0,
				step: 1,
				unit: 'tokens per second',
			}),
		),
		...(['p75', 'p90', 'p99'] as const).map(
			(percentile): FormField => ({
				path: `routing.maxLatency.${percentile}`,
				kind: 'number',
				label: `Longest wait, ${percentile}`,
				help: 'Kept by so many of a hundred requests; slower providers come last.',
				min: 0,
				step: 0.1,
				unit: 'seconds',
			}),
		),
	],
};

export const fieldGroups: readonly FieldGroup[] = [
	thinking,
	answer,
	price,
	providers,
	privacy,
	fallback,
	sampling,
	moreLimits,
];
