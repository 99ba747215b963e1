// A FLAC encoder of our own (RFC 9639) for files that no usual encoder writes: any bit depth, rate, channel count and block
// size, with or without what a header should say. Samples are stored as they are (verbatim), as one value (constant), or
// predicted, as a test asks for.

/** How samples are predicted, and how what is left is written down. */
export interface Prediction {
  /** Of fixed predictors: their order, 0 to 4. */
  readonly fixed?: number;
  /** Of linear ones: weights of the samples before, newest first, of `precision` bits, over 2 ** shift. */
  readonly weights?: readonly number[];
  readonly precision?: number;
  readonly shift?: number;
  /** The block is cut into 2 ** this many partitions. */
  readonly partitionOrder?: number;
  /** Residuals as plain numbers instead of Rice's code. */
  readonly isEscaped?: boolean;
}

export interface FlacOptions {
  readonly rateHz: number;
  /** 4 to 32. */
  readonly bits: number;
  /** One array a channel. */
  readonly channels: readonly Int32Array[];
  /** Frames of each block in turn, the last again and again. Different ones make a stream of variable block size. */
  readonly blocks?: readonly number[];
  /** Total samples in the header instead of the true number; 0: unknown. */
  readonly statedFrames?: number;
  /** Stereo as left and side, side and right, or middle and side. */
  readonly stereo?: 'left-side' | 'side-right' | 'mid-side';
  /** Rate and depth stand in the stream's header only. */
  readonly isTerse?: boolean;
  readonly prediction?: Prediction;
  /** Low bits that are zero in all samples, said so in each subframe. */
  readonly wastedBits?: number;
  /** Further metadata blocks: type and content. */
  readonly metadata?: readonly { readonly type: number; readonly content: Buffer }[];
  /** Bytes before "fLaC" and after the last frame. */
  readonly before?: Buffer;
  readonly after?: Buffer;
}

const USUAL_BLOCK = 4096;
const DEPTH_CODES: Readonly<Record<number, number>> = { 8: 1, 12: 2, 16: 4, 20: 5, 24: 6, 32: 7 };
const STEREO_CODES = { 'left-side': 8, 'side-right': 9, 'mid-side': 10 } as const;

class Bits {
  #bytes: Buffer;
  #at = 0;
  #held = 0;
  #count = 0;
  constructor(bytes: number) {
    this.#bytes = Buffer.alloc(bytes);
  }
  /** The low `width` bits of a whole number, negative ones as two's complement; up to 36 bits. */
  put(value: number, width: number): void {
    let left = width;
    const whole = value < 0 ? value + 2 ** width : value;
    while (left > 0) {
      const take = Math.min(left, 8 - this.#count);
      const piece = Math.floor(whole / 2 ** (left - take)) % 2 ** take;
      this.#held = this.#held * 2 ** take + piece;
      this.#count += take;
      left -= take;
      if (this.#count === 8) {
        this.#bytes[this.#at++] = this.#held;
        this.#held = 0;
        this.#count = 0;
      }
    }
  }
  align(): void {
    if (this.#count > 0) this.put(0, 8 - this.#count);
  }
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }
}

function crcTable(polynomial: number, width: 8 | 16): Uint16Array {
  const top = 1 << (width - 1);
  const mask = 2 ** width - 1;
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    let crc = byte << (width - 8);
    for (let bit = 0; bit < 8; bit++) crc = ((crc & top) !== 0 ? (crc << 1) ^ polynomial : crc << 1) & mask;
    return crc;
  });
}
const CRC8 = crcTable(0x07, 8);
const CRC16 = crcTable(0x8005, 16);

function crc8(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) crc = CRC8[crc ^ byte] ?? 0;
  return crc;
}

function crc16(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) ^ (CRC16[(crc >> 8) ^ byte] ?? 0)) & 0xffff;
  return crc;
}

/** As UTF-8 writes a code point, but up to 36 bits. */
function putNumber(bits: Bits, value: number): void {
  if (value < 0x80) {
    bits.put(value, 8);
    return;
  }
  let following = 1;
  // A first byte of `following + 1` ones and a zero leaves so many bits for the number.
  while (value >= 2 ** (5 * following + 6)) following++;
  const first = (0xff << (7 - following)) & 0xff;
  bits.put(first + Math.floor(value / 64 ** following), 8);
  for (let left = following - 1; left >= 0; left--) bits.put(0x80 + (Math.floor(value / 64 ** left) % 64), 8);
}

const FIXED: readonly (readonly number[])[] = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];

function putPredicted(bits: Bits, samples: readonly number[], width: number, how: Prediction): void {
  const weights = how.weights ?? FIXED[how.fixed ?? 0] ?? [];
  const shift = how.weights ? (how.shift ?? 0) : 0;
  for (const warmUp of samples.slice(0, weights.length)) bits.put(warmUp, width);
  if (how.weights) {
    const precision = how.precision ?? 12;
    bits.put(precision - 1, 4);
    bits.put(shift, 5);
    for (const weight of weights) bits.put(weight, precision);
  }
  const residual = samples.slice(weights.length).map((sample, i) => {
    const sum = weights.reduce(
      (all, weight, k) => all + weight * (samples[i + weights.length - 1 - k] ?? 0),
      0,
    );
    return sample - Math.floor(sum / 2 ** shift);
  });
  const parts = 2 ** (how.partitionOrder ?? 0);
  const each = samples.length / parts;
  // Five bits a parameter: residuals of deep samples need it.
  bits.put(1, 2);
  bits.put(how.partitionOrder ?? 0, 4);
  for (let part = 0, at = 0; part < parts; part++) {
    const values = residual.slice(at, (part + 1) * each - weights.length);
    at += values.length;
    const most = Math.max(1, ...values.map(Math.abs));
    if (how.isEscaped) {
      const escaped = Math.ceil(Math.log2(most + 1)) + 1;
      bits.put(31, 5);
      bits.put(escaped, 5);
      for (const value of values) bits.put(value, escaped);
      continue;
    }
    const parameter = Math.min(30, Math.max(0, Math.ceil(Math.log2(most)) - 2));
    bits.put(parameter, 5);
    for (const value of values) {
      const folded = value < 0 ? -2 * value - 1 : 2 * value;
      for (let zeros = Math.floor(folded / 2 ** parameter); zeros > 0; zeros--) bits.put(0, 1);
      bits.put(1, 1);
      bits.put(folded % 2 ** parameter, parameter);
    }
  }
}

/** What stands in the subframes: samples, and one more bit of depth for a side channel. */
function subframesOf(
  { channels, stereo }: FlacOptions,
  from: number,
  to: number,
): { samples: ArrayLike<number>; extraBits: number }[] {
  const pieces = channels.map((channel) => channel.subarray(from, to));
  if (!stereo) return pieces.map((samples) => ({ samples, extraBits: 0 }));
  const [left = new Int32Array(), right = new Int32Array()] = pieces;
  const side = { samples: Array.from(left, (value, n) => value - (right[n] ?? 0)), extraBits: 1 };
  const plain = (samples: ArrayLike<number>) => ({ samples, extraBits: 0 });
  if (stereo === 'left-side') return [plain(left), side];
  if (stereo === 'side-right') return [side, plain(right)];
  return [plain(Array.from(left, (value, n) => Math.floor((value + (right[n] ?? 0)) / 2))), side];
}

/** Not where a last, short block cannot be cut so. */
function predictionFor(how: Prediction | undefined, samples: number): Prediction | undefined {
  if (!how) return undefined;
  const each = samples / 2 ** (how.partitionOrder ?? 0);
  const order = how.weights?.length ?? how.fixed ?? 0;
  return Number.isInteger(each) && each >= order ? how : undefined;
}

/** One frame; `number` counts frames, or samples where blocks vary. */
export function flacFrame(
  options: FlacOptions,
  from: number,
  to: number,
  number: number,
  isVariable: boolean,
): Buffer {
  const { bits: depth, rateHz, channels, stereo, isTerse, wastedBits = 0 } = options;
  const bits = new Bits(64 + (to - from) * channels.length * 5);
  bits.put(0x3ffe, 14);
  bits.put(isVariable ? 1 : 0, 2);
  bits.put(7, 4);
  const rateCode = isTerse ? 0 : rateHz < 65_536 ? 13 : rateHz % 10 === 0 && rateHz < 655_360 ? 14 : 0;
  bits.put(rateCode, 4);
  bits.put(stereo ? STEREO_CODES[stereo] : channels.length - 1, 4);
  bits.put(isTerse ? 0 : (DEPTH_CODES[depth] ?? 0), 3);
  bits.put(0, 1);
  putNumber(bits, number);
  bits.put(to - from - 1, 16);
  if (rateCode === 13) bits.put(rateHz, 16);
  if (rateCode === 14) bits.put(rateHz / 10, 16);
  bits.put(crc8(bits.written), 8);
  for (const { samples, extraBits } of subframesOf(options, from, to)) {
    const first = samples[0] ?? 0;
    let same = 1;
    while (same < samples.length && samples[same] === first) same++;
    const isConstant = samples.length > 1 && same === samples.length;
    const how = isConstant ? undefined : predictionFor(options.prediction, samples.length);
    const type = how?.weights ? 31 + how.weights.length : how ? 8 + (how.fixed ?? 0) : 1;
    bits.put(isConstant ? 0 : type, 7);
    bits.put(wastedBits > 0 ? 1 : 0, 1);
    if (wastedBits > 0) bits.put(1, wastedBits);
    const width = depth + extraBits - wastedBits;
    if (how) {
      const kept = Array.from(samples, (value) => Math.floor(value / 2 ** wastedBits));
      putPredicted(bits, kept, width, how);
      continue;
    }
    for (let n = 0; n < (isConstant ? 1 : samples.length); n++)
      bits.put(Math.floor((samples[n] ?? 0) / 2 ** wastedBits), width);
  }
  bits.align();
  const frame = bits.written;
  const crc = Buffer.alloc(2);
  crc.writeUInt16BE(crc16(frame));
  return Buffer.concat([frame, crc]);
}

/** "fLaC" and the metadata blocks. */
export function flacHead(options: FlacOptions, blocks: readonly number[], frames: number): Buffer {
  const stream = new Bits(34);
  stream.put(Math.max(16, Math.min(...blocks)), 16);
  stream.put(Math.max(16, ...blocks), 16);
  stream.put(0, 24);
  stream.put(0, 24);
  stream.put(options.rateHz, 20);
  stream.put(options.channels.length - 1, 3);
  stream.put(options.bits - 1, 5);
  stream.put(options.statedFrames ?? frames, 36);
  const content = Buffer.concat([stream.written, Buffer.alloc(16)]);
  const all = [{ type: 0, content }, ...(options.metadata ?? [])];
  return Buffer.concat([
    Buffer.from('fLaC'),
    ...all.flatMap(({ type, content: body }, index) => {
      const head = Buffer.alloc(4);
      head.writeUInt32BE(body.length);
      head[0] = type + (index === all.length - 1 ? 0x80 : 0);
      return [head, body];
    }),
  ]);
}

export function flacBytes(options: FlacOptions): Buffer {
  const { blocks = [USUAL_BLOCK], before, after } = options;
  const frames = options.channels[0]?.length ?? 0;
  const isVariable = new Set(blocks).size > 1;
  const pieces: Buffer[] = [];
  for (let at = 0, index = 0; at < frames; index++) {
    const to = Math.min(frames, at + (blocks[Math.min(index, blocks.length - 1)] ?? USUAL_BLOCK));
    pieces.push(flacFrame(options, at, to, isVariable ? at : index, isVariable));
    at = to;
  }
  return Buffer.concat([
    before ?? Buffer.alloc(0),
    flacHead(options, blocks, frames),
    ...pieces,
    after ?? Buffer.alloc(0),
  ]);
}
