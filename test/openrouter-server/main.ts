/**
 * Runs the server by itself, with a scripted model that works on the open workspace: `npm start -- --demo`.
 * The first line on standard output says where it is and with which key.
 */
import { startOpenRouterServer } from './openRouterServer.ts';
import { scenario } from './scenario.ts';
import demo from './scenarios/demo.json' with { type: 'json' };

const port = process.argv.find(argument => argument.startsWith('--port='))?.slice('--port='.length);
const server = await startOpenRouterServer({ scenario: scenario.parse(demo), port: Number(port ?? 0) });
console.log(`Local OpenRouter on ${server.url}, key ${server.key}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.once(signal, () => void server.close().then(() => process.exit(0)));
}
