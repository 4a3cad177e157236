import { formatDuration, formatTokens } from '../../protocol/amounts.ts';
import type { RequestReceipt } from '../../protocol/transcript.ts';

const COLUMNS = ['In', 'Out', 'Time', 'Cost'] as const;

/**
 * Each request as it was billed: who answered in a line of its own, then the figures with the finer ones below them. So
 * it can be read in a narrow panel too.
 */
export function RequestTable({ requests }: { requests: readonly RequestReceipt[] }) {
	return (
		<table class="requests" aria-label="Requests of this turn">
			<thead>
				<tr>
					{COLUMNS.map(column => (
						<th scope="col" key={column}>
							{column}
						</th>
					))}
				</tr>
			</thead>
			{requests.map((request, index) => (
				// A receipt's requests are only ever shown whole, so that the index is a lasting key.
				<Request key={index} request={request} number={index + 1} />
			))}
		</table>
	);
}

function Request({ request, number }: { request: RequestReceipt; number: number }) {
	const { purpose, note, model, provider, cost, firstTokenMs, durationMs } = request;
	const { promptTokens, cachedTokens, cacheWriteTokens, completionTokens, reasoningTokens } = request;
	return (
		<tbody>
			<tr>
				<th scope="rowgroup" colSpan={COLUMNS.length}>
					{`${number}. ${purpose}`}
					{note !== undefined && <span class="tone-bad">{`, ${note}`}</span>}
					<span class="muted">{[provider, model].map(name => (name === undefined ? '' : ` · ${name}`))}</span>
				</th>
			</tr>
			<tr>
				<td>
					{tokens(promptTokens)}
					<Finer text={amount(cachedTokens, 'cached')} />
					<Finer text={amount(cacheWriteTokens, 'written')} />
				</td>
				<td>
					{tokens(completionTokens)}
					<Finer text={amount(reasoningTokens, 'thinking')} />
				</td>
				<td>
					{durationMs === undefined ? '–' : formatDuration(durationMs)}
					<Finer text={firstTokenMs === undefined ? undefined : `first ${formatDuration(firstTokenMs)}`} />
				</td>
				<td>{cost}</td>
			</tr>
		</tbody>
	);
}

function Finer({ text }: { text: string | undefined }) {
	return text === undefined ? null : <span class="finer">{text}</span>;
}

function tokens(count: number | undefined): string {
	return count === undefined ? '–' : formatTokens(count);
}

/** What is none is not worth a line. */
function amount(count: number | undefined, what: string): string | undefined {
	return count === undefined || count === 0 ? undefined : `${formatTokens(count)} ${what}`;
}
