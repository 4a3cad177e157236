import assert from 'node:assert/strict';
import { splitMcpNames } from '../../../src/host/integrations/mcpNames.ts';

describe('the names of MCP tools', () => {
	it('tell the server that they share', () => {
		const names = [
			...['mcp_everything_re_echo', 'mcp_everything_re_get-sum', 'mcp_everything_re_toggle_logging'],
			...['mcp_git_list_branches', 'mcp_git_commit'],
		];
		assert.deepEqual(
			[...splitMcpNames(names).values()].map(({ server, title }) => `${server}: ${title}`),
			[
				'everything_re: echo',
				'everything_re: get-sum',
				'everything_re: toggle_logging',
				'git: list_branches',
				'git: commit',
			],
		);
	});
	it('keep two servers apart that call themselves the same', () => {
		const names = ['re_echo', 're_add', 'r2_echo', 'r2_add'].map(end => `mcp_everything_${end}`);
		assert.deepEqual(
			[...splitMcpNames(names).values()].map(({ server, title }) => `${server}: ${title}`),
			['everything_re: echo', 'everything_re: add', 'everything_r2: echo', 'everything_r2: add'],
		);
	});
	it('begin with a word for a server that has one tool', () => {
		assert.deepEqual(splitMcpNames(['mcp_weather_get_forecast']).get('mcp_weather_get_forecast'), {
			server: 'weather',
			title: 'get_forecast',
		});
	});
	it('stay whole where nothing can be told', () => {
		for (const name of ['mcp_x', 'other_tool_x', 'mcp__', 'mcp_averyveryverylongserver_x']) {
			assert.deepEqual(splitMcpNames([name]).get(name), { server: 'mcp', title: name });
		}
	});
});
