import type { ModelRequest } from '../../agent/model.ts';
import { wireModelId } from './modelFamily.ts';
import type { Repair } from './repair.ts';

/** Conversations and models that are remembered; the oldest goes. */
const LIMIT = 200;

/**
 * Repairs that the next request of the same kind would need again: without this each step of a session would be refused
 * once. Answer lengths are not among them, for the room changes from one request to the next.
 */
export class RepairMemory {
	readonly #repairs = new Map<string, Repair>();

	/** @returns the repairs to begin a request with. */
	recall(request: ModelRequest): readonly Repair[] {
		const kinds = ['dropReasoning', 'dropFields', 'dropPin'] as const;
		return kinds.map(kind => this.#repairs.get(keyOf(kind, request))).filter(repair => repair !== undefined);
	}

	/** Call when the repaired request was answered: only then the repair was right. */
	keep(repair: Repair, request: ModelRequest): void {
		if (repair.type === 'smallerAnswer') {
			return;
		}
		const key = keyOf(repair.type, request);
		this.#repairs.delete(key);
		this.#repairs.set(key, repair);
		const [oldest] = this.#repairs.keys();
		if (this.#repairs.size > LIMIT && oldest !== undefined) {
			this.#repairs.delete(oldest);
		}
	}
}

/** A matter of one conversation and model, so that a new one tries again; of a pin, of the provider's name. */
function keyOf(type: Repair['type'], { model, sessionId, pinnedProvider }: ModelRequest): string {
	return JSON.stringify([type, wireModelId(model), sessionId, type === 'dropPin' && pinnedProvider]);
}
