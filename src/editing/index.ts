/** The edit engine's face: pure text, no I/O, no clock. */
export { type ApplyInput, type ApplyResult, apply, type Edit } from './apply.ts';
export { findNewElision } from './elision.ts';
export { diffTexts, type Hunk, type TextDiff } from './hunks.ts';
export { applyChanges, lineChanges, type TextChange } from './lineChanges.ts';
export type { LineRange } from './lineDiff.ts';
export { hasMixedLineEnds, keepLineEnds } from './lineEnds.ts';
