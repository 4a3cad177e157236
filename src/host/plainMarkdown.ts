/**
 * What a model or a service wrote, as Markdown that shows code in backticks as code and nothing else as markup: it may
 * repeat what it read, and a picture would be fetched unasked. Unlike `MarkdownString.appendText` it leaves blanks as they
 * are, so that long lines wrap.
 */
export function plainMarkdown(text: string): string {
	return text
		.split(/((?<!`)`[^`\n]+`(?!`))/)
		.map((part, index) => (index % 2 === 1 ? part : part.replace(/[\\`*_{}[\]()#+\-.!|<>~$&:@]/g, '\\$&')))
		.join('');
}
