/** "1 line", "2,000 lines". */
export function counted(count: number, noun: string): string {
	const plural = /(?:ch|sh|s|x)$/.test(noun) ? `${noun}es` : noun.replace(/y$/, 'ie').concat('s');
	return `${count.toLocaleString('en-US')} ${count === 1 ? noun : plural}`;
}
