import type { PanelState } from '../protocol/messages.ts';
import type { IconName } from './icon.ts';
import { usePage } from './pageContext.ts';
import { Icon } from './parts/icon.tsx';

interface Suggestion {
	readonly icon: IconName;
	readonly text: string;
	/** It is about the file that is open, which goes with it. */
	readonly needsFile: boolean;
}

const builtInSuggestions: readonly Suggestion[] = [
	{ icon: 'search', text: 'Find every TODO in this folder', needsFile: false },
	{ icon: 'symbol-method', text: 'Outline the open file', needsFile: true },
	{ icon: 'file-code', text: 'What files are there?', needsFile: false },
];

const modelSuggestions: readonly Suggestion[] = [
	{ icon: 'file-code', text: 'Explain the open file', needsFile: true },
	{ icon: 'symbol-method', text: 'Explain how this project is laid out', needsFile: false },
	{ icon: 'search', text: 'Find every TODO and say which matters most', needsFile: false },
];

/** What a conversation without a message shows: how to begin. */
export function EmptyView({ state }: { state: PanelState }) {
	const page = usePage();
	if (state.hasKey) {
		return (
			<div class="empty">
				<Suggestions suggestions={state.model.isBuiltIn ? builtInSuggestions : modelSuggestions} state={state} />
			</div>
		);
	}
	return (
		<div class="empty">
			<Icon name="sparkle" className="empty-icon" />
			<h2 class="empty-title">Connect a model</h2>
			<p class="empty-text">One OpenRouter key reaches hundreds of models. It stays in VS Code's secret storage.</p>
			<div class="empty-buttons">
				<button type="button" class="button primary" onClick={() => page.act('signIn')}>
					Sign in with OpenRouter
				</button>
				<button type="button" class="button secondary" onClick={() => page.act('setKey')}>
					Paste an API key
				</button>
			</div>
			<p class="empty-text small">
				Or start now, offline and free: the built-in assistant follows rules and uses no model.
			</p>
			<Suggestions suggestions={builtInSuggestions} state={state} />
		</div>
	);
}

function Suggestions({ suggestions, state }: { suggestions: readonly Suggestion[]; state: PanelState }) {
	const page = usePage();
	const file = state.chips[0];
	const offered = suggestions.filter(({ needsFile }) => !needsFile || file !== undefined);
	const send = ({ text, needsFile }: Suggestion) => {
		if (needsFile && file !== undefined && !file.isOn) {
			page.post({ type: 'toggleChip', id: file.id });
		}
		page.post({ type: 'send', text });
	};
	return (
		<ul class="suggestions" aria-label="Suggestions">
			{offered.map(suggestion => (
				<li key={suggestion.text}>
					<button type="button" class="suggestion" onClick={() => send(suggestion)}>
						<Icon name={suggestion.icon} />
						<span>{suggestion.text}</span>
					</button>
				</li>
			))}
		</ul>
	);
}
