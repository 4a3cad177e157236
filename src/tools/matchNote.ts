import type { Applied } from '../editing/index.ts';
import type { NewText } from './landChange.ts';

type How = Applied['matched'][number];

/** How a quote differed from the file, for one that does not stand there letter for letter. */
const HOW: Readonly<Record<Exclude<How, 'exact'>, string>> = {
	trailingSpace: 'other spaces at line ends',
	indent: 'other indentation',
	blankLines: 'other blank lines',
	spacing: 'other spacing',
	characters: 'other quotes or dashes',
	unwrapped: 'what was wrapped around it left off',
	unescaped: 'its escapes resolved',
	elided: 'its left-out lines filled in',
	typo: 'a slip in a line that stays',
	missingLine: 'a line more or less',
	base: 'the text as it was read, carried over',
};

/** Says which edits matched inexactly, if any did. @param unit as the model calls an edit. */
export function matchNote({ matched }: Applied, unit: 'Edit' | 'Hunk' = 'Edit'): Pick<NewText, 'note'> {
	const inexact = matched.flatMap((how, index) => {
		const what = matched.length === 1 ? 'It' : `${unit} ${index + 1}`;
		return how === 'exact' ? [] : [`${what} matched with ${HOW[how]}.`];
	});
	return inexact.length === 0 ? {} : { note: inexact.join(' ') };
}
