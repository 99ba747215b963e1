// Envelopes over workers that a test plays: shared, one at a time, ended when nobody waits, bounded in time.
import assert from 'node:assert/strict';
import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { createEnvelopes, type EnvelopePorts, nameOf } from '../../../daemon/adapters/derived/envelopes.ts';
import { createKeptFiles } from '../../../daemon/adapters/derived/kept-files.ts';
import type { EnvelopeAnswer, EnvelopeView } from '../../../daemon/import/envelope-worker.ts';
import { scratchFolder } from '../../support/scratch.ts';

const folder = scratchFolder('envelopes');
const VIEW: EnvelopeView = { fileMs: 10, spanMs: 5, peaks: [0.5, 0.25], rms: [0.25, 0.125] };
const nobody = new AbortController().signal;
let place = '';
let places = 0;
beforeEach(() => {
  place = join(folder, String(places++));
});

interface Started {
  readonly path: string;
  isKilled: boolean;
  finish(answer: EnvelopeAnswer | null): void;
}

function rig(over: Partial<EnvelopePorts> = {}) {
  const started: Started[] = [];
  const envelopes = createEnvelopes({
    kept: createKeptFiles(place, 1e6),
    spawn({ path, spans }) {
      assert.equal(spans, 2000);
      let finish: Started['finish'] = () => {};
      const answer = new Promise<EnvelopeAnswer | null>((resolve) => {
        finish = resolve;
      });
      const job: Started = { path, isKilled: false, finish };
      started.push(job);
      return {
        answer,
        kill() {
          job.isKilled = true;
        },
      };
    },
    ...over,
  });
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  return { envelopes, started, until };
}

function file(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, name);
  return path;
}

test('made once, then from the cache, also by another daemon; a changed file is made anew', async () => {
  const path = file('a.flac');
  const first = rig();
  const asked = first.envelopes.of(path, nobody);
  await first.until(() => first.started.length === 1);
  first.started[0]?.finish(VIEW);
  assert.deepEqual(await asked, VIEW);
  assert.deepEqual(await first.envelopes.of(path, nobody), VIEW);
  const second = rig();
  assert.deepEqual(await second.envelopes.of(path, nobody), VIEW);
  assert.deepEqual([first.started.length, second.started.length], [1, 0]);

  utimesSync(path, 5, 5);
  const again = second.envelopes.of(path, nobody);
  await second.until(() => second.started.length === 1);
  second.started[0]?.finish({ ...VIEW, fileMs: 11 });
  assert.equal(((await again) as EnvelopeView).fileMs, 11);
});

test('who asks for the same file shares one worker, which lives as long as one of them waits', async () => {
  const path = file('shared.flac');
  const { envelopes, started, until } = rig();
  const [leaver, stayer] = [new AbortController(), new AbortController()];
  void envelopes.of(path, leaver.signal);
  const kept = envelopes.of(path, stayer.signal);
  await until(() => started.length === 1);
  // Both have asked: the second would have started another by now.
  await new Promise((resolve) => setTimeout(resolve, 20));
  leaver.abort();
  assert.equal(started[0]?.isKilled, false);
  started[0]?.finish(VIEW);
  assert.deepEqual(await kept, VIEW);
  assert.equal(started.length, 1);
});

test('when the last one leaves the worker is killed, and the next file has its turn at once', async () => {
  const { envelopes, started, until } = rig();
  const leaver = new AbortController();
  void envelopes.of(file('left.flac'), leaver.signal);
  await until(() => started.length === 1);
  const waiting = envelopes.of(file('waiting.flac'), nobody);
  const gaveUp = new AbortController();
  void envelopes.of(file('given-up.flac'), gaveUp.signal);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(started.length, 1, 'one at a time');
  gaveUp.abort();
  leaver.abort();
  // Its process never ends by itself here: nobody waits for that.
  await until(() => started.length === 2);
  assert.equal(started[0]?.isKilled, true);
  started[1]?.finish(VIEW);
  assert.deepEqual(await waiting, VIEW);
  const last = envelopes.of(file('last.flac'), nobody);
  await until(() => started.length === 3);
  assert.match(started[2]?.path ?? '', /last/, 'what was given up before its turn never began');
  started[2]?.finish(VIEW);
  await last;
  // A killed one left nothing behind.
  const again = envelopes.of(join(folder, 'left.flac'), nobody);
  await until(() => started.length === 4);
  started[3]?.finish(VIEW);
  assert.deepEqual(await again, VIEW);
});

test('a worker that dies, or takes too long, is said in words', async () => {
  const { envelopes, started, until } = rig();
  const died = envelopes.of(file('dies.flac'), nobody);
  await until(() => started.length === 1);
  started[0]?.finish(null);
  const answer = await died;
  assert.equal('error' in answer && answer.error, 'UNREADABLE');
  const slow = rig({ limitMs: 10 });
  const late = await slow.envelopes.of(join(folder, 'dies.flac'), nobody);
  assert.equal('error' in late && late.error, 'UNREADABLE');
  assert.equal(slow.started[0]?.isKilled, true);
});

test('what cannot be read is said with its reason, what is gone as gone', async () => {
  const { envelopes, started, until } = rig();
  const missing = await envelopes.of(join(folder, 'nowhere.flac'), nobody);
  assert.equal('error' in missing && missing.error, 'FILE_GONE');
  const path = file('vanishes.flac');
  for (const [isGone, code] of [
    [true, 'FILE_GONE'],
    [false, 'UNREADABLE'],
  ] as const) {
    const count = started.length;
    const asked = envelopes.of(path, nobody);
    await until(() => started.length > count);
    started.at(-1)?.finish({ reason: 'Not an audio file.', isGone });
    const answer = await asked;
    assert.equal('error' in answer && answer.error, code);
  }
});

test('a disk that does not answer holds one look, and is asked again when it did', async () => {
  const path = file('slow.flac');
  let answer = () => {};
  let looks = 0;
  const { envelopes, started, until } = rig({
    statLimitMs: 5,
    statOf: () => {
      if (++looks > 1) return Promise.resolve(statSync(path));
      return new Promise((resolve) => {
        answer = () => resolve(statSync(path));
      });
    },
  });
  for (let n = 0; n < 5; n++) {
    const refused = await envelopes.of(path, nobody);
    assert.equal('error' in refused && refused.error, 'UNAVAILABLE');
  }
  assert.equal(looks, 1);
  answer();
  await new Promise((resolve) => setImmediate(resolve));
  const asked = envelopes.of(path, nobody);
  await until(() => started.length === 1);
  started[0]?.finish(VIEW);
  assert.deepEqual(await asked, VIEW);
});

test('too many files at once are refused', async () => {
  const { envelopes, started, until } = rig();
  const many = Array.from({ length: 12 }, (_, n) => envelopes.of(file(`many-${n}.flac`), nobody));
  const early = await Promise.race(many);
  assert.equal('error' in early && early.error, 'BUSY');
  for (let n = 0; n < 9; n++) {
    await until(() => started.length > n);
    started[n]?.finish(VIEW);
  }
  const answers = await Promise.all(many);
  assert.equal(answers.filter((each) => 'error' in each).length, 3);
});

test('a damaged one is made anew', async () => {
  const path = file('damaged.flac');
  const { envelopes, started, until } = rig();
  const asked = envelopes.of(path, nobody);
  await until(() => started.length === 1);
  started[0]?.finish(VIEW);
  await asked;
  const [kept = ''] = readdirSync(place);
  for (const [n, text] of ['{"peaks": [', 'null', '{"peaks":[1],"rms":[]}', ''].entries()) {
    writeFileSync(join(place, kept), text);
    const again = envelopes.of(path, nobody);
    await until(() => started.length === n + 2);
    started[n + 1]?.finish(VIEW);
    assert.deepEqual(await again, VIEW);
  }
});

test('the name tells path, size and change time apart', () => {
  const names = [
    nameOf('/a', 1, 1),
    nameOf('/b', 1, 1),
    nameOf('/a', 2, 1),
    nameOf('/a', 1, 2),
    nameOf('/a', 1, 1.5),
  ];
  assert.equal(new Set(names).size, names.length);
});
