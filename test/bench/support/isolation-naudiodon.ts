// One side of the isolation benchmark: naudiodon, default queue, fed from JavaScript, which is then blocked.
// Arguments: rate, seconds, seconds blocked. Prints a line of JSON when all is played.
import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';

const [rateHz = 48_000, seconds = 8, blockS = 2] = process.argv.slice(2).map(Number);
const naudiodon = createRequire(import.meta.url)('naudiodon') as {
  SampleFormatFloat32: number;
  AudioIO: new (options: {
    outOptions: object;
  }) => Writable & { start(): void; quit(done: () => void): void };
};

const output = new naudiodon.AudioIO({
  outOptions: {
    channelCount: 2,
    sampleFormat: naudiodon.SampleFormatFloat32,
    sampleRate: rateHz,
    deviceId: -1,
    closeOnError: false,
  },
});
const CHUNK = 4096;
let frame = 0;
const silentFrames = Math.round(0.5 * rateHz);

function chunk(): Buffer {
  const samples = new Float32Array(2 * CHUNK);
  for (let n = 0; n < CHUNK; n++, frame++) {
    const index = frame - silentFrames;
    const value = index < 0 ? 0 : (index + 1) / 2 ** 20;
    samples[2 * n] = value;
    samples[2 * n + 1] = value;
  }
  return Buffer.from(samples.buffer);
}

function feed(): void {
  while (frame < seconds * rateHz) {
    if (!output.write(chunk())) {
      output.once('drain', feed);
      return;
    }
  }
  setTimeout(() => {
    console.log(JSON.stringify({ xruns: null }));
    output.quit(() => process.exit(0));
    setTimeout(() => process.exit(0), 1000);
  }, 2500);
}

output.start();
feed();
setTimeout(() => {
  const until = Date.now() + blockS * 1000;
  while (Date.now() < until);
}, 3000);
