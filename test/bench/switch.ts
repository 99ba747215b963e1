// `npm run bench -- switch [--times 20]`: the silence that is heard when the music is moved from one device to another while
// it plays, from the last frame on the one to the first on the other, by the ways there are to a device.
import { temporaryFolder } from '../support/daemon.ts';
import { PAIR } from '../support/pulse-pair.ts';
import { judgeJoins, silences, spansOf, stretchesOf } from '../support/switch-judge.ts';
import { type Place, playSwitching } from '../support/switch-play.ts';
import { quantile, table } from './support/table.ts';

const RATE_HZ = 48_000;
const EVERY_MS = 1000;
/** What a busy server may play of what it was told to forget. */
const LATE_FRAMES = 0.06 * RATE_HZ;

const [pulse, otherPulse] = PAIR.pulse;
const [alsa, otherAlsa] = PAIR.portaudio;
const WAYS: readonly [string, string][] = [
  [pulse, otherPulse],
  [pulse, otherAlsa],
  [alsa, otherAlsa],
];
/** "PulseAudio: first" is a PulseAudio. */
const kindOf = (place: string) => place.split(':')[0] ?? '';

async function run(args: string[]): Promise<void> {
  const times = Number(args.includes('--times') ? args[args.indexOf('--times') + 1] : 20);
  const folder = temporaryFolder('switch');
  const rows = new Map<string, number[]>();
  for (const [from, to] of WAYS) {
    // Both directions so often; as one, where they are the same.
    const count = kindOf(from) === kindOf(to) ? times : 2 * times;
    const places: [string, ...Place[]] = [from];
    for (let n = 1; n <= count; n++) places.push(n % 2 === 1 ? to : from);
    const { heard, music } = await playSwitching(folder.path, places, EVERY_MS, RATE_HZ);
    const stretches = stretchesOf(heard);
    const spans = spansOf({ rateHz: RATE_HZ, heard, stretches, music, lateFrames: LATE_FRAMES });
    const fault = typeof spans === 'string' ? spans : judgeJoins(spans, false, LATE_FRAMES);
    if (fault) console.log(`${from} to ${to} and back: ${fault}`);
    for (const [i, frames] of silences(stretches).entries()) {
      const [before, after] = [stretches[i]?.device, stretches[i + 1]?.device];
      // A break on one device is not a switch: the machine was too busy.
      if (before === after) continue;
      const way = [before, after].map((device) => kindOf(device === 0 ? from : to)).join(' to ');
      rows.set(way, [...(rows.get(way) ?? []), (1000 * frames) / RATE_HZ]);
    }
  }
  folder.remove();
  console.log('ms of silence from the last frame heard on one device to the first on the other');
  table(
    ['', 'switches', 'p50', 'p99', 'worst'],
    [...rows].map(([way, silentMs]) => [
      way,
      silentMs.length,
      ...[0.5, 0.99, 1].map((q) => quantile(silentMs, q).toFixed(1)),
    ]),
  );
}

export const bench = {
  name: 'switch',
  summary: 'silence when the music is moved to another device while it plays',
  isOfWaiting: true,
  run,
};
