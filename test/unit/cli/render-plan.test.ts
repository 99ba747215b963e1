// The plan of render: its defaults, and the full list of its faults.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lengthFaults, parseRenderPlan } from '../../../daemon/cli/render-plan.ts';

const faultsOf = (value: unknown): readonly string[] => {
  const parsed = parseRenderPlan(typeof value === 'string' ? value : JSON.stringify(value));
  return 'faults' in parsed ? parsed.faults : [];
};

test('a plan needs passages only; the rest has defaults', () => {
  assert.deepEqual(parseRenderPlan('{"passages": [{"file": "a.flac"}]}'), {
    plan: {
      rate: 44_100,
      globalCrossfadeS: 5,
      defaultCurve: 'equal-power',
      loudness: 'off',
      limiter: true,
      volume: 1,
      passages: [{ file: 'a.flac' }],
    },
  });
});

test('every fault is told at once, each with its place; unknown fields are refused', () => {
  const faults = faultsOf({
    rate: 44_100.5,
    volume: 2,
    limiter: 'yes',
    defaultCurve: 'steep',
    toString: 1,
    passages: [{ fadeInS: -1, tempo: 3 }, 7, { file: 'b', startS: 3, endS: 2, leadInS: 2.9 }],
  });
  const places = ['rate', 'volume', 'limiter', 'defaultCurve', 'toString', 'passages[0].fadeInS'];
  places.push(
    'passages[0].tempo',
    'passages[0].file',
    'passages[1]',
    'passages[2]',
    'passages[2]',
    'passages[2]',
  );
  assert.deepEqual(
    faults.map((fault) => fault.split(':')[0]),
    places,
  );
});

test('both chains must hold, also around points that are not set', () => {
  const chain = (passage: object) => faultsOf({ passages: [{ file: 'a', ...passage }] });
  assert.deepEqual(chain({ startS: 1, fadeInS: 1, fadeOutS: 1, leadInS: 2, leadOutS: 2, endS: 2 }), []);
  assert.equal(chain({ fadeInS: 3, fadeOutS: 2 }).length, 1);
  assert.equal(chain({ leadInS: 3, endS: 2 }).length, 1);
  assert.equal(chain({ startS: 3, leadOutS: 2 }).length, 1);
  assert.deepEqual(chain({ fadeInS: 3, leadOutS: 2 }), []);
});

test('what is no plan at all says so', () => {
  for (const text of ['', '[]', '7', '{}', '{"passages": []}', '{"passages": {}}'])
    assert.ok(faultsOf(text).length > 0, text);
});

test('points behind the end of the file are faults; half a millisecond is rounding', () => {
  assert.deepEqual(lengthFaults('p', { file: 'a', endS: 10.0004, leadOutS: 9 }, 10), []);
  assert.equal(lengthFaults('p', { file: 'a', endS: 10.1, fadeOutS: 12 }, 10).length, 2);
  assert.equal(lengthFaults('p', { file: 'a', startS: 10 }, 10).length, 1);
});
