import { absentClasses } from './classes/absent.ts';
import { batchClasses } from './classes/batches.ts';
import { characterClasses } from './classes/characters.ts';
import { duplicateClasses } from './classes/duplicates.ts';
import { inexactClasses } from './classes/inexact.ts';
import { lineEndClasses } from './classes/lineEnds.ts';
import { literalClasses } from './classes/literal.ts';
import { shapeClasses } from './classes/shapes.ts';
import { staleClasses } from './classes/stale.ts';
import { whitespaceClasses } from './classes/whitespace.ts';
import { wrapperClasses } from './classes/wrappers.ts';
import type { EditClass } from './editCase.ts';

/** All kinds of imperfect edits, group by group. */
export const editClasses: readonly EditClass[] = [
	...literalClasses,
	...whitespaceClasses,
	...lineEndClasses,
	...characterClasses,
	...wrapperClasses,
	...inexactClasses,
	...duplicateClasses,
	...absentClasses,
	...staleClasses,
	...batchClasses,
	...shapeClasses,
];
