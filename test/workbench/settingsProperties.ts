import * as z from 'zod';
import { budgetLimits } from '../../src/agent/ledger/spendBudget.ts';
import { modelSettings } from '../../src/agent/settings/modelSettings.ts';

type Schema = Readonly<Record<string, unknown>>;

/** What `package.json` says of the settings that are objects, so that the editor completes and checks them. */
export function settingsProperties(): Readonly<Record<string, Schema>> {
	return {
		'openrouterAgent.modelSettings': {
			type: 'object',
			default: {},
			scope: 'window',
			markdownDescription: '%setting.modelSettings%',
			additionalProperties: jsonSchema(modelSettings),
		},
		'openrouterAgent.budget': {
			...jsonSchema(budgetLimits),
			default: {},
			scope: 'application',
			markdownDescription: '%setting.budget%',
		},
	};
}

/** Draft 7, which the editor reads. Without what is for us alone: `readonly` types, and the range of a number. */
function jsonSchema(schema: z.ZodType): Schema {
	const { $schema: _, ...rest } = z.toJSONSchema(schema, {
		target: 'draft-7',
		io: 'input',
		override({ jsonSchema: written }) {
			delete written.readOnly;
			if (written.minimum === Number.MIN_SAFE_INTEGER) {
				delete written.minimum;
			}
			if (written.maximum === Number.MAX_SAFE_INTEGER) {
				delete written.maximum;
			}
		},
	});
	return rest;
}
