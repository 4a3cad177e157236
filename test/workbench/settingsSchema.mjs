// `node test/workbench/settingsSchema.mjs`: writes into package.json what the settings' own schemas say, so that the
// editor completes and checks them. To be run when `modelSettings.ts` or `spendBudget.ts` of the agent changed.
import { readFileSync, writeFileSync } from 'node:fs';
import { importTypeScript } from './importTypeScript.mjs';

const { settingsProperties } = await importTypeScript('test/workbench/settingsProperties.ts');
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
Object.assign(manifest.contributes.configuration.properties, settingsProperties());
writeFileSync('package.json', `${JSON.stringify(manifest, undefined, '\t')}\n`);
console.log(`package.json: ${Object.keys(settingsProperties()).join(', ')}`);
