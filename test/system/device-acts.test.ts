// What a person does while music is rendered ahead, as the sound device gets it: captured and compared with the mix that
// is computed from the rules, each act at the frame that was answered, through each way to a device that there is. (Sound
// cards need a kernel with sound: test/proof/cards.)
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { temporaryFolder } from '../support/daemon.ts';
import { deviceScript } from '../support/device-script.ts';
import { NAUDIODON_FRAMES } from '../support/dry-judge.ts';
import { playThrough } from '../support/play-process.ts';
import { openVirtualDevice } from '../support/pulse.ts';
import { undisturbed } from '../support/undisturbed.ts';

const RATE = 48_000;
const TOLERANCE = 1e-6;
const folder = temporaryFolder('device-acts');
after(() => folder.remove());

for (const { device, sink, lateFrames } of [
  { device: null, sink: 'PulseAudio: default', lateFrames: 0.06 * RATE },
  { device: 'ALSA: default', sink: 'ALSA: default', lateFrames: 0 },
  // Carried by JavaScript: on a busy machine it may run dry.
  { device: 'naudiodon', sink: 'naudiodon: default', lateFrames: null },
]) {
  test(`skip, pause, resume, test tone and seek through ${sink}: every captured frame is the computed one`, async () => {
    const script = deviceScript(folder.path, RATE, device);
    const { result, captured } = await undisturbed(async () => {
      const virtual = await openVirtualDevice(RATE);
      try {
        const recording = await virtual.record();
        const played = await playThrough(script.list, join(folder.path, 'list.json'), virtual.environment);
        const heard = await recording.stop();
        return { result: played, captured: heard, xruns: played.xruns, overruns: recording.overruns() };
      } finally {
        await virtual.close();
      }
    });
    assert.equal(result.sink, sink);
    assert.equal(result.underruns, 0);
    if (lateFrames === null) script.judgeDry(result, captured, NAUDIODON_FRAMES);
    else script.judge(result, captured, { tolerance: TOLERANCE, lateFrames });
  });
}
