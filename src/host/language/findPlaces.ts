/** The editor's commands that ask language servers where things are. */
import * as vscode from 'vscode';
import type { PlaceKind } from '../../agent/languageServices.ts';

export interface FoundPlace {
	readonly uri: vscode.Uri;
	readonly range: vscode.Range;
	/** What is declared there, or what the place stands in. */
	readonly symbol?: { readonly name: string; readonly kind: vscode.SymbolKind };
}

/** Servers may know several symbols at one place, such as overloads. */
const MAX_ITEMS = 5;

/** Empty also where nobody serves the file. */
export async function findPlaces(
	kind: PlaceKind,
	uri: vscode.Uri,
	at: vscode.Position,
): Promise<readonly FoundPlace[]> {
	switch (kind) {
		case 'definition':
			return simplePlaces('vscode.executeDefinitionProvider', uri, at);
		case 'references':
			return simplePlaces('vscode.executeReferenceProvider', uri, at);
		case 'implementations':
			return simplePlaces('vscode.executeImplementationProvider', uri, at);
		case 'callers':
			return callers(uri, at);
		case 'callees':
			return callees(uri, at);
		case 'supertypes':
			return relatedTypes('vscode.provideSupertypes', uri, at);
		case 'subtypes':
			return relatedTypes('vscode.provideSubtypes', uri, at);
		default:
			kind satisfies never;
			return [];
	}
}

async function simplePlaces(command: string, uri: vscode.Uri, at: vscode.Position): Promise<readonly FoundPlace[]> {
	const found = await list<vscode.Location | vscode.LocationLink>(command, uri, at);
	return found.map(place =>
		'targetUri' in place
			? { uri: place.targetUri, range: place.targetSelectionRange ?? place.targetRange }
			: { uri: place.uri, range: place.range },
	);
}

async function callers(uri: vscode.Uri, at: vscode.Position): Promise<readonly FoundPlace[]> {
	const items = await list<vscode.CallHierarchyItem>('vscode.prepareCallHierarchy', uri, at);
	const calls = await related(items, item =>
		list<vscode.CallHierarchyIncomingCall>('vscode.provideIncomingCalls', item),
	);
	return calls.flatMap(({ from, fromRanges }) => fromRanges.map(range => ({ uri: from.uri, range, symbol: from })));
}

async function callees(uri: vscode.Uri, at: vscode.Position): Promise<readonly FoundPlace[]> {
	const items = await list<vscode.CallHierarchyItem>('vscode.prepareCallHierarchy', uri, at);
	const calls = await related(items, item =>
		list<vscode.CallHierarchyOutgoingCall>('vscode.provideOutgoingCalls', item),
	);
	return calls.map(({ to }) => ({ uri: to.uri, range: to.selectionRange, symbol: to }));
}

async function relatedTypes(command: string, uri: vscode.Uri, at: vscode.Position): Promise<readonly FoundPlace[]> {
	const items = await list<vscode.TypeHierarchyItem>('vscode.prepareTypeHierarchy', uri, at);
	const types = await related(items, item => list<vscode.TypeHierarchyItem>(command, item));
	return types.map(type => ({ uri: type.uri, range: type.selectionRange, symbol: type }));
}

async function related<Item, Result>(
	items: readonly Item[],
	ask: (item: Item) => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
	return (await Promise.all(items.slice(0, MAX_ITEMS).map(ask))).flat();
}

async function list<Item>(command: string, ...given: readonly unknown[]): Promise<readonly Item[]> {
	return (await vscode.commands.executeCommand<readonly Item[] | undefined>(command, ...given)) ?? [];
}
