import { describeLanguageServices } from '../../../contracts/languageServicesContract.ts';
import { MemoryLanguageServices } from '../../../fakes/memoryLanguageServices.ts';
import { MemoryWorkspace } from '../../../fakes/memoryWorkspace.ts';

describeLanguageServices('in memory', async () => {
	const workspace = new MemoryWorkspace({
		files: {
			'greet.w': 'def greet\n  hello\n',
			'main.w': 'def run\n  greet you\n',
			'shapes.w': 'def Shape\n  def area\ndef Square < Shape\n  def area\n',
		},
	});
	const services = new MemoryLanguageServices({ workspace, canBeAsked: true });
	return {
		...{ services, workspace, declaring: 'greet.w', using: 'main.w', shapes: 'shapes.w' },
		broken: { text: 'def run\n  greet !!you\n', line: 2 },
		async change(path, text) {
			workspace.put(path, text);
			services.changed(path);
		},
	};
});
