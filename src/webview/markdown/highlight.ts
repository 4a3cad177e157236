/** Colours code. Loaded by itself, after the first block with a known language is on screen. */
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import go from 'highlight.js/lib/languages/go';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import python from 'highlight.js/lib/languages/python';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { createLowlight } from 'lowlight';

const lowlight = createLowlight({
	bash,
	c,
	cpp,
	csharp,
	css,
	diff,
	go,
	java,
	javascript,
	json,
	python,
	rust,
	sql,
	typescript,
	xml,
	yaml,
});
lowlight.registerAlias({ bash: ['console', 'shell', 'shellscript'], json: ['jsonl'], typescript: ['mjs', 'cjs'] });

/** Nodes whose text equals the code, or undefined for a language that is not known. */
export function highlight(language: string, code: string): DocumentFragment | undefined {
	if (!lowlight.registered(language)) {
		return undefined;
	}
	const fragment = document.createDocumentFragment();
	addNodes(fragment, lowlight.highlight(language, code).children);
	return fragment;
}

type Nodes = ReturnType<typeof lowlight.highlight>['children'];

function addNodes(parent: Node, nodes: Nodes | Extract<Nodes[number], { type: 'element' }>['children']): void {
	for (const node of nodes) {
		if (node.type === 'text') {
			parent.appendChild(document.createTextNode(node.value));
		} else if (node.type === 'element') {
			const span = document.createElement('span');
			const { className } = node.properties;
			span.className = Array.isArray(className) ? className.join(' ') : '';
			addNodes(span, node.children);
			parent.appendChild(span);
		}
	}
}
