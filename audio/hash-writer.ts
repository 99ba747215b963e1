// The hashing sink: takes what a float WAV would take, keeps nothing but its SHA-256 and its length. For golden mixes and
// mixes of many hours; the thread that renders.
import { createHash } from 'node:crypto';

export interface HashWriter {
  readonly frames: number;
  /** Interleaved samples. */
  write(samples: Float32Array): void;
  /** Of all samples as little-endian 32-bit floats. Nothing may be written afterwards. */
  digest(): string;
}

export function createHashWriter(channels = 2): HashWriter {
  const hash = createHash('sha256');
  let frames = 0;
  return {
    get frames() {
      return frames;
    },
    write(samples) {
      hash.update(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
      frames += samples.length / channels;
    },
    digest: () => hash.digest('hex'),
  };
}
