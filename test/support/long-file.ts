// Files of three hours that cost little to make: an MP3 of one minute over and over, whose decoding repeats exactly, and a
// FLAC in which every sample says where it is.
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { withoutLameTag } from './containers.ts';
import { type FlacOptions, flacFrame, flacHead } from './flac-writer.ts';
import { write } from './media-files.ts';
import { music } from './signals.ts';

const MP3_FRAME = 1152;

export interface LongMp3 {
  readonly path: string;
  readonly rate: number;
  readonly frames: number;
  /** After the first repetition, frame n sounds as frame n + period. */
  readonly periodFrames: number;
}

/** Without a tag that tells its length or its places: only its frames say where they are. */
export function writeLongMp3(folder: string, seconds: number): LongMp3 {
  const rate = 44_100;
  const pieceSeconds = 60;
  const minute = write(folder, 'minute', 'mp3', rate, music(pieceSeconds * rate, rate, 3), 64_000);
  const piece = withoutId3(withoutLameTag(readFileSync(minute)));
  // A minute of CBR is a whole number of frames of nearly one size.
  const periodFrames = MP3_FRAME * countFrames(piece);
  const path = `${folder}/long.mp3`;
  const file = openSync(path, 'w');
  const times = Math.ceil((seconds * rate) / periodFrames);
  for (let n = 0; n < times; n++) writeSync(file, piece);
  closeSync(file);
  return { path, rate, frames: times * periodFrames, periodFrames };
}

function withoutId3(bytes: Buffer): Buffer {
  if (bytes.toString('latin1', 0, 3) !== 'ID3') return bytes;
  const size = bytes.subarray(6, 10).reduce((sum, seven) => 128 * sum + seven, 0);
  return bytes.subarray(10 + size);
}

/** MPEG-1 layer III at 64 kbit/s and 44.1 kHz: 208 bytes, and one more where the padding bit is set. */
function countFrames(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at + 4 <= bytes.length; count++) {
    const header = bytes.readUInt16BE(at);
    if ((header & 0xffe6) !== 0xffe2) throw new Error(`no frame at ${at}`);
    at += 208 + (((bytes[at + 2] ?? 0) >> 1) & 1);
  }
  return count;
}

export interface LongFlac {
  readonly path: string;
  readonly rate: number;
  readonly frames: number;
}

const FLAC_BLOCK = 4096;
const FLAC_BITS = 16;

const isRich = (block: number) => block % 64 === 0;

/** What the FLAC holds at a frame: a value for the block, and in every 64th block one that differs at each frame. */
export function longFlacSample(frame: number): number {
  const block = Math.floor(frame / FLAC_BLOCK);
  const ofBlock = Math.imul(block + 1, 0x9e3779b1) >> 17;
  return (isRich(block) ? ((ofBlock + (frame % FLAC_BLOCK) * 7) << 17) >> 17 : ofBlock) / 32_768;
}

/** No table of seek points; most blocks are tiny, so that bytes and time have little to do with each other. */
export function writeLongFlac(folder: string, seconds: number): LongFlac {
  const rate = 8000;
  const frames = seconds * rate + 123;
  const options: FlacOptions = { rateHz: rate, bits: FLAC_BITS, channels: [new Int32Array(FLAC_BLOCK)] };
  const path = `${folder}/long.flac`;
  const pieces: Buffer[] = [flacHead(options, [FLAC_BLOCK], frames)];
  for (let number = 0, at = 0; at < frames; number++, at += FLAC_BLOCK) {
    const count = Math.min(FLAC_BLOCK, frames - at);
    const samples = new Int32Array(count).fill(32_768 * longFlacSample(at));
    if (isRich(number)) for (let n = 0; n < count; n++) samples[n] = 32_768 * longFlacSample(at + n);
    pieces.push(flacFrame({ ...options, channels: [samples] }, 0, count, number, false));
  }
  writeFileSync(path, Buffer.concat(pieces));
  return { path, rate, frames };
}
