#!/usr/bin/env node
/** Entry of the command `openrouter-agent`: the agent without an editor. */
import module from 'node:module';
import { join } from 'node:path';
import { main } from './cli/main.ts';
import { findPlaces } from './cli/places.ts';

// The built file lies in dist/desktop.
const packageFolder = new URL('../../', import.meta.url);
// From Node 22 on: what was compiled once need not be again. What loads later than this file is most of it.
module.enableCompileCache?.(join(findPlaces().cache, 'compiled'));
process.exit(await main(process.argv.slice(2), packageFolder));
