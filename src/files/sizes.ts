/** Bytes above which a file is neither read whole nor edited: the editor's own limit for text it shares with extensions. */
export const MAX_TEXT_BYTES = 50_000_000;
/** Bytes above which a part of a file is read as a stream, where there is one. */
export const MAX_WHOLE_BYTES = 4_000_000;
/** Characters that one `readLines` gives at most. */
export const MAX_PART_CHARACTERS = 200_000;
