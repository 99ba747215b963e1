// The steps of one file: what fails for a moment is tried again, what is broken is not, and both are counted.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { MediaFailure, MediaTools, Probe } from '../../../audio/media.ts';
import { createStepSums } from '../../../daemon/concepts/import/step-sums.ts';
import { createFileReader } from '../../../daemon/import/read-file.ts';
import { attempt, createSteps } from '../../../daemon/import/steps.ts';
import { temporaryFolder, writeTone } from '../../support/import-rig.ts';
import { handTimers } from '../sync/chain/rig.ts';

const folder = temporaryFolder();
const PATH = join(folder.path, 'a.flac');
before(() => writeTone(PATH, { seconds: 1 }));
after(() => folder.remove());

const PROBE: Probe = {
  codec: 'flac',
  container: 'flac',
  rateHz: 44_100,
  channels: 2,
  bitsPerSample: 16,
  durationTicks: 28_224_000 * 60,
  exact: true,
};
const FOUND = { folder: 1, path: 'a.flac', sizeBytes: 9000, mtimeMs: 1 };
const unreadable: MediaFailure = { error: 'UNREADABLE', message: `Input/output error: ${PATH}` };
const broken: MediaFailure = { error: 'NOT_AUDIO', message: 'This is no audio.' };

/** Probes answer these, one after the other, the last one from then on. */
function readerOf(...answers: (Probe | MediaFailure)[]) {
  const clock = handTimers();
  const steps = createSteps({ clock, timers: clock });
  let probes = 0;
  const media = { probe: () => answers[Math.min(probes++, answers.length - 1)] } as unknown as MediaTools;
  const read = createFileReader(media, folder.path, steps);
  return { clock, steps, read: () => read(FOUND, folder.path), probes: () => probes };
}
const counts = (steps: ReturnType<typeof createSteps>) =>
  steps.read().map(({ step, runs, failed, retried }) => [step, runs, failed, retried]);

describe('a file that is read', () => {
  it('goes through its steps once, at once', async () => {
    const { clock, steps, read } = readerOf(PROBE);
    const result = await read();
    assert.ok('file' in result && result.file.contentKey.length === 32);
    assert.deepEqual(clock.waiting(), []);
    assert.deepEqual(counts(steps), [
      ['probe', 1, 0, 0],
      ['key', 1, 0, 0],
      ['tags', 1, 0, 0],
      ['parts', 1, 0, 0],
      ['lyrics', 1, 0, 0],
      ['cover', 1, 0, 0],
    ]);
  });

  it('is tried again when the disk says no for a moment', async () => {
    const { clock, steps, read } = readerOf(unreadable, unreadable, PROBE);
    const reading = read();
    assert.deepEqual(await clock.runAll(), [100, 200]);
    assert.ok('file' in (await reading));
    assert.deepEqual(counts(steps)[0], ['probe', 1, 0, 2]);
    assert.equal(steps.read()[0]?.totalMs, 300);
  });

  it('is broken when it says no each time, in the words of the disk', async () => {
    const { clock, steps, read, probes } = readerOf(unreadable);
    const reading = read();
    await clock.runAll();
    assert.deepEqual(await reading, { reason: 'Input/output error' });
    assert.equal(probes(), 3);
    assert.deepEqual(counts(steps), [['probe', 1, 1, 2]]);
  });

  it('is not tried again when it is no audio, or too short', async () => {
    for (const answer of [broken, { ...PROBE, durationTicks: 5 }]) {
      const { clock, read, probes } = readerOf(answer);
      assert.ok('reason' in (await read()));
      assert.deepEqual(clock.waiting(), []);
      assert.equal(probes(), 1);
    }
  });

  it('waits for no file any more once it has waited for several in vain, until one goes well', async () => {
    const { clock, read, probes } = readerOf(...Array(11).fill(unreadable), PROBE, unreadable);
    for (const tries of [3, 6, 9, 10, 11]) {
      const reading = read();
      await clock.runAll();
      await reading;
      assert.equal(probes(), tries);
    }
    assert.ok('file' in (await read()));
    const reading = read();
    await clock.runAll();
    await reading;
    assert.equal(probes(), 15);
  });

  it('that is gone before its key is read is broken by its code', async () => {
    const { steps } = readerOf(PROBE);
    const media = { probe: () => PROBE } as unknown as MediaTools;
    const read = createFileReader(media, folder.path, steps);
    const result = await read({ ...FOUND, path: 'gone.flac' }, folder.path);
    assert.match('reason' in result ? result.reason : '', /cannot be read \(ENOENT\)/);
  });
});

describe('a step that may throw', () => {
  it('fails with the code of the file system, at once or later', async () => {
    const error = Object.assign(new Error('no'), { code: 'EIO' });
    const failure = { error: 'EIO', message: 'failed (EIO)' };
    const thrown = () => {
      throw error;
    };
    assert.deepEqual(attempt(thrown), failure);
    assert.deepEqual(await attempt(() => Promise.reject(error)), failure);
    assert.equal(
      attempt(() => 5),
      5,
    );
  });
});

describe('the steps of a job', () => {
  it('are summed over its workers and the daemon', () => {
    const sums = createStepSums();
    const probe = (runs: number, maxMs: number) => ({
      step: 'probe',
      runs,
      failed: 1,
      retried: 2,
      totalMs: runs * 10,
      maxMs,
    });
    sums.did('store', 4);
    sums.ofWorker([probe(3, 30)]);
    sums.ofWorker([probe(5, 40)]);
    assert.deepEqual(sums.read()[0], probe(5, 40));
    sums.workerEnded();
    sums.ofWorker([probe(1, 12)]);
    sums.did('store', 8);
    assert.deepEqual(sums.read(), [
      { step: 'probe', runs: 6, failed: 2, retried: 4, totalMs: 60, maxMs: 40 },
      { step: 'store', runs: 2, failed: 0, retried: 0, totalMs: 12, maxMs: 8 },
    ]);
  });
});
