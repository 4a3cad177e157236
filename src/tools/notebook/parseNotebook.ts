/** Notebooks as files: the JSON of Jupyter's format 4 (nbformat 4.0 to 4.5). */
import * as z from 'zod';
import type { Notebook, NotebookCell, NotebookOutput } from '../../agent/notebook.ts';
import { type OutputForm, outputOf } from './notebookOutput.ts';

/** A text may be a list of its lines, each with its line end. */
const text = z.union([z.string(), z.array(z.string()).transform(lines => lines.join(''))]);

const output = z.discriminatedUnion('output_type', [
	z.object({ output_type: z.literal('stream'), text }),
	z.object({ output_type: z.literal('display_data'), data: z.record(z.string(), z.unknown()) }),
	z.object({ output_type: z.literal('execute_result'), data: z.record(z.string(), z.unknown()) }),
	z.object({
		output_type: z.literal('error'),
		ename: z.string().catch('Error'),
		evalue: z.string().catch(''),
		traceback: z.array(z.string()).catch([]),
	}),
]);

const cell = z.object({
	id: z.string().optional().catch(undefined),
	cell_type: z.enum(['code', 'markdown', 'raw']).catch('raw'),
	source: text.catch(''),
	outputs: z.array(output.optional().catch(undefined)).catch([]),
	metadata: z
		.object({ vscode: z.object({ languageId: z.string() }) })
		.optional()
		.catch(undefined),
});

const file = z.object({
	nbformat: z.literal(4),
	cells: z.array(cell),
	metadata: z
		.object({
			language_info: z.object({ name: z.string() }).optional().catch(undefined),
			kernelspec: z.object({ language: z.string() }).optional().catch(undefined),
		})
		.catch({}),
});

/** Undefined for what is no notebook of this format. What a cell has in an unknown form is left out. */
export function parseNotebook(json: string): Notebook | undefined {
	let value: unknown;
	try {
		value = JSON.parse(json);
	} catch {
		return undefined;
	}
	const parsed = file.safeParse(value);
	if (!parsed.success) {
		return undefined;
	}
	const { language_info: info, kernelspec: kernel } = parsed.data.metadata;
	const language = info?.name ?? kernel?.language;
	return { cells: parsed.data.cells.map(toCell), isUnsaved: false, ...(language && { language }) };
}

function toCell({ id, cell_type: kind, source, outputs, metadata }: z.infer<typeof cell>): NotebookCell {
	const language = metadata?.vscode.languageId;
	return {
		...(id !== undefined && { id }),
		kind,
		source,
		outputs: outputs.map(toOutput).filter(found => found !== undefined),
		...(language && { language }),
	};
}

function toOutput(found: z.infer<typeof output> | undefined): NotebookOutput | undefined {
	switch (found?.output_type) {
		case undefined:
			return undefined;
		case 'stream':
			return { kind: 'text', text: found.text };
		case 'error':
			return { kind: 'error', name: found.ename, message: found.evalue, trace: found.traceback.join('\n') };
		case 'display_data':
		case 'execute_result':
			return outputOf(Object.entries(found.data).map(toForm));
	}
}

function toForm([mimeType, value]: [string, unknown]): OutputForm {
	const parsed = text.safeParse(value);
	return { mimeType, text: () => parsed.data ?? JSON.stringify(value) };
}
