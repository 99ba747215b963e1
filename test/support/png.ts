// Draws pictures for tests: a PNG encoder, a cover painter, and parts of files that lie. Deterministic.
import { constants, deflateRawSync, deflateSync } from 'node:zlib';

export type Pixel = (x: number, y: number) => readonly [number, number, number];

/** An RGB picture of `size` x `size`; `pixel` takes coordinates from 0 to 1 and gives bytes. */
export function png(size: number, pixel: Pixel): Buffer {
  const rows = Buffer.alloc(size * (1 + size * 3));
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      rows.set(
        pixel(x / size, y / size).map((v) => Math.max(0, Math.min(255, Math.round(v)))),
        y * (1 + size * 3) + 1 + x * 3,
      );
  return pngOf({ width: size, height: size, bits: 8, color: 2, data: deflateSync(rows) });
}

/** A file of these parts, whatever they are. `color`: 0 gray, 2 RGB, 6 RGBA. `more`: chunks before the picture. */
export function pngOf(parts: {
  width: number;
  height: number;
  bits: number;
  color: number;
  data: Buffer;
  more?: readonly Buffer[];
}): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(parts.width, 0);
  header.writeUInt32BE(parts.height, 4);
  header.set([parts.bits, parts.color, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    pngChunk('IHDR', header),
    ...(parts.more ?? []),
    pngChunk('IDAT', parts.data),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

export function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** At least as many zeros as is wished, in a thousandth of the bytes: a piece of them deflated, again and again. */
export function deflatedZeros(bytes: number): Buffer {
  const pieceBytes = 4 * 1024 * 1024;
  const piece = deflateRawSync(Buffer.alloc(pieceBytes), { finishFlush: constants.Z_FULL_FLUSH });
  const pieces = Array.from({ length: Math.ceil(bytes / pieceBytes) }, () => piece);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(((pieces.length * pieceBytes) % 65_521) * 65_536 + 1);
  return Buffer.concat([Buffer.from([0x78, 0x01]), ...pieces, Buffer.from([3, 0]), checksum]);
}

/** Width and height of a JPEG, from its frame header. */
export function jpegSides(bytes: Buffer): readonly [number, number] {
  for (let at = 2; bytes[at] === 0xff; at += 2 + bytes.readUInt16BE(at + 2))
    if (bytes[at + 1] === 0xc0) return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)];
  throw new Error('This is no baseline JPEG.');
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** A cover like many: two colours, a horizon and a disc. */
export function cover(hue: number, size = 256): Buffer {
  const [top, bottom, disc] = [rgb(hue, 0.55, 0.28), rgb(hue + 40, 0.7, 0.55), rgb(hue + 190, 0.8, 0.72)];
  return png(size, (x, y) => {
    const inDisc = Math.hypot(x - 0.62, y - 0.42) < 0.2;
    const hill = y > 0.68 + 0.07 * Math.sin(x * 7 + hue);
    if (hill) return mix(top, [8, 10, 18], 0.55);
    return inDisc ? disc : mix(top, bottom, y * 1.3);
  });
}

type Rgb = readonly [number, number, number];

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const at = (i: 0 | 1 | 2) => a[i] + (b[i] - a[i]) * Math.min(1, share);
  return [at(0), at(1), at(2)];
}

function rgb(hue: number, saturation: number, light: number): Rgb {
  const a = saturation * Math.min(light, 1 - light);
  const channel = (n: number) => {
    const k = (n + (((hue % 360) + 360) % 360) / 30) % 12;
    return 255 * (light - a * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}
