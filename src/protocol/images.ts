/** What the pictures of one message may be. The page keeps to it, the host checks it. */

export const MAX_IMAGES = 8;

/** Bytes of one picture: what the strictest of the large providers takes. */
export const MAX_IMAGE_BYTES = 5_000_000;
