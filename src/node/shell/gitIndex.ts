/** Reads git's index, as its own description of the format has it (`index-format`, versions 2 to 4 with SHA-1). */

const HEADER_BYTES = 12;
/** Up to the flags: times, device, inode, mode, owner, size and hash. */
const FACTS_BYTES = 60;
const MODE_AT = 24;
/** In the flags: more flags follow. */
const EXTENDED = 0x4000;
const GITLINK = 0o160000;
const HASH_BYTES = 20;

/**
 * The paths at which another repository is linked in.
 * @returns undefined for an index that is not read here: of another format, damaged, or shared with another file.
 */
export function gitlinksOf(index: Buffer): readonly string[] | undefined {
	try {
		return readIndex(index);
	} catch (error) {
		if (error instanceof RangeError) {
			// It ends in the middle.
			return undefined;
		}
		throw error;
	}
}

/** @throws RangeError where the index ends too early. */
function readIndex(index: Buffer): readonly string[] | undefined {
	const version = index.readUInt32BE(4);
	if (index.toString('latin1', 0, 4) !== 'DIRC' || version < 2 || version > 4) {
		return undefined;
	}
	const links: string[] = [];
	let at = HEADER_BYTES;
	let name = Buffer.alloc(0);
	for (let left = index.readUInt32BE(8); left > 0; left--) {
		const mode = index.readUInt32BE(at + MODE_AT);
		const flags = index.readUInt16BE(at + FACTS_BYTES);
		const start = at + FACTS_BYTES + (version >= 3 && (flags & EXTENDED) !== 0 ? 4 : 2);
		const prefix = version === 4 ? readOffset(index, start) : { value: name.length, end: start };
		const end = index.indexOf(0, prefix.end);
		if (end < 0 || prefix.value > name.length) {
			return undefined;
		}
		name = Buffer.concat([name.subarray(0, name.length - prefix.value), index.subarray(prefix.end, end)]);
		if (mode === GITLINK) {
			links.push(name.toString('utf8'));
		}
		// Before version 4 an entry is filled up with one to eight zeros to a multiple of eight bytes.
		at = version === 4 ? end + 1 : at + ((end - at + 8) & ~7);
	}
	return isShared(index, at) ? undefined : links;
}

/** Whether most of the index stands in another file. */
function isShared(index: Buffer, from: number): boolean {
	for (let at = from; at < index.length - HASH_BYTES; at += 8 + index.readUInt32BE(at + 4)) {
		if (index.toString('latin1', at, at + 4) === 'link') {
			return true;
		}
	}
	return false;
}

/** A number of as many bytes as it takes, as in a pack's offsets. */
function readOffset(index: Buffer, from: number): { readonly value: number; readonly end: number } {
	let at = from;
	let byte = index.readUInt8(at++);
	let value = byte & 0x7f;
	while ((byte & 0x80) !== 0) {
		byte = index.readUInt8(at++);
		value = (value + 1) * 128 + (byte & 0x7f);
	}
	return { value, end: at };
}
