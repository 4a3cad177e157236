/** What the editor's settings and the settings file of the command line have in common. */

/** In place of a model's id: the built-in assistant. */
export const BUILT_IN_MODEL = 'built-in';

/** With the version, without a slash at the end. */
export const DEFAULT_BASE_URL = 'https://openrouter.ai/api/v1';
