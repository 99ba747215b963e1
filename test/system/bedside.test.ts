// An alarm and a sleep timer with the real daemon, heard at a virtual device: the music rises from silence at the minute,
// falls to silence at the end of the timer, pauses, and is as loud as before when it is played again.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { AlarmLine, Status } from '../../daemon/adapters/http/shapes.ts';
import { startDaemon, temporaryFolder } from '../support/daemon.ts';
import { writeMusic } from '../support/music.ts';
import { openVirtualDevice } from '../support/pulse.ts';

const RATE = 48_000;
const MINUTE = 60_000;
/** So many tenths of a second in which the virtual device ran dry say nothing. */
const DROPOUTS = 2;
const folder = temporaryFolder('bedside');
after(() => folder.remove());

const decibels = (share: number) => 20 * Math.log10(share);

/** Loudest sample of each tenth of a second, left. */
function peaks(captured: Float32Array): number[] {
  const found: number[] = [];
  for (let from = 0; from + 2 * (RATE / 10) <= captured.length; from += 2 * (RATE / 10)) {
    let peak = 0;
    for (let i = from; i < from + 2 * (RATE / 10); i += 2)
      peak = Math.max(peak, Math.abs(captured[i] as number));
    found.push(peak);
  }
  return found;
}

/** From each tenth to the next, how many times as loud. */
function steps(loudness: readonly number[], from: number, to: number): number[] {
  return loudness.slice(from + 1, to).map((peak, i) => peak / (loudness[from + i] as number));
}

/** The next whole minute that is at least five seconds away, as the clock shows it. */
function soon(): { atMs: number; time: string } {
  const atMs = Math.ceil((Date.now() + 5000) / MINUTE) * MINUTE;
  return { atMs, time: new Date(atMs).toISOString().slice(11, 16) };
}

test('woken at the minute, rising; sent to sleep, falling; and as loud as before', async () => {
  writeMusic(join(folder.path, 'music'), 3, 300);
  const device = await openVirtualDevice(RATE);
  const daemon = await startDaemon({
    state: join(folder.path, 'state'),
    music: join(folder.path, 'music'),
    sink: 'auto',
    environment: { ...device.environment, TZ: 'Etc/UTC' },
  });
  const status = () => daemon.get<Status>('/status');
  const plays = (playing: boolean, withinMs: number) =>
    daemon.until(playing ? 'music' : 'a pause', status, (now) => now.playing === playing, withinMs);
  try {
    await daemon.until('music', status, ({ current }) => (current?.positionMs ?? 0) > 4000, 60_000);
    await daemon.send('POST', '/volume', { volume: 0.9 });
    await daemon.send('POST', '/pause');
    const { atMs, time } = soon();
    const alarm = { time, rampS: 4, volume: 0.6, timeslot: 'no such mood' };
    const added = await daemon.send<{ alarm: AlarmLine }>('POST', '/alarms', alarm);
    assert.deepEqual([added.status, added.body.alarm.nextMs], [201, atMs], JSON.stringify(added.body));
    const morning = await device.record();
    await plays(true, atMs - Date.now() + 10_000);
    const lateMs = Date.now() - atMs;
    assert.ok(lateMs >= 0 && lateMs < 5000, `it rang ${lateMs} ms after its time`);
    assert.equal((await daemon.get<{ alarms: AlarmLine[] }>('/alarms')).alarms[0]?.enabled, false);
    await new Promise((resolve) => setTimeout(resolve, 7000));
    const woken = peaks(await morning.stop());
    assert.equal((await status()).volume, 0.6);

    const first = woken.findIndex((peak) => peak > 0);
    const full = Math.max(...woken);
    assert.ok(first > 0 && full > 0.02, `silent until ${first}, ${full} at most`);
    // On a person's scale a quarter of the way is far from a quarter of the sound.
    const early = Math.max(...woken.slice(first, first + 5));
    assert.ok(
      decibels(early / full) < -20,
      `${decibels(early / full).toFixed(1)} dB in the first half second`,
    );
    const falls = steps(woken, first, first + 38).filter((step) => step < 0.98);
    assert.ok(falls.length <= DROPOUTS, `it fell ${falls.length} times: ${falls}`);

    const set = await daemon.send<{ sleep: Status['sleep'] }>('POST', '/sleep', { durationS: 60 });
    assert.ok(Math.abs((set.body.sleep?.leftMs ?? 0) - MINUTE) < 1000, JSON.stringify(set.body));
    const setAtMs = Date.now();
    const evening = await device.record();
    const now = await plays(false, MINUTE + 10_000);
    const tookMs = Date.now() - setAtMs;
    assert.ok(tookMs > 58_000 && tookMs < 66_000, `paused after ${tookMs} ms`);
    assert.deepEqual([now.volume, now.sleep], [0.6, null]);
    const slept = peaks(await evening.stop());
    const loud = slept.slice(5, 200);
    const quiet = loud.filter((peak) => peak < 0.9 * full);
    assert.ok(quiet.length <= DROPOUTS, 'it plays on until half a minute before the end');
    const last = slept.findLastIndex((peak) => peak > 0);
    assert.ok(decibels((slept[last - 3] as number) / full) < -30, 'it is all but silent when it pauses');
    const rises = steps(slept, last - 280, last).filter((step) => step > 1.02);
    assert.ok(rises.length <= DROPOUTS, `it rose ${rises.length} times: ${rises}`);

    const again = await device.record();
    await daemon.send('POST', '/play');
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const restored = Math.max(...peaks(await again.stop()));
    assert.ok(Math.abs(decibels(restored / full)) < 0.5, `${decibels(restored / full).toFixed(2)} dB off`);
    assert.equal(await daemon.stop(), 0);
  } finally {
    await daemon.kill();
    await device.close();
  }
});
