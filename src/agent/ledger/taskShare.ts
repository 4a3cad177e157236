/**
 * The part of a session's budget that one agent may use that works for it; the rest is left to take up what it found.
 * All such agents together, and the session itself, share the whole.
 */
export const TASK_SHARE = 0.5;
