import type { ModelRequest } from '../model.ts';
import type { ModelSettings } from './modelSettings.ts';

/** What a user set for a model, as a request outside of a session has it. How long an answer may be is the asker's. */
export function requestSettings(
	settings: ModelSettings,
): Pick<ModelRequest, 'parameters' | 'routing' | 'fallbacks' | 'preset'> {
	const { routing, fallbackModels, preset, pinProvider: _pin, maxOutputTokens: _most, ...parameters } = settings;
	return {
		...(Object.keys(parameters).length > 0 && { parameters }),
		...(routing && { routing }),
		...(fallbackModels && fallbackModels.length > 0 && { fallbacks: fallbackModels }),
		...(preset !== undefined && { preset }),
	};
}
