/** When our code began to run, in `performance.now()` milliseconds: each entry imports this module first. */
export const startedAt = performance.now();
