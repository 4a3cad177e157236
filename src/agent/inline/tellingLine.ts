/** Whether a line says where one is: an empty one, or one of brackets alone, stands anywhere. */
export function isTelling(line: string): boolean {
	return /[\p{L}\p{N}_](?:[^\p{L}\p{N}_]*[\p{L}\p{N}_]){2}/u.test(line);
}
