// segue split: a real file with silences in it, what is shown of it, and the sheet that an import will read.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mediaTools } from '../../../audio/addon.ts';
import { secondsToTicks, ticksToSeconds } from '../../../audio/ticks.ts';
import { parseCue, partsOf } from '../../../daemon/import/cue.ts';
import { segue } from '../../support/fake-daemon.ts';
import { scratchFolder } from '../../support/scratch.ts';

const RATE = 8000;
const folder = scratchFolder('split');

/** Noise with two silences of 1.5 s: from 4 to 5.5 s, and from 9.5 to 11 s. */
function writeSide(name: string): string {
  const samples = new Float32Array(2 * 15 * RATE);
  let noise = 1;
  for (let n = 0; n < samples.length; n++) {
    noise = (Math.imul(noise, 1_664_525) + 1_013_904_223) >>> 0;
    const atS = n / 2 / RATE;
    const isSilent = (atS >= 4 && atS < 5.5) || (atS >= 9.5 && atS < 11);
    samples[n] = isSilent ? 0 : noise / 2 ** 32 - 0.5;
  }
  const path = join(folder, name);
  const written = mediaTools().encode({ path, codec: 'flac', rateHz: RATE, samples, tags: {} });
  assert.ok(!('error' in written));
  return path;
}

test('shows the parts and writes nothing; with --write the sheet divides the file there', async () => {
  const path = writeSide('Side A.flac');
  const sheet = join(folder, 'Side A.cue');
  const shown = await segue('/nowhere', 'split', path, '--least', '2', '--below', '-40');
  assert.equal(shown.code, 0, shown.err);
  assert.match(shown.out, /3 parts\n {2}0:00 +0:05 +Side A 1\n {2}0:05 +0:05 +Side A 2\n {2}0:11 +0:04/);
  assert.match(shown.out, /Nothing was written/);
  assert.ok(!existsSync(sheet));

  const done = await segue('/nowhere', 'split', path, '--least=2', '--write', '--json');
  assert.equal(done.code, 0, done.err);
  assert.equal(JSON.parse(done.out).written, sheet);
  const parts = partsOf(parseCue(readFileSync(sheet, 'utf8')), 'Side A.flac', secondsToTicks(15));
  const starts = parts?.map(({ startTicks }) => ticksToSeconds(startTicks)) ?? [];
  assert.equal(starts.length, 3);
  for (const [i, meantS] of [0, 5.5, 11].entries()) {
    const early = meantS - (starts[i] as number);
    assert.ok(early >= 0 && early < 0.02 + 1 / 75, `${starts[i]} s for ${meantS}`);
  }

  const again = await segue('/nowhere', 'split', path, '--least', '2', '--write');
  assert.equal(again.code, 1);
  assert.match(again.err, /Side A\.cue divides it already.*--replace/);
  writeFileSync(sheet, 'mine');
  assert.equal((await segue('/nowhere', 'split', path, '--least', '2', '--write', '--replace')).code, 0);
  assert.notEqual(readFileSync(sheet, 'utf8'), 'mine');
});

test('a file that nothing divides gets no sheet, and is told what to try', async () => {
  const path = writeSide('Whole.flac');
  const { code, out } = await segue('/nowhere', 'split', path, '--write');
  assert.equal(code, 0);
  assert.match(out, /nothing divides it\.\nTry shorter silences/);
  assert.ok(!existsSync(join(folder, 'Whole.cue')));
});

test('what is no audio, and what is no number, is refused with what to do', async () => {
  const text = join(folder, 'words.flac');
  writeFileSync(text, 'words');
  assert.equal((await segue('/nowhere', 'split', text)).code, 1);
  assert.match((await segue('/nowhere', 'split', join(folder, 'none.flac'))).err, /none\.flac/);
  for (const [option, says] of [
    [['--silence', '0'], /--silence is 0\.1 to 60 seconds/],
    [['--below', 'quiet'], /--below is -90 to -10 dB/],
    [['--least', '9999'], /--least is 1 to 3600 seconds/],
  ] as const) {
    const { code, err } = await segue('/nowhere', 'split', text, ...option);
    assert.equal(code, 2);
    assert.match(err, says);
  }
});
