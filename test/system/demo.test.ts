// The demo library as real files: by measures instead of by ear, and composed by the real worker.
import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { mediaTools } from '../../audio/addon.ts';
import type { Measures } from '../../audio/media.ts';
import { composeDemoLibrary } from '../../daemon/demo/compose.ts';
import { demoPieces } from '../../daemon/demo/pieces.ts';
import { localMeasures } from '../../daemon/import/local-measures.ts';
import { FIRST_CALIBRATION, localFlavor } from '../../daemon/policy/local-flavor.ts';
import { importRig, temporaryFolder } from '../support/import-rig.ts';

const folder = temporaryFolder();
after(() => folder.remove());
const media = mediaTools();

test('the artists differ in tempo, brightness and mood', { timeout: 120_000 }, async () => {
  const pieces = demoPieces()
    .slice(0, 8)
    .map((piece) => ({ ...piece, seconds: 14 }));
  const dir = join(folder.path, 'short');
  assert.equal(await composeDemoLibrary({ dir, media, pieces, onPiece() {} }), 8);
  const measured = pieces.map((piece) => {
    const measures = media.measure(join(dir, piece.tracks[0]?.path ?? '')) as Measures;
    const flavor = localFlavor(localMeasures(measures), FIRST_CALIBRATION);
    return { artist: piece.style.artist, measures, flavor };
  });
  const spread = (of: (m: Measures) => number) => {
    const values = measured.map(({ measures }) => of(measures));
    return Math.max(...values) / Math.min(...values);
  };
  assert.ok(spread(({ centroidHz }) => centroidHz) > 4, 'brightness');
  assert.ok(spread(({ tempoBpm }) => tempoBpm) > 1.5, 'tempo');
  assert.ok(spread(({ onsetRate }) => onsetRate) > 2.5, 'onsets');
  // Each artist's nearest neighbour is still some way off.
  const vector = (flavor: (typeof measured)[number]['flavor']) =>
    Object.entries(flavor)
      .filter(([name]) => name !== 'local.mood')
      .map(([, labels]) => Object.values(labels)[0] ?? 0);
  for (const one of measured)
    for (const other of measured) {
      if (one === other) continue;
      const a = vector(one.flavor);
      const b = vector(other.flavor);
      const distance = Math.sqrt(a.reduce((sum, value, n) => sum + (value - (b[n] ?? 0)) ** 2, 0));
      assert.ok(distance > 0.1, `${one.artist} and ${other.artist}: ${distance}`);
    }
});

test('an album in three parts joins without a frame lost or added', { timeout: 60_000 }, async () => {
  const suite = demoPieces().find(({ tracks }) => tracks.length === 3);
  assert.ok(suite);
  const short = { ...suite, seconds: 30 };
  const dir = join(folder.path, 'suite');
  const whole = { ...short, tracks: [{ title: 'Whole', track: 1, path: 'whole.flac' }] };
  await composeDemoLibrary({ dir, media, pieces: [short, whole], onPiece() {} });
  const samplesOf = (path: string) => {
    const decoded = media.decode(join(dir, path), suite.rateHz);
    if ('error' in decoded) throw new Error(decoded.message);
    return decoded.samples;
  };
  const joined = short.tracks.flatMap(({ path }) => [...samplesOf(path)]);
  assert.deepEqual(Float32Array.from(joined), samplesOf('whole.flac'));
});

test('the worker composes, imports the first piece at once, and goes on where it was ended', {
  timeout: 120_000,
}, async () => {
  const demoDir = join(folder.path, 'demo');
  const rig = importRig({ artDir: join(folder.path, 'art'), demoDir });
  await rig.import.actions.start({ path: demoDir });
  await rig.until(({ event }) => event === 'changed');
  assert.equal(rig.cards()[0]?.artist, 'Copper Wires');
  assert.equal(rig.cards()[0]?.art, 1);
  await rig.import.actions.cancel({ job: 1 });
  await rig.import.idle();
  const first = join(demoDir, rig.cards()[0]?.path ?? '');
  const writtenAt = statSync(first).mtimeMs;
  const count = rig.cards().length;
  await rig.import.actions.start({ path: demoDir });
  while (rig.cards().length <= count) await new Promise((resolve) => setTimeout(resolve, 20));
  rig.import.stop();
  await rig.import.idle();
  assert.equal(statSync(first).mtimeMs, writtenAt);
  const names = readdirSync(demoDir, { recursive: true }).map(String);
  assert.ok(names.filter((name) => /\.(flac|mp3|opus|m4a)$/.test(name)).length >= count);
});
