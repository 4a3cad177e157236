/** The edit engine's face: pure text, no I/O, no clock. */
export { apply, type ApplyInput, type ApplyResult, type Edit } from './apply.ts';
