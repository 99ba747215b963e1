// What the Player knows of the entries it handed over: nothing that may still begin is ever forgotten.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EntryPlan } from '../../../audio/engine.ts';
import { createVoices } from '../../../daemon/concepts/player/voices.ts';
import type { Playable } from '../../../sync/vocabulary/common.ts';

const playable = {} as Playable;
const plan = (number: number, entry: number) => ({ plan: number, entry }) as EntryPlan;

test('an accepted plan forgets what was prepared before it and replaced', () => {
  const voices = createVoices();
  voices.prepare(1, playable, plan(1, 1), 0);
  voices.prepare(2, playable, plan(2, 2), 0);
  voices.accepted(plan(2, 2));
  assert.equal(voices.get(1), undefined);
  assert.ok(voices.get(2));
});

test('an answer that comes late does not forget what was prepared since', () => {
  const voices = createVoices();
  voices.prepare(1, playable, plan(1, 1), 0);
  voices.begin(1);
  voices.prepare(2, playable, plan(2, 2), 0);
  // The answer to the first plan arrives after the event that it began.
  voices.accepted(plan(1, 1));
  assert.ok(voices.get(2), 'the next entry was forgotten: its start would never be told');
});

test('a start is told once, and an end once', () => {
  const voices = createVoices();
  voices.prepare(1, playable, plan(1, 1), 0);
  assert.ok(voices.begin(1));
  assert.equal(voices.begin(1), undefined);
  assert.ok(voices.end(1));
  assert.equal(voices.end(1), undefined);
});
