// Changes what the containers of encoded files say, byte by byte: MP4 boxes, Opus headers in Ogg pages, LAME's tag in MP3.
// For tests of what other encoders and taggers write. Pure.

// --- MP4 ---

/** Renames the first box of a type, so that nobody finds it ("free" is skipped). */
export function renameBox(file: Buffer, type: string, to: string): Buffer {
  const at = file.indexOf(type, 0, 'latin1');
  if (at < 0) throw new Error(`There is no box ${type}.`);
  const changed = Buffer.from(file);
  changed.write(to, at, 'latin1');
  return changed;
}

function box(type: string, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}

/** iTunes' comment about gapless playing, in a file whose "moov" comes last and holds some other tag already. */
export function withItunSmpb(file: Buffer, text: string): Buffer {
  const name = (type: string, value: string) => box(type, Buffer.alloc(4), Buffer.from(value));
  const data = box('data', Buffer.from([0, 0, 0, 1, 0, 0, 0, 0]), Buffer.from(text));
  const comment = box('----', name('mean', 'com.apple.iTunes'), name('name', 'iTunSMPB'), data);
  const ilst = file.indexOf('ilst', 0, 'latin1') - 4;
  const end = ilst + file.readUInt32BE(ilst);
  const longer = Buffer.concat([file.subarray(0, end), comment, file.subarray(end)]);
  for (const type of ['moov', 'udta', 'meta', 'ilst']) {
    const at = file.lastIndexOf(type, ilst + 4, 'latin1') - 4;
    longer.writeUInt32BE(file.readUInt32BE(at) + comment.length, at);
  }
  return longer;
}

// --- Opus in Ogg ---

const OGG_CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 0x80000000) !== 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc >>> 0;
});

/** The header of an Opus file with another pre-skip (48 kHz samples) or output gain (1/256 dB). */
export function withOpusHead(file: Buffer, head: { preSkip?: number; gain?: number }): Buffer {
  const changed = Buffer.from(file);
  const at = changed.indexOf('OpusHead', 0, 'latin1');
  if (head.preSkip !== undefined) changed.writeUInt16LE(head.preSkip, at + 10);
  if (head.gain !== undefined) changed.writeInt16LE(head.gain, at + 16);
  const segments = changed[26] ?? 0;
  const length = changed.subarray(27, 27 + segments).reduce((sum, bytes) => sum + bytes, 27 + segments);
  changed.writeUInt32LE(0, 22);
  let crc = 0;
  for (const byte of changed.subarray(0, length))
    crc = ((crc << 8) ^ (OGG_CRC[((crc >>> 24) ^ byte) & 0xff] ?? 0)) >>> 0;
  changed.writeUInt32LE(crc, 22);
  return changed;
}

export function opusPreSkip(file: Buffer): number {
  return file.readUInt16LE(file.indexOf('OpusHead', 0, 'latin1') + 10);
}

// --- MP3 ---

/** Where LAME's tag (written so by libav, too) keeps delay and padding: twelve bits each. */
function gaplessAt(file: Buffer): number {
  const tag = Math.max(file.indexOf('Info', 0, 'latin1'), file.indexOf('Xing', 0, 'latin1'));
  const flags = file.readUInt32BE(tag + 4);
  const encoder =
    tag + 8 + (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
  return encoder + 21;
}

export function lameGapless(file: Buffer): { delay: number; padding: number } {
  const both = file.readUIntBE(gaplessAt(file), 3);
  return { delay: both >> 12, padding: both & 0xfff };
}

export function withLameGapless(
  file: Buffer,
  { delay, padding }: { delay: number; padding: number },
): Buffer {
  const changed = Buffer.from(file);
  changed.writeUIntBE((delay << 12) | padding, gaplessAt(file), 3);
  return changed;
}

/** Without the silent first frame that holds the tag. */
export function withoutLameTag(file: Buffer): Buffer {
  const tag = Math.max(file.indexOf('Info', 0, 'latin1'), file.indexOf('Xing', 0, 'latin1'));
  let first = tag;
  while (!(file[first] === 0xff && ((file[first + 1] ?? 0) & 0xe6) === 0xe2)) first--;
  const header = file.readUInt16BE(first);
  let next = first + 4;
  // The next frame begins alike: version and layer are the same throughout.
  while (file.readUInt16BE(next) !== header) next++;
  return Buffer.concat([file.subarray(0, first), file.subarray(next)]);
}
