// Covers over processes that a test plays: which size, made once, one at a time, kept; what becomes of those that cannot be made.
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, it } from 'node:test';
import { COVER_SIZES, coverSizeFor } from '../../../daemon/adapters/derived/cover-sizes.ts';
import {
  type CoverAnswer,
  type CoverOrder,
  type CoverPorts,
  createCovers,
  MODERATE_BYTES,
} from '../../../daemon/adapters/derived/covers.ts';
import { createKeptFiles } from '../../../daemon/adapters/derived/kept-files.ts';
import { scratchFolder } from '../../support/scratch.ts';

const folder = scratchFolder('covers');
const nobody = new AbortController().signal;
const jpegOf = (text: string) => Buffer.from(`\xff\xd8${text}\xff\xd9`, 'latin1');
const LARGE = MODERATE_BYTES + 1;
const ORIGINAL = { kind: 'original', isFinal: true };
const ORIGINAL_FOR_NOW = { kind: 'original', isFinal: false };
let place = '';
let places = 0;
beforeEach(() => {
  place = join(folder, String(places++));
});

interface Started {
  readonly order: CoverOrder;
  isKilled: boolean;
  finish(answer: CoverAnswer | null): void;
}

function rig(over: Partial<CoverPorts> = {}) {
  const started: Started[] = [];
  const covers = createCovers({
    kept: createKeptFiles(place, 1e6),
    spawn(order) {
      let finish: Started['finish'] = () => {};
      const answer = new Promise<CoverAnswer | null>((resolve) => {
        finish = resolve;
      });
      const job: Started = { order, isKilled: false, finish };
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
  const begun = async (count: number) => {
    while (started.length < count) await new Promise((resolve) => setTimeout(resolve, 1));
    return started[count - 1] as Started;
  };
  return { covers, started, begun };
}

describe('sizes', () => {
  it('are rounded up to the next, and end with the largest', () => {
    const asked = [1, 95, 96, 97, 192, 193, 384, 385, 768, 769, 1536, 1537, 4096];
    assert.deepEqual(
      asked.map(coverSizeFor),
      [96, 96, 96, 192, 192, 384, 384, 768, 768, 1536, 1536, 1536, 1536],
    );
    assert.deepEqual(
      [...COVER_SIZES].sort((a, b) => a - b),
      COVER_SIZES,
    );
  });
});

describe('covers', () => {
  it('are made once for each content and size, kept, and found by another daemon', async () => {
    const first = rig();
    const asked = first.covers.of('/art/abc.png', LARGE, 300, nobody);
    const job = await first.begun(1);
    assert.deepEqual(job.order, { path: '/art/abc.png', size: 384, keepBytes: MODERATE_BYTES });
    job.finish({ jpeg: jpegOf('one') });
    const cover = { kind: 'sized', jpeg: jpegOf('one'), size: 384 };
    assert.deepEqual(await asked, cover);
    assert.deepEqual(await first.covers.of('/art/abc.png', LARGE, 384, nobody), cover);
    const second = rig();
    // Where the file lies, and how it is called at the end, is nothing to its content.
    assert.deepEqual(await second.covers.of('/moved/abc.jpg', LARGE, 193, nobody), cover);
    assert.deepEqual([first.started.length, second.started.length], [1, 0]);
    for (const [path, size] of [
      ['/art/abc.png', 96],
      ['/art/abd.png', 384],
    ] as const) {
      const other = second.covers.of(path, LARGE, size, nobody);
      const begun = await second.begun(path.includes('abd') ? 2 : 1);
      assert.equal(begun.order.size, size);
      begun.finish({ jpeg: jpegOf(path) });
      assert.deepEqual(await other, { kind: 'sized', jpeg: jpegOf(path), size });
    }
  });

  it('share one process, and have their turns one at a time', async () => {
    const { covers, started, begun } = rig();
    const same = Array.from({ length: 20 }, (_, n) => covers.of('/art/a.png', LARGE, 97 + n, nobody));
    const job = await begun(1);
    const other = covers.of('/art/b.png', 1000, 96, nobody);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(started.length, 1);
    job.finish({ jpeg: jpegOf('a') });
    const answers = await Promise.all(same);
    assert.ok(answers.every((answer) => 'kind' in answer && answer.kind === 'sized'));
    (await begun(2)).finish('fits');
    assert.deepEqual(await other, ORIGINAL);
    assert.equal(started.length, 2);
  });

  it('are the original for good where it fits or cannot be decoded, and that is kept', async () => {
    for (const word of ['fits', 'refused'] as const) {
      const { covers, started, begun } = rig();
      const asked = covers.of(`/art/${word}.png`, MODERATE_BYTES, 96, nobody);
      (await begun(1)).finish(word);
      assert.deepEqual(await asked, ORIGINAL);
      assert.deepEqual(await covers.of(`/art/${word}.png`, MODERATE_BYTES, 96, nobody), ORIGINAL);
      assert.deepEqual(await rig().covers.of(`/art/${word}.png`, MODERATE_BYTES, 96, nobody), ORIGINAL);
      assert.equal(started.length, 1);
    }
  });

  it('are refused in words where the original is too much to send', async () => {
    const { covers, begun } = rig();
    const asked = covers.of('/art/huge.png', LARGE, 96, nobody);
    (await begun(1)).finish('refused');
    const answer = await asked;
    assert.equal('error' in answer && answer.error, 'UNREADABLE');
    assert.match('message' in answer ? answer.message : '', /^[A-Z].*\.$/);
  });

  it('that end their process are tried once, and are the original for now', async () => {
    const { covers, started, begun } = rig();
    const asked = covers.of('/art/evil.jpg', 1000, 96, nobody);
    (await begun(1)).finish(null);
    assert.deepEqual(await asked, ORIGINAL_FOR_NOW);
    assert.deepEqual(await covers.of('/art/evil.jpg', 1000, 96, nobody), ORIGINAL_FOR_NOW);
    assert.equal(started.length, 1);
    const large = covers.of('/art/evil-large.jpg', LARGE, 96, nobody);
    (await begun(2)).finish(null);
    assert.equal('error' in (await large), true);
    // Another daemon may have a better decoder.
    const later = rig();
    const again = later.covers.of('/art/evil.jpg', 1000, 96, nobody);
    (await later.begun(1)).finish({ jpeg: jpegOf('it works') });
    assert.equal('kind' in (await again) && ((await again) as { kind: string }).kind, 'sized');
  });

  it('that take too long are killed', async () => {
    const { covers, started } = rig({ limitMs: 10 });
    assert.deepEqual(await covers.of('/art/slow.png', 1000, 96, nobody), ORIGINAL_FOR_NOW);
    assert.equal(started[0]?.isKilled, true);
  });

  it('nobody waits for are killed, and made when asked for again', async () => {
    const { covers, started, begun } = rig();
    const leaver = new AbortController();
    void covers.of('/art/left.png', 1000, 96, leaver.signal);
    await begun(1);
    leaver.abort();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(started[0]?.isKilled, true);
    const again = covers.of('/art/left.png', 1000, 96, nobody);
    (await begun(2)).finish({ jpeg: jpegOf('left') });
    assert.deepEqual(await again, { kind: 'sized', jpeg: jpegOf('left'), size: 96 });
  });

  it('are made anew where what was kept is damaged', async () => {
    const { covers, begun } = rig();
    const asked = covers.of('/art/abc.png', LARGE, 96, nobody);
    (await begun(1)).finish({ jpeg: jpegOf('whole') });
    await asked;
    const [name = ''] = readdirSync(place);
    for (const [n, damaged] of ['', '\xff\xd8', '\xff\xd8 and no end', 'fit', 'refuse'].entries()) {
      writeFileSync(join(place, name), damaged, 'latin1');
      const again = covers.of('/art/abc.png', LARGE, 96, nobody);
      (await begun(n + 2)).finish({ jpeg: jpegOf(`again ${n}`) });
      assert.deepEqual(await again, { kind: 'sized', jpeg: jpegOf(`again ${n}`), size: 96 });
    }
  });

  it('are the original for now, or refused, where too many wait; none of that is kept', async () => {
    const { covers, started, begun } = rig();
    const many = Array.from({ length: 150 }, (_, n) =>
      covers.of(`/art/${n}.png`, n % 2 ? 1000 : LARGE, 96, nobody),
    );
    const early = await Promise.race(many);
    assert.ok('error' in early ? early.error === 'BUSY' : early.kind === 'original' && !early.isFinal);
    for (let n = 1; n <= 101; n++) (await begun(n)).finish({ jpeg: jpegOf(String(n)) });
    const answers = await Promise.all(many);
    const kinds = answers.map((answer) => ('error' in answer ? answer.error : answer.kind));
    const count = (kind: string) => kinds.filter((each) => each === kind).length;
    assert.deepEqual([count('sized'), count('original') + count('BUSY')], [101, 49]);
    assert.equal(started.length, 101);
  });

  it('end when the daemon does', async () => {
    const { covers, started, begun } = rig();
    const asked = covers.of('/art/a.png', 1000, 96, nobody);
    const waiting = covers.of('/art/b.png', 1000, 96, nobody);
    await begun(1);
    covers.close();
    assert.deepEqual([await asked, await waiting], [ORIGINAL_FOR_NOW, ORIGINAL_FOR_NOW]);
    assert.equal(started.length, 1);
    assert.equal(started[0]?.isKilled, true);
  });
});
