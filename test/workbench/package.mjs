// `npm run package`: a VSIX of the extension in the project's folder.
import { readFileSync, statSync } from 'node:fs';
import { setUpPackages } from './setup.mjs';
import { step } from './steps.mjs';

await setUpPackages();
const { packExtension } = await import('./extensionPackage.mjs');
const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'));
const vsix = `${name}-${version}.vsix`;
await step(
	'package',
	() => packExtension(vsix),
	() => `${vsix}, ${Math.round(statSync(vsix).size / 1000)} kB`,
);
