// Flavors are read in steps that let other work go first; a choice never waits for them, and is the same choice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDirector } from '../../../daemon/concepts/director/director.ts';
import { DEFAULT_COOLDOWNS } from '../../../daemon/policy/cooldown.ts';
import type { DirectorVocabulary } from '../../../sync/vocabulary/director.ts';
import { openMemory } from '../../support/database.ts';
import { handClock, recorder } from '../../support/ports.ts';
import { addSyntheticLibrary, syntheticFlavor } from '../../support/synthetic.ts';

const SIZE = 1000;

function fresh() {
  const db = openMemory();
  const clock = handClock();
  addSyntheticLibrary(db, SIZE, clock.nowMs());
  const waiting: (() => void)[] = [];
  let read = 0;
  db.function('seen', (value) => {
    read += 1;
    return value;
  });
  // Every flavor that is read is counted.
  db.exec(`ALTER TABLE flavors RENAME TO kept;
    CREATE VIEW flavors AS SELECT passage, source, version, seen(value) AS value FROM kept`);
  const director = createDirector({
    db,
    clock,
    emit: recorder<DirectorVocabulary>().emit,
    newSeed: () => 7,
    relaxCooldowns: () => true,
    cooldownDefaults: () => DEFAULT_COOLDOWNS,
    overlapMs: () => 0,
    later: (_ms, run) => waiting.push(run),
  });
  return {
    db,
    director,
    waiting,
    /** What was put off until later, and how many flavors that read. */
    turn() {
      const before = read;
      for (const run of waiting.splice(0)) run();
      return read - before;
    },
    read: () => read,
    choose() {
      const answer = director.actions.select({
        targetAtMs: clock.nowMs(),
        queued: [],
        targetName: 'day',
        target: syntheticFlavor(SIZE + 1),
        targetKind: 'timeslot',
        mustPlay: false,
      });
      assert.ok('passage' in answer, JSON.stringify(answer));
      return answer.passage;
    },
  };
}

test('how many may be chosen is known before any flavor has been read', () => {
  const { director, read } = fresh();
  assert.deepEqual(director.queries.eligible({}), [{ count: SIZE }]);
  assert.equal(read(), 0);
});

test('they are read in steps, each of them short, and once', () => {
  const { director, turn, waiting, read, choose } = fresh();
  director.actions.reload({});
  const steps: number[] = [];
  while (waiting.length > 0) steps.push(turn());
  assert.equal(read(), SIZE);
  assert.ok(steps.length >= 5 && Math.max(...steps) <= 200, JSON.stringify(steps));
  choose();
  assert.equal(read(), SIZE);
});

test('a choice in the middle is the choice that follows from all of them, and nothing is read twice', () => {
  const whole = fresh();
  const wanted = whole.choose();
  assert.equal(whole.read(), SIZE);
  assert.equal(whole.turn(), 0, 'what was put off has nothing left to do');
  const half = fresh();
  half.director.actions.reload({});
  half.turn();
  half.turn();
  assert.ok(half.read() > 0 && half.read() < SIZE);
  assert.equal(half.choose(), wanted);
  assert.equal(half.read(), SIZE);
  half.turn();
  assert.deepEqual([half.read(), half.waiting.length], [SIZE, 0]);
});

test('a reload in the middle ends the reading before it', () => {
  const { director, turn, waiting, read, db, choose } = fresh();
  director.actions.reload({});
  turn();
  const before = read();
  db.exec('DELETE FROM kept WHERE passage <= 500');
  director.actions.reload({});
  while (waiting.length > 0) turn();
  assert.equal(read() - before, SIZE - 500);
  choose();
  assert.equal(read() - before, SIZE - 500);
});
