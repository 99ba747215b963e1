// The other side of the isolation benchmark: the core's callback, with JavaScript blocked all the same.
// Arguments: rate, seconds, seconds blocked. Prints a line of JSON when all is played.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mediaTools } from '../../../audio/addon.ts';
import { openNativeEngine } from '../../../audio/native-engine.ts';

const [rateHz = 48_000, seconds = 8, blockS = 2] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'segue-isolation-'));
const frames = seconds * rateHz;
const silentFrames = Math.round(0.5 * rateHz);
const samples = new Float32Array(2 * frames);
for (let n = silentFrames; n < frames; n++) {
  const value = (n - silentFrames + 1) / 2 ** 20;
  samples[2 * n] = value;
  samples[2 * n + 1] = value;
}
const path = join(folder, 'ramp.wav');
mediaTools().encode({ path, codec: 'wav32f', rateHz, samples, tags: {} });

const engine = openNativeEngine({
  rate: rateHz,
  sink: { kind: 'portaudio', device: null },
  playing: true,
  volume: 1,
  limiter: true,
});
engine.onEvent((event) => {
  if (event.type !== 'voiceEnded') return;
  setTimeout(async () => {
    console.log(JSON.stringify({ xruns: engine.counters().xruns }));
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  }, 500);
});
// The engine does not hold the process: this does, until the voice has ended.
setInterval(() => undefined, 1000);
const none = { frames: 0, curve: 'linear' } as const;
void engine.offer({
  plan: 1,
  generation: 1,
  entry: 1,
  after: null,
  path,
  startFrame: 0,
  endFrame: frames,
  gain: 1,
  overlapFrames: 0,
  fadeIn: none,
  fadeOut: none,
  previousFadeOut: null,
});
setTimeout(() => {
  const until = Date.now() + blockS * 1000;
  while (Date.now() < until);
}, 3000);
