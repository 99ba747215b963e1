// The shapes that rule files are checked against are those of the vocabulary as it is.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { vocabularyShapes } from '../../../../sync/script/vocabulary.generated.ts';
import { generatedPath, generatedText, readShapes } from '../../../support/vocabulary-shapes.ts';

const committed = readFileSync(generatedPath, 'utf8');

test('the committed shapes are up to date (else: npm run vocabulary)', () => {
  assert.equal(committed, generatedText(readShapes()));
});

test('a field that is added to the vocabulary would be seen', () => {
  const path = 'sync/vocabulary/queue.ts';
  const before = readFileSync(path, 'utf8');
  const after = before.replace(
    'changed: { waiting: number }',
    'changed: { waiting: number; extra?: string }',
  );
  assert.notEqual(before, after);
  const shapes = readShapes(new Map([[resolve(path), after]]));
  assert.deepEqual(shapes.events['Queue.changed'], { fields: { waiting: 'number', 'extra?': 'string' } });
  assert.notEqual(committed, generatedText(shapes));
});

test('every kind of type is told apart', () => {
  const { actions, queries, events } = vocabularyShapes;
  assert.deepEqual(actions['Player.setVolume']?.input, { fields: { volume: 'number' } });
  assert.deepEqual(actions['Player.play']?.input, { fields: {} });
  assert.deepEqual(events['Player.stateChanged'], {
    fields: { playing: 'boolean', entry: { any: ['null', 'number'] } },
  });
  assert.deepEqual(queries['Queue.ahead']?.row, {
    fields: {
      passages: 'number',
      waiting: 'number',
      aheadMs: 'number',
      isLow: 'boolean',
      queued: { list: 'number' },
    },
  });
  assert.deepEqual(queries['Settings.get']?.row, { fields: { value: 'unknown' } });
});

test('it stays small enough to be read when it is needed', () => {
  assert.ok(committed.length < 40_000, `${committed.length} bytes`);
});
