/** The edit engine's face: pure text, no I/O, no clock. */
export { type Applied, type ApplyInput, type ApplyResult, apply, type Edit } from './apply.ts';
export { findNewElision } from './elision.ts';
export { diffTexts, type TextDiff } from './hunks.ts';
export { applyChanges, lineChanges } from './lineChanges.ts';
export { hasMixedLineEnds, keepLineEnds } from './lineEnds.ts';
export { type PatchOperation, parsePatch } from './patch.ts';
