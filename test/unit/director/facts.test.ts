// Facts of a selection: kept short, and read back as they were, also those that an earlier version wrote.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packFacts, unpackChosen, unpackFacts } from '../../../daemon/concepts/director/facts.ts';
import { numbersToText, steps, sums, textToNumbers } from '../../../daemon/concepts/director/number-text.ts';
import type { SelectionFacts } from '../../../sync/vocabulary/director.ts';

const FLAVOR = { mood: { calm: 0.25, wild: 0.75 } };
/** A hundred of a large library, the nearest first. */
const FACTS: Omit<SelectionFacts, 'selection'> = {
  passage: 9123,
  targetAtMs: 1_796_086_450_441,
  chosenAtMs: 1_796_086_450_000,
  target: { kind: 'timeslot', name: 'evening', flavor: FLAVOR },
  tasteStrength: 0.25,
  seed: 4_000_000_000,
  eligible: 8123,
  dropped: { queued: 10, cooldown: 1867, broken: 0, missing: 0, noSong: 0, zeroBase: 0 },
  relaxedTo: 1,
  candidates: Array.from({ length: 100 }, (_, n) => {
    const cooldown = n % 5 === 0 ? 0.417385 + n / 1e4 : 1;
    const rounded = Math.round(cooldown * 1e6) / 1e6;
    return {
      passage: 1 + ((n * 7919) % 10_000),
      distance: (20_000 + n * 733) / 1e6,
      base: 1,
      cooldown: rounded,
      weight: rounded,
    };
  }),
  chosen: 4,
  draw: 12.345678901234567,
  dislikes: 0,
};
const stored = (facts: string) => ({
  selection: 7,
  passage: FACTS.passage,
  chosenAtMs: FACTS.chosenAtMs,
  seed: FACTS.seed,
  flavor: JSON.stringify(FLAVOR),
  facts,
});

test('numbers come back as they were', () => {
  const numbers = [0, 1, 15, 31, 32, 33, 1023, 1024, 1_000_000, 2 ** 40, 2 ** 53 - 1];
  assert.deepEqual(textToNumbers(numbersToText(numbers)), numbers);
  assert.deepEqual(sums(steps(numbers)), numbers);
  assert.equal(numbersToText([0, 1, 31, 32, 33]), 'ABfgBhB');
  assert.deepEqual(textToNumbers(''), []);
});

test('facts come back as they were, and fit a page of 1 KiB', () => {
  const packed = packFacts(FACTS);
  assert.deepEqual(unpackFacts(stored(packed)), { selection: 7, ...FACTS });
  // A table's row of up to 989 bytes stays on its page; the columns beside the facts take some forty.
  assert.ok(packed.length < 945, `${packed.length} bytes`);
  assert.deepEqual(unpackChosen(packed), {
    targetAtMs: FACTS.targetAtMs,
    targetName: 'evening',
    relaxedTo: 1,
    distance: FACTS.candidates[4]?.distance,
  });
});

test('facts that an earlier version kept are read', () => {
  const packed = {
    ...JSON.parse(packFacts(FACTS)),
    passages: FACTS.candidates.map(({ passage }) => passage),
    distances: FACTS.candidates.map(({ distance }) => Math.round(distance * 1e6)),
    cooldowns: FACTS.candidates.map(({ cooldown }) => cooldown),
  };
  assert.deepEqual(unpackFacts(stored(JSON.stringify(packed))), { selection: 7, ...FACTS });
  assert.equal(unpackChosen(JSON.stringify(packed)).distance, FACTS.candidates[4]?.distance);
});
