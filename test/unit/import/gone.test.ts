// Files that are not where they were: each is found again once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGone } from '../../../daemon/import/gone.ts';

test('two copies are found twice, by what is in the file or by its audio', () => {
  const gone = createGone();
  assert.equal(gone.hasAudio(), false);
  gone.add('a', 'sound');
  gone.add('a', 'sound');
  gone.add('b', null);
  assert.deepEqual([gone.takeContent('b'), gone.takeContent('b')], [true, false]);
  assert.equal(gone.takeContent('a'), true);
  assert.equal(gone.hasAudio(), true);
  assert.deepEqual([gone.takeAudio('sound'), gone.takeAudio('sound')], [true, false]);
  assert.equal(gone.hasAudio(), false);
});
