// Likes and dislikes: shares, saying it again, cycles, and a mood that is bent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bent, closeness, SAME_BREATH_MS, sayAgain, sharesOf } from '../../../daemon/policy/taste.ts';

const DAY = 86_400_000;
const near = (a: number | undefined, b: number) =>
  assert.ok(a !== undefined && Math.abs(a - b) < 1e-12, `${a} is not ${b}`);

test('the song that sounds counts twice as much as each before it, all of them once', () => {
  assert.deepEqual(sharesOf(1), [1]);
  assert.deepEqual(sharesOf(3), [1 / 4, 1 / 4, 2 / 4]);
  for (let n = 1; n < 20; n++)
    near(
      sharesOf(n).reduce((sum, share) => sum + share, 0),
      1,
    );
});

test('again within five minutes is more, the opposite is less, later is something new', () => {
  const said = { kind: 'like', weight: 1, atMs: 1000 } as const;
  const last = 1000 + SAME_BREATH_MS;
  assert.deepEqual(sayAgain(null, 'like', 1, 0), { does: 'add', weight: 1 });
  assert.deepEqual(sayAgain(said, 'like', 1, last), { does: 'change', weight: 2 });
  assert.deepEqual(sayAgain(said, 'dislike', 1, last), { does: 'change', weight: 0 });
  assert.deepEqual(sayAgain({ ...said, weight: 0.75 }, 'dislike', 0.5, last), {
    does: 'change',
    weight: 0.25,
  });
  assert.deepEqual(sayAgain(said, 'dislike', 1, last + 1), { does: 'add', weight: 1 });
  // The clock was set back.
  assert.deepEqual(sayAgain(said, 'like', 1, -5 * DAY), { does: 'change', weight: 2 });
});

test('what was said at the same time of the cycle counts in full, at the opposite one not at all', () => {
  assert.equal(closeness(0, 400 * DAY, 'none'), 1);
  near(closeness(5 * DAY, 0, 'day'), 1);
  near(closeness(0, 2.5 * DAY, 'day'), 0);
  near(closeness(0.25 * DAY, 0, 'day'), 0.5);
  near(closeness(0.75 * DAY, 0, 'day'), 0.5);
  near(closeness(7 * DAY, 0, 'week'), 1);
  near(closeness(0, 3.5 * DAY, 'week'), 0);
  near(closeness(0, 365.24 * DAY, 'year'), 1);
});

test('a mood moves towards what is liked, value by value, and complex characteristics sum to 1 again', () => {
  const target = { happy: { no: 1, yes: 0 }, genre: { a: 0.5, b: 0.3, c: 0.2 }, calm: { no: 0.4, yes: 0.6 } };
  const taste = { happy: { no: 0, yes: 1 }, genre: { a: 0.1, b: 0.9 }, other: { x: 1, y: 0 } };
  const result = bent(target, taste, 0.25);
  assert.deepEqual(Object.keys(result), ['happy', 'genre', 'calm']);
  assert.deepEqual(result.happy, { no: 0.75, yes: 0.25 });
  assert.deepEqual(result.calm, target.calm);
  // 0.5 - 0.1, 0.3 + 0.15, 0.2: together 1.05.
  near(result.genre?.a, 0.4 / 1.05);
  near(result.genre?.b, 0.45 / 1.05);
  near(result.genre?.c, 0.2 / 1.05);
  assert.deepEqual(bent(target, taste, 0), target);
  assert.deepEqual(bent(target, {}, 1), target);
});

test('whatever the strength, a value lies between the two, and a sum of 1 stays one', () => {
  const flavor = fc
    .tuple(...[0, 1, 2, 3].map(() => fc.double({ min: 0.01, max: 1, noNaN: true })))
    .map(([yes = 0, ...parts]) => {
      const sum = parts.reduce((total, part) => total + part, 0);
      const [a = 0, b = 0, c = 0] = parts.map((part) => part / sum);
      return { happy: { no: 1 - yes, yes }, genre: { a, b, c } };
    });
  fc.assert(
    fc.property(flavor, flavor, fc.double({ min: 0, max: 1, noNaN: true }), (target, taste, strength) => {
      const result = bent(target, taste, strength);
      for (const labels of Object.values(result)) {
        const sum = Object.values(labels).reduce((total, value) => total + value, 0);
        assert.ok(Math.abs(sum - 1) < 1e-9, `${sum}`);
      }
      const [low, high] = [target.happy.yes, taste.happy.yes].sort((a, b) => a - b) as [number, number];
      const yes = result.happy?.yes ?? Number.NaN;
      assert.ok(yes >= low - 1e-12 && yes <= high + 1e-12);
    }),
  );
});
