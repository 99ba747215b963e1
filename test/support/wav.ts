// Writes a WAV of any channel count and mask, for inputs that Segue itself never makes.
import { writeFileSync } from 'node:fs';

/** Interleaved floats, 32 bit, WAVE_FORMAT_EXTENSIBLE. `mask`: speaker positions as in ksmedia.h. */
export function writeFloatWav(
  path: string,
  rateHz: number,
  channels: number,
  mask: number,
  samples: Float32Array,
): void {
  const head = Buffer.alloc(68);
  head.write('RIFF', 0);
  head.writeUInt32LE(60 + samples.byteLength, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(40, 16);
  head.writeUInt16LE(0xfffe, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rateHz, 24);
  head.writeUInt32LE(rateHz * channels * 4, 28);
  head.writeUInt16LE(channels * 4, 32);
  head.writeUInt16LE(32, 34);
  head.writeUInt16LE(22, 36);
  head.writeUInt16LE(32, 38);
  head.writeUInt32LE(mask, 40);
  Buffer.from('0300000000001000800000aa00389b71', 'hex').copy(head, 44);
  head.write('data', 60);
  head.writeUInt32LE(samples.byteLength, 64);
  writeFileSync(
    path,
    Buffer.concat([head, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]),
  );
}
