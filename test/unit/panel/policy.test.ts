// The panel's pure parts: what it knows after each event, where the music is, moving in the queue, back-off, tint.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Entry, RuleLine, Status } from '../../../daemon/adapters/http/shapes.ts';
import { waitMs } from '../../../daemon/panel/src/state/backoff.ts';
import { afterEvent, crossfadeAt, EMPTY, positionAt } from '../../../daemon/panel/src/state/model.ts';
import { moveTo } from '../../../daemon/panel/src/state/order.ts';
import { matching, timesText } from '../../../daemon/panel/src/state/rules.ts';
import { seedOf, tintOfPixels, tintOfSeed } from '../../../daemon/panel/src/tint.ts';

const piece = { passage: 'p1', title: 'A', artist: 'B', album: null, art: null, state: 'ok' as const };
const status = (change: Partial<Status> = {}): Status => ({
  playing: true,
  current: { ...piece, likes: 0, dislikes: 0, entry: 'e1', positionMs: 10_000, durationMs: 60_000 },
  crossfade: null,
  next: [],
  volume: 0.5,
  queueLength: 0,
  timeslot: null,
  override: null,
  sleep: null,
  alarm: null,
  autoSelect: { on: true, reason: null, message: null, freeAtMs: null },
  sink: 'null',
  bootId: 'b',
  version: '0',
  ...change,
});
const entry = (n: number, sounding = false): Entry => ({
  ...piece,
  entry: `e${n}`,
  durationMs: 1000,
  source: 'auto',
  sounding,
});

describe('where the music is', () => {
  const model = afterEvent(EMPTY, 'state', status(), 1000);

  it('goes on by itself while it plays, and stands while it does not', () => {
    assert.equal(positionAt(model, 4000).positionMs, 13_000);
    assert.equal(positionAt(model, 900).positionMs, 10_000);
    assert.deepEqual(positionAt(model, 999_000), { positionMs: 60_000, durationMs: 60_000, share: 1 });
    const paused = afterEvent(model, 'state', status({ playing: false }), 1000);
    assert.equal(positionAt(paused, 9000).positionMs, 10_000);
    assert.equal(positionAt(EMPTY, 5).durationMs, 0);
  });

  it('knows how far a crossfade is, and when it is over', () => {
    const side = { ...piece, entry: 'e0' };
    const crossfade = { from: side, to: side, progress: 0.25, lengthMs: 8000 };
    const blending = afterEvent(EMPTY, 'crossfade', status({ crossfade }), 1000);
    assert.equal(crossfadeAt(blending, 1000), 0.25);
    assert.equal(crossfadeAt(blending, 3000), 0.5);
    assert.equal(crossfadeAt(blending, 8000), null);
    assert.equal(crossfadeAt(model, 1000), null);
  });

  it('leaves the model as it is for topics of no interest', () => {
    assert.equal(afterEvent(model, 'library', {}, 5), model);
  });
});

describe('moving in the queue', () => {
  const queue = [entry(1, true), entry(2), entry(3), entry(4)];
  const order = (from: number, to: number) => {
    const moved = moveTo(queue, from, to);
    return moved === null ? null : [moved.where, moved.entries.map((each) => each.entry).join(' ')];
  };

  it('says where in the daemon’s words, and leaves what sounds alone', () => {
    assert.deepEqual(order(2, 0), ['next', 'e1 e4 e2 e3']);
    assert.deepEqual(order(0, 1), [{ after: 'e3' }, 'e1 e3 e2 e4']);
    assert.deepEqual(order(0, 99), [{ after: 'e4' }, 'e1 e3 e4 e2']);
    assert.equal(order(0, 0), null);
    assert.equal(order(0, -3), null);
    assert.equal(order(7, 0), null);
  });
});

describe('back-off', () => {
  it('grows to a limit, and is spread', () => {
    assert.deepEqual(
      [0, 1, 2, 5, 50].map((n) => waitMs(n, 0.5)),
      [500, 1000, 2000, 15_000, 15_000],
    );
    assert.equal(waitMs(0, 0), 375);
    assert.equal(waitMs(0, 1), 625);
  });
});

describe('the rules', () => {
  const line = (name: string, sentence: string, change: Partial<RuleLine> = {}): RuleLine => ({
    name,
    sentence,
    isOwn: false,
    enabled: true,
    fired: 0,
    failed: 0,
    lastAtMs: null,
    ...change,
  });
  const all = [
    line('PersistVolume', 'The volume is saved, at most once a second.'),
    line('ApplyVolumeWhenSet', 'A volume that is set among the settings is the volume.'),
    line('BroadcastQueue', 'A changed queue is told.'),
  ];
  const names = (text: string) => matching(all, text).map(({ name }) => name);

  it('are found by every word, in name or sentence, in their order', () => {
    assert.deepEqual(
      names(''),
      all.map(({ name }) => name),
    );
    assert.deepEqual(names('  VOLUME '), ['PersistVolume', 'ApplyVolumeWhenSet']);
    assert.deepEqual(names('volume sav'), ['PersistVolume']);
    assert.deepEqual(names('persist saved second'), ['PersistVolume']);
    assert.deepEqual(names('volume queue'), []);
  });

  it('say how often and when last', () => {
    const nowMs = new Date(2026, 10, 21, 15, 0).getTime();
    const at = (hour: number, day = 21) => new Date(2026, 10, day, hour, 5).getTime();
    const says = (change: Partial<RuleLine>) => timesText(line('R', 'r', change), nowMs);
    assert.equal(says({}), 'not yet');
    assert.match(says({ fired: 1, lastAtMs: at(14) }), /^once, last at \d\d:05/);
    assert.match(
      says({ fired: 1204, failed: 2, lastAtMs: at(14, 20) }),
      /^1,204 times, last on .*20.* at .*, 2 failed$/,
    );
  });
});

describe('tint', () => {
  const filled = (r: number, g: number, b: number, n = 64) =>
    new Uint8ClampedArray(Array.from({ length: n }, () => [r, g, b, 255]).flat());

  it('finds the hue of a picture', () => {
    assert.ok(Math.abs(tintOfPixels(filled(200, 40, 40)).hue - 26) < 5);
    const blue = tintOfPixels(filled(40, 60, 200)).hue;
    assert.ok(Math.abs(((blue + 360) % 360) - 268) < 8, String(blue));
  });

  it('stays grey for grey pictures', () => {
    assert.ok(tintOfPixels(filled(128, 128, 128)).chroma < 0.02);
    assert.ok(tintOfPixels(new Uint8ClampedArray(0)).chroma < 0.02);
  });

  it('is always the same for the same name, and differs between names', () => {
    assert.deepEqual(tintOfSeed(seedOf('a')), tintOfSeed(seedOf('a')));
    assert.notEqual(tintOfSeed(seedOf('a')).hue, tintOfSeed(seedOf('b')).hue);
  });
});
