import assert from 'node:assert/strict';
import { ToolError } from '../../../src/agent/toolError.ts';
import {
	displayPath,
	LOCAL_ORIGIN,
	type PathRules,
	type Root,
	resolvePath,
	uniqueNames,
} from '../../../src/files/paths.ts';

const root = (name: string, path: string): Root => ({ name, origin: LOCAL_ORIGIN, path });
const one = [root('app', '/home/me/app')];
const two = [root('app', '/home/me/app'), root('lib', '/srv/lib')];
const windows = [root('app', '/c:/Users/me/app')];

function shown(path: string, roots: readonly Root[] = one, rules: PathRules = 'other'): string {
	const resolved = resolvePath(path, roots, rules);
	return `${resolved.kind} ${displayPath(resolved, roots)}`;
}

describe('resolvePath', () => {
	const cases: readonly (readonly [string, string, (readonly Root[])?, PathRules?])[] = [
		['src/a.ts', 'inside src/a.ts'],
		['.', 'inside .'],
		['./src//a.ts', 'inside src/a.ts'],
		['src/../b.ts', 'inside b.ts'],
		['/home/me/app/src/a.ts', 'inside src/a.ts'],
		['/home/me/app', 'inside .'],
		['/home/me/application/a.ts', 'outside /home/me/application/a.ts'],
		['../other/a.ts', 'outside /home/me/other/a.ts'],
		['../app/a.ts', 'inside a.ts'],
		['sub/../../../../../../etc/passwd', 'outside /etc/passwd'],
		['a%2f..%2f..%2fetc/passwd', 'inside a%2f..%2f..%2fetc/passwd'],
		['sub\\..\\..\\x', 'inside sub\\..\\..\\x'],
		['lib/a.ts', 'inside lib/a.ts', two],
		['./app/src/a.ts', 'inside app/src/a.ts', two],
		['/srv/lib/a.ts', 'inside lib/a.ts', two],
		['app/../lib/a.ts', 'outside /home/me/lib/a.ts', two],
		['src\\a.ts', 'inside src/a.ts', windows, 'windows'],
		['C:\\Users\\me\\app\\src\\a.ts', 'inside src/a.ts', windows, 'windows'],
		['C:/USERS/me/APP/a.ts', 'inside a.ts', windows, 'windows'],
		['sub\\..\\..\\x', 'outside c:/Users/me/x', windows, 'windows'],
		['d:/x', 'outside d:/x', windows, 'windows'],
	];
	for (const [path, expected, roots = one, rules = 'other'] of cases) {
		it(`takes ${JSON.stringify(path)} for ${expected}`, () => assert.equal(shown(path, roots, rules), expected));
	}

	it('takes the innermost of nested roots', () => {
		const nested = [root('outer', '/a'), root('inner', '/a/b')];
		assert.equal(shown('/a/b/c.ts', nested), 'inside inner/c.ts');
	});
	it('serves a root that is the whole file system', () => {
		assert.equal(shown('/etc/x', [root('all', '')]), 'inside etc/x');
	});
	it('wants the root named where there are several, and a root at all', () => {
		assert.throws(() => shown('src/a.ts', two), /one of: app, lib/);
		assert.throws(() => shown('src/a.ts', []), /No folder is open/);
	});
	for (const path of ['a\0b', 'a\nb', '~/.bashrc', '~', '$HOME/.ssh/authorized_keys']) {
		it(`refuses ${JSON.stringify(path)}`, () => {
			assert.throws(() => shown(path), ToolError);
		});
	}
	const tricks = [
		'.git::$DATA',
		'.vscode./settings.json',
		'.env ',
		'GIT~1/config',
		'\\\\?\\C:\\x',
		'\\\\host\\share\\x',
	];
	for (const path of [...tricks, 'CON', 'src/nul.txt', '//./pipe/x', 'a:b']) {
		it(`refuses ${JSON.stringify(path)} on Windows`, () => {
			assert.throws(() => shown(path, windows, 'windows'), ToolError);
		});
	}
});

describe('uniqueNames', () => {
	it('numbers names that two roots share', () => {
		assert.deepEqual(uniqueNames(['app', 'lib', 'app']), ['app', 'lib', 'app-2']);
	});
});
