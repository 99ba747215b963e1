// The music is moved from one device to another while it plays: what both are heard to play joins to the frame, through
// every way to a device that there is, and through the null sink.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { temporaryFolder } from '../support/daemon.ts';
import { PAIR } from '../support/pulse-pair.ts';
import { judgeJoins, spansOf, stretchesOf } from '../support/switch-judge.ts';
import { type Place, playSwitching } from '../support/switch-play.ts';
import { undisturbed } from '../support/undisturbed.ts';

const RATE_HZ = 48_000;
const EVERY_MS = 500;
/** Its player has to start first. */
const EVERY_SLOW_MS = 2000;
/** A busy server plays on for a moment with what it was told to forget. */
const LATE_FRAMES = 0.06 * RATE_HZ;
const folder = temporaryFolder('device-switch');
after(() => folder.remove());

const [pulse, otherPulse] = PAIR.pulse;
const [alsa, otherAlsa] = PAIR.portaudio;
const [player, otherPlayer] = PAIR.naudiodon;
const WAYS: Record<string, readonly [string, ...Place[]]> = {
  'from one to the other and back, through the server and through PortAudio': [
    pulse,
    otherPulse,
    pulse,
    otherAlsa,
    alsa,
    otherPulse,
  ],
  'to the same device again, as when its latency is changed': [pulse, pulse, alsa, alsa],
  'to players outside of the core, and back': [pulse, otherPlayer, player, otherAlsa],
  'by way of the null sink': [pulse, null, otherPulse, null, alsa, null, otherPulse],
};

for (const [way, places] of Object.entries(WAYS)) {
  test(`${way}: no frame is lost, none is heard twice`, async () => {
    const everyMs = places.includes(player) ? EVERY_SLOW_MS : EVERY_MS;
    const { heard, result, music } = await undisturbed(async () => {
      const played = await playSwitching(folder.path, places, everyMs, RATE_HZ);
      const isLate = played.result.switches.includes('The engine was closed.');
      return { ...played, xruns: played.result.xruns, overruns: played.heard.overruns, isLate };
    });
    assert.deepEqual(
      result.switches,
      places.slice(1).map((place) => place ?? 'null'),
    );
    assert.equal(result.underruns, 0);
    const stretches = stretchesOf(heard);
    const sounding = places.filter((place) => place !== null);
    assert.deepEqual(
      stretches.map(({ device }) => device),
      sounding.map((place) => (place === pulse || place === alsa || place === player ? 0 : 1)),
    );
    const spans = spansOf({ rateHz: RATE_HZ, heard, stretches, music, lateFrames: LATE_FRAMES });
    if (typeof spans === 'string') assert.fail(spans);
    assert.equal(judgeJoins(spans, places.includes(null), LATE_FRAMES), null);
    // Nobody heard what the null sink took, but it was played.
    const [ended] = result.events.filter((event) => event.type === 'voiceEnded');
    assert.equal(ended?.ended.heardFrames, music.length / 2);
  });
}
