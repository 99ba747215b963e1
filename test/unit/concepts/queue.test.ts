import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lookAhead } from '../../../daemon/concepts/queue/ahead.ts';
import { placesBetween } from '../../../daemon/concepts/queue/order.ts';
import { createQueue } from '../../../daemon/concepts/queue/queue.ts';
import type { Failure } from '../../../sync/vocabulary/common.ts';
import type { QueueVocabulary, Where } from '../../../sync/vocabulary/queue.ts';
import { openMemory } from '../../support/database.ts';
import { addPassage } from '../../support/library.ts';
import { handClock, recorder } from '../../support/ports.ts';

const limits = { minPassages: 3, minMs: 15 * 60_000, overlapMs: 4000 };

function fresh(db = openMemory(), heardLast: number | null = null) {
  const { emit, emitted } = recorder<QueueVocabulary>();
  const queue = createQueue({ db, clock: handClock(), emit, heardLast, limits: () => limits });
  const order = () => queue.queries.entries({}).map(({ passage }) => passage);
  const enqueue = (passages: number[], where: Where = 'end') => {
    const answer = queue.actions.enqueue({ passages, where, source: 'person' });
    return 'entries' in answer ? [...answer.entries] : assert.fail((answer as Failure).message);
  };
  return { db, queue, emitted, order, enqueue };
}

test('entries go next, at the end, or behind another, in the order given', () => {
  const { db, queue, order, enqueue } = fresh();
  const p = Array.from({ length: 8 }, () => addPassage(db));
  const [a, b] = enqueue([p[0] as number, p[1] as number]);
  queue.actions.markSounding({ entry: a as number });
  enqueue([p[2] as number, p[3] as number], 'next');
  enqueue([p[4] as number], { after: b as number });
  enqueue([p[5] as number], { after: a as number });
  assert.deepEqual(order(), [p[0], p[5], p[2], p[3], p[1], p[4]]);
  assert.deepEqual(queue.queries.head({}), [{ entry: 6, passage: p[5] }]);
});

test('the order survives a restart, and each change is told', () => {
  const { db, queue, order, enqueue, emitted } = fresh();
  const p = [addPassage(db), addPassage(db), addPassage(db)];
  const [a] = enqueue(p);
  queue.actions.move({ entry: a as number, where: 'end', coreSays: 'notLoaded' });
  assert.deepEqual(
    emitted.map(({ event, payload }) => [event, payload]),
    [
      ['changed', { waiting: 3 }],
      ['changed', { waiting: 3 }],
    ],
  );
  assert.deepEqual(fresh(db).order(), order());
});

test('an unknown passage, an absent entry and a full queue are refused whole', () => {
  const { db, queue, order, enqueue } = fresh();
  const p = addPassage(db);
  const missing = queue.actions.enqueue({ passages: [p, 999], where: 'end', source: 'person' });
  assert.ok('error' in missing && missing.error === 'NO_SUCH_PASSAGE');
  const nowhere = queue.actions.enqueue({ passages: [p], where: { after: 5 }, source: 'person' });
  assert.ok('error' in nowhere && nowhere.error === 'NO_SUCH_ENTRY');
  enqueue(Array.from({ length: 99 }, () => p));
  const full = queue.actions.enqueue({ passages: [p, p], where: 'end', source: 'person' });
  assert.ok('error' in full && full.error === 'QUEUE_FULL');
  assert.equal(order().length, 99);
  enqueue([p]);
  assert.equal(queue.queries.ahead({ restMs: 0, eligible: 1e6 })[0]?.isLow, false);
});

test('what has begun is neither removed nor moved: the core decides', () => {
  const { db, queue, order, enqueue } = fresh();
  const p = [addPassage(db), addPassage(db)];
  const [a, b] = enqueue(p) as [number, number];
  queue.actions.markSounding({ entry: a });
  for (const answer of [
    queue.actions.remove({ entry: a, coreSays: 'notLoaded' }),
    queue.actions.remove({ entry: b, coreSays: 'tooLate' }),
    queue.actions.move({ entry: b, where: 'end', coreSays: 'tooLate' }),
    queue.actions.askMove({ entry: a, where: 'end' }),
  ]) {
    assert.ok('error' in answer && answer.error === 'TOO_LATE');
  }
  assert.deepEqual(order(), p);
  assert.deepEqual(queue.actions.askRemove({ entry: a }), { entry: a, state: 'sounding' });
  assert.deepEqual(queue.actions.askRemove({ entry: 99 }), { entry: 99, state: 'absent' });
});

test('removing and completing are idempotent, and an id never comes back', () => {
  const { db, queue, enqueue } = fresh();
  const [a] = enqueue([addPassage(db)]) as [number];
  assert.deepEqual(queue.actions.remove({ entry: a, coreSays: 'withdrawn' }), { entry: a, removed: true });
  assert.deepEqual(queue.actions.remove({ entry: a, coreSays: 'tooLate' }), { entry: a, removed: false });
  assert.deepEqual(queue.actions.complete({ entry: a }), { entry: a, removed: false });
  const [b] = enqueue([1]) as [number];
  assert.ok(b > a);
});

test('clear leaves what sounds, and what the core has begun', () => {
  const { db, queue, order, enqueue } = fresh();
  const p = Array.from({ length: 4 }, () => addPassage(db));
  const [a, b] = enqueue(p) as [number, number];
  queue.actions.markSounding({ entry: a });
  assert.deepEqual(queue.actions.clear({ except: b }), { removed: 2 });
  assert.deepEqual(order(), p.slice(0, 2));
  assert.deepEqual(queue.actions.clear({}), { removed: 1 });
});

test('after a crash the sounding entry waits again at the head', () => {
  const { db, queue, enqueue } = fresh();
  const p = Array.from({ length: 3 }, () => addPassage(db));
  const [a, b] = enqueue(p) as [number, number];
  queue.actions.markSounding({ entry: a });
  const one = fresh(db);
  assert.deepEqual(one.queue.recovered, { resumes: a, finished: [] });
  assert.deepEqual(one.queue.queries.head({}), [{ entry: a, passage: p[0] }]);

  one.queue.actions.markSounding({ entry: a });
  one.queue.actions.markSounding({ entry: b });
  const two = fresh(db);
  assert.deepEqual(two.queue.recovered, { resumes: b, finished: [a] });
  assert.deepEqual(two.order(), p.slice(1));
});

test('what the core began while JavaScript hung resumes, and what sounded before it is done', () => {
  const { db, queue, enqueue } = fresh();
  const p = Array.from({ length: 4 }, () => addPassage(db));
  const [a, b, c] = enqueue(p) as [number, number, number];
  queue.actions.markSounding({ entry: a });
  // Heard last: what sounds, or what has left the queue, changes nothing.
  for (const heardLast of [a, 999]) {
    const same = fresh(db, heardLast);
    assert.deepEqual(same.queue.recovered, { resumes: a, finished: [] });
    assert.deepEqual(same.order(), p);
    same.queue.actions.markSounding({ entry: a });
  }
  const next = fresh(db, b);
  assert.deepEqual(next.queue.recovered, { resumes: b, finished: [a] });
  assert.deepEqual(next.order(), p.slice(1));
  // Somebody had put an entry in between, which the core had not been given when it began the other.
  next.queue.actions.markSounding({ entry: b });
  const [between] = enqueue([p[0] as number], { after: b });
  const later = fresh(db, c);
  assert.deepEqual(later.queue.recovered, { resumes: c, finished: [b] });
  assert.deepEqual(
    later.queue.queries.entries({}).map(({ entry }) => entry),
    [c, between, (c as number) + 1],
  );
  // Nothing sounds by the queue: what waits keeps its place.
  const still = fresh(db, c + 1);
  assert.deepEqual(still.queue.recovered, { resumes: null, finished: [] });
  assert.deepEqual(still.order(), later.order());
});

test('low: fewer than 3 passages or less than 15 minutes, or nothing waiting; half of a small library is enough', () => {
  const min = 60_000;
  const low = (sounding: boolean, restMs: number, waitingMs: number[], eligible: number, distinct?: number) =>
    lookAhead(
      { ...limits, overlapMs: 0 },
      {
        restMs,
        isSounding: sounding,
        waitingMs,
        distinct: distinct ?? waitingMs.length + (sounding ? 1 : 0),
        isFull: false,
      },
      eligible,
    ).isLow;
  assert.equal(low(true, 5 * min, [5 * min, 5 * min], 100), false);
  assert.equal(low(true, 5 * min, [5 * min, 5 * min - 1], 100), true);
  assert.equal(low(true, 30 * min, [30 * min], 100), true, 'two passages');
  assert.equal(low(false, 0, [30 * min, 30 * min], 100), true, 'two passages, nothing sounds');
  assert.equal(low(true, 1, [1, 1, 1], 8), false, 'half of 8');
  assert.equal(low(true, 1, [1, 1, 1], 9), true, 'not half of 9');
  assert.equal(low(true, 60 * min, [], 2), true, 'nothing waits, though half is sounding');
  assert.equal(low(true, 1, [1], 1), false, 'one track twice');
  assert.equal(low(true, 1, [1, 1], 100, 1), true, 'the same one twice is one');
});

test('overlaps shorten what lies ahead', () => {
  const now = { restMs: 1000, isSounding: true, waitingMs: [10_000, 6000], distinct: 3, isFull: false };
  assert.equal(lookAhead(limits, now, 100).aheadMs, 1000 + 6000 + 3000);
});

test('places: rising, strictly between, or null when there is no room', () => {
  assert.deepEqual(placesBetween(10, 12, 1), [11]);
  assert.equal(placesBetween(10, 12, 2), null);
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 1, max: 100 }),
      (low, gap, count) => {
        for (const places of [
          placesBetween(low, low + gap, count),
          placesBetween(null, low, count),
          placesBetween(low, null, count),
        ]) {
          if (places === null) {
            assert.ok(gap <= count);
            continue;
          }
          assert.equal(places.length, count);
          for (let i = 1; i < count; i += 1) assert.ok((places[i] as number) > (places[i - 1] as number));
        }
        const between = placesBetween(low, low + gap, count);
        if (between) assert.ok((between[0] as number) > low && (between.at(-1) as number) < low + gap);
      },
    ),
  );
});

test('a thousand inserts and moves into one gap keep the order of a plain list', () => {
  const { db, queue, enqueue } = fresh();
  const p = addPassage(db);
  const model = enqueue([p, p]);
  fc.sample(fc.tuple(fc.boolean(), fc.nat(), fc.nat()), { numRuns: 1000, seed: 7 }).forEach(
    ([isMove, x, y]) => {
      const target = model[x % model.length] as number;
      if (isMove || model.length > 60) {
        const moved = model[y % model.length] as number;
        queue.actions.move({ entry: moved, where: { after: target }, coreSays: 'notLoaded' });
        if (moved === target) return;
        model.splice(model.indexOf(moved), 1);
        model.splice(model.indexOf(target) + 1, 0, moved);
      } else {
        const [added] = enqueue([p], { after: model[0] as number }) as [number];
        model.splice(1, 0, added);
      }
    },
  );
  assert.deepEqual(
    queue.queries.entries({}).map(({ entry }) => entry),
    model,
  );
});

const SAVED = 'SELECT id AS entry, passage, source, selection, state FROM queue ORDER BY place, id';

test('what waits is measured again when the library has changed', () => {
  const { db, queue, enqueue } = fresh();
  enqueue([addPassage(db)]);
  const aheadMs = () => queue.queries.ahead({ restMs: 0, eligible: 100 })[0]?.aheadMs ?? 0;
  const beforeMs = aheadMs();
  db.exec(
    'UPDATE passages SET end_ticks = coalesce(end_ticks, 0) + 60 * 28224000; UPDATE files SET duration_ticks = duration_ticks * 2',
  );
  assert.deepEqual(queue.actions.reload({}), { entries: 1 });
  assert.notEqual(aheadMs(), beforeMs);
  assert.equal(queue.queries.entries({})[0]?.durationMs, 60_000);
});

test('what is asked is what is on disk, whatever was done and whatever of it was rolled back', () => {
  const deed = fc.record({
    what: fc.constantFrom('enqueue', 'move', 'remove', 'clear', 'dropEarlier', 'markSounding', 'complete'),
    x: fc.nat({ max: 30 }),
    y: fc.nat({ max: 30 }),
    auto: fc.boolean(),
    rolledBack: fc.boolean(),
  });
  const run = (deeds: readonly (typeof deed extends fc.Arbitrary<infer T> ? T : never)[]) => {
    const { db, queue } = fresh();
    const p = [addPassage(db), addPassage(db), addPassage(db)];
    for (const { what, x, y, auto, rolledBack } of deeds) {
      const all = queue.queries.entries({});
      const entry = all[x % (all.length || 1)]?.entry ?? x;
      const where: Where =
        y % 3 === 0 ? 'next' : y % 3 === 1 ? 'end' : { after: all[y % (all.length || 1)]?.entry ?? y };
      const passages = p.slice(x % 3);
      if (rolledBack) db.exec('BEGIN');
      if (what === 'enqueue') queue.actions.enqueue({ passages, where, source: auto ? 'auto' : 'person' });
      if (what === 'move') queue.actions.move({ entry, where, coreSays: 'notLoaded' });
      if (what === 'remove') queue.actions.remove({ entry, coreSays: 'notLoaded' });
      if (what === 'clear') queue.actions.clear({ except: entry });
      if (what === 'dropEarlier') queue.actions.dropEarlier({ than: entry });
      if (what === 'markSounding') queue.actions.markSounding({ entry });
      if (what === 'complete') queue.actions.complete({ entry });
      if (rolledBack) {
        db.exec('ROLLBACK');
        queue.forget();
      }
      const onDisk = db.prepare(SAVED).all() as ReturnType<typeof queue.queries.entries>;
      assert.deepEqual(
        queue.queries.entries({}).map(({ durationMs: _, ...each }) => each),
        onDisk,
      );
      const waits = onDisk.filter(({ state }) => state === 'waiting');
      const [first] = waits.map(({ entry, passage }) => ({ entry, passage }));
      assert.deepEqual(queue.queries.head({}), first === undefined ? [] : [first]);
      const stay = onDisk.filter(({ state, source }) => state === 'sounding' || source === 'person');
      assert.deepEqual(queue.queries.staying({}), [{ passages: stay.map(({ passage }) => passage) }]);
      const [ahead] = queue.queries.ahead({ restMs: 0, eligible: 100 });
      assert.deepEqual([ahead?.waiting, ahead?.queued], [waits.length, onDisk.map(({ passage }) => passage)]);
    }
  };
  fc.assert(fc.property(fc.array(deed, { minLength: 1, maxLength: 40 }), run), { numRuns: 100 });
});

test('what was chosen before an entry gives way; what sounds, what persons asked for and what came later stay', () => {
  const { db, queue, order, enqueue } = fresh();
  const p = Array.from({ length: 6 }, () => addPassage(db));
  const choose = (passage: number | undefined, where: Where = 'end') => {
    const answer = queue.actions.enqueue({ passages: [passage as number], where, source: 'auto' });
    return 'entries' in answer ? (answer.entries[0] as number) : assert.fail();
  };
  const sounding = choose(p[0]);
  queue.actions.markSounding({ entry: sounding });
  choose(p[1]);
  enqueue([p[2] as number]);
  choose(p[3]);
  assert.deepEqual(queue.queries.staying({}), [{ passages: [p[0], p[2]] }]);
  const lead = choose(p[4], 'next');
  choose(p[5]);
  assert.deepEqual(queue.actions.dropEarlier({ than: lead }), { removed: 2 });
  assert.deepEqual(order(), [p[0], p[4], p[2], p[5]]);
  assert.deepEqual(queue.actions.dropEarlier({ than: lead }), { removed: 0 });
});
