// Writes a 32-bit float WAV piece by piece; becomes RF64 (EBU Tech 3306) where it passes 4 GiB. Blocking file writes:
// for the command line and tests. Nothing is kept in memory.
import { closeSync, openSync, writeSync } from 'node:fs';

const HEAD_BYTES = 80;
const LARGEST_RIFF_BYTES = 0xffff_ffff;

export interface WavWriter {
  readonly frames: number;
  /** Interleaved samples. */
  write(samples: Float32Array): void;
  /** Completes the header. Nothing may be written afterwards. */
  close(): void;
}

/** `largestRiffBytes`: beyond it the file is RF64; another than the format's own is for tests. */
export function createWavWriter(
  path: string,
  rateHz: number,
  channels = 2,
  largestRiffBytes = LARGEST_RIFF_BYTES,
): WavWriter {
  const file = openSync(path, 'w');
  let dataBytes = 0;
  const put = (bytes: Uint8Array, position: number): void => {
    for (let done = 0; done < bytes.length; )
      done += writeSync(file, bytes, done, bytes.length - done, position + done);
  };
  put(header(rateHz, channels, 0), 0);
  return {
    get frames() {
      return dataBytes / (4 * channels);
    },
    write(samples) {
      put(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), HEAD_BYTES + dataBytes);
      dataBytes += samples.byteLength;
    },
    close() {
      put(header(rateHz, channels, dataBytes, largestRiffBytes), 0);
      closeSync(file);
    },
  };
}

/** RIFF, a reserved chunk that becomes ds64 when the sizes do not fit 32 bits, the format, and the data chunk's head. */
export function header(
  rateHz: number,
  channels: number,
  dataBytes: number,
  largestRiffBytes = LARGEST_RIFF_BYTES,
): Buffer {
  const riffBytes = HEAD_BYTES - 8 + dataBytes;
  const isLarge = riffBytes > largestRiffBytes;
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(isLarge ? 'RF64' : 'RIFF', 0);
  head.writeUInt32LE(isLarge ? LARGEST_RIFF_BYTES : riffBytes, 4);
  head.write('WAVE', 8);
  head.write(isLarge ? 'ds64' : 'JUNK', 12);
  head.writeUInt32LE(28, 16);
  if (isLarge) {
    head.writeBigUInt64LE(BigInt(riffBytes), 20);
    head.writeBigUInt64LE(BigInt(dataBytes), 28);
    head.writeBigUInt64LE(BigInt(dataBytes / (4 * channels)), 36);
  }
  head.write('fmt ', 48);
  head.writeUInt32LE(16, 52);
  head.writeUInt16LE(3, 56); // IEEE float
  head.writeUInt16LE(channels, 58);
  head.writeUInt32LE(rateHz, 60);
  head.writeUInt32LE(rateHz * channels * 4, 64);
  head.writeUInt16LE(channels * 4, 68);
  head.writeUInt16LE(32, 70);
  head.write('data', 72);
  head.writeUInt32LE(isLarge ? LARGEST_RIFF_BYTES : dataBytes, 76);
  return head;
}
