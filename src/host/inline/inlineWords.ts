/** What the user is told of an inline edit. */
import type { AnswerRefusal } from '../../agent/inline/inlineAnswer.ts';
import type { Translate } from '../translate.ts';

/** Of what the model said in place of a text. UTF-16 units. */
const MAX_PROSE = 300;

/** Why there is no inline edit where the user is; undefined when there can be one. */
export function refusePlace(
	{ isTrusted, cursors, isBusy }: { readonly isTrusted: boolean; readonly cursors: number; readonly isBusy: boolean },
	t: Translate,
): string | undefined {
	if (!isTrusted) {
		return t('In Restricted Mode nothing is edited. Trust this workspace first.');
	}
	if (cursors > 1) {
		return t('An inline edit is made at one place, and there are {0} cursors.', cursors);
	}
	return isBusy ? t('Another inline edit is under way. Wait for its end, or cancel it.') : undefined;
}

/** Why an answer was not taken. @param prose what the model said. */
export function refusalWords(why: AnswerRefusal, prose: string, t: Translate): string {
	switch (why) {
		case 'prose':
			return prose === ''
				? t('The model gave no answer. Nothing was changed.')
				: t('The model changed nothing. It says: {0}', shortened(prose));
		case 'several':
			return t(
				'The model answered with several pieces of code, and none of them says where it belongs. Nothing was changed.',
			);
		case 'wholeFile':
			return t('The model answered with more of the file than was asked for. Nothing was changed.');
		case 'elision':
			return t('The model left out code and put a placeholder in its place. Nothing was changed.');
		case 'diff':
			return t('The model answered with a diff in place of the text. Nothing was changed.');
		case 'cut':
			return t('The answer reached its limit of length before its end. Nothing was changed.');
		default:
			return why satisfies never;
	}
}

/** What the model is told when it is asked again. */
export function secondTry(why: AnswerRefusal): string {
	const fault: Readonly<Record<AnswerRefusal, string>> = {
		prose: 'there was no fenced block in it',
		several: 'there was more than one fenced block in it',
		wholeFile: 'it had lines from outside of the region',
		elision: 'a placeholder stood for code of the region',
		diff: 'it was a diff rather than the new text',
		cut: 'it was too long',
	};
	return `The answer was not taken: ${fault[why]}. Answer again, with the whole new text of the region in one fenced block.`;
}

function shortened(text: string): string {
	const line = text.replace(/\s+/g, ' ');
	return line.length > MAX_PROSE ? `${line.slice(0, MAX_PROSE)}…` : line;
}
