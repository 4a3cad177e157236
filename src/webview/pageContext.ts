import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { ChatModel } from './chatModel.ts';

export const PageContext = createContext<ChatModel | undefined>(undefined);

/** The page's model. Every component of the page stands below its provider. */
export function usePage(): ChatModel {
	const page = useContext(PageContext);
	if (page === undefined) {
		throw new Error('No page around this component.');
	}
	return page;
}
