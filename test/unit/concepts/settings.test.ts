import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPTIONS, type SettingKey } from '../../../daemon/concepts/settings/options.ts';
import { createSettings } from '../../../daemon/concepts/settings/settings.ts';
import type { SettingsVocabulary } from '../../../sync/vocabulary/settings.ts';
import { openMemory } from '../../support/database.ts';
import { recorder } from '../../support/ports.ts';

function fresh(db = openMemory()) {
  const { emit, emitted } = recorder<SettingsVocabulary>();
  return { db, emitted, settings: createSettings({ db, emit }) };
}

test('every default is within its own range, and has a meaning', () => {
  for (const [key, option] of Object.entries(OPTIONS)) {
    assert.ok(option.accepts(option.initial), key);
    assert.ok(option.meaning.length > 10 && option.range.length > 3, key);
    assert.ok(!option.accepts(undefined) && !option.accepts({}), key);
  }
  assert.ok(Object.keys(OPTIONS).length >= 20);
});

test('a value is kept, told once, and survives a restart', () => {
  const { db, settings, emitted } = fresh();
  assert.deepEqual(settings.actions.set({ key: 'crossfade_s', value: 8 }), { key: 'crossfade_s', value: 8 });
  settings.actions.set({ key: 'crossfade_s', value: 8 });
  assert.deepEqual(emitted, [{ event: 'changed', payload: { key: 'crossfade_s', value: 8 } }]);
  const again = fresh(db).settings;
  assert.deepEqual(again.queries.get({ key: 'crossfade_s' }), [{ value: 8 }]);
  assert.equal(again.value('crossfade_s'), 8);
  const row = again.queries.all({}).find(({ key }) => key === 'crossfade_s');
  assert.equal(row?.isDefault, false);
});

test('a value out of range or of another kind is refused with the range, and changes nothing', () => {
  const { settings, emitted } = fresh();
  const bad: [SettingKey, unknown][] = [
    ['crossfade_s', 31],
    ['crossfade_s', Number.NaN],
    ['crossfade_s', '4'],
    ['volume', -0.1],
    ['queue_min_passages', 2.5],
    ['loudness', 'loud'],
    ['autoplay', 1],
    ['time_zone', 'Nowhere/Land'],
    ['output_device', ''],
  ];
  for (const [key, value] of bad) {
    const answer = settings.actions.set({ key, value });
    assert.ok('error' in answer && answer.error === 'BAD_VALUE', key);
    assert.match(answer.message, new RegExp(`^${key} must be `));
  }
  assert.deepEqual(emitted, []);
  assert.equal(settings.value('crossfade_s'), 4);
});

test('an unknown setting is refused with the list of those there are, and read as no row', () => {
  const { settings } = fresh();
  const answer = settings.actions.set({ key: 'toString', value: 1 });
  assert.ok(
    'error' in answer && answer.error === 'UNKNOWN_SETTING' && answer.message.includes('crossfade_s'),
  );
  assert.deepEqual(settings.queries.get({ key: 'toString' }), []);
});

test('a stored value that is no longer accepted counts as the default', () => {
  const { db, settings } = fresh();
  const put = db.prepare('INSERT INTO settings VALUES (?, ?)');
  put.run('volume', '11');
  put.run('loudness', '{broken');
  assert.equal(settings.value('volume'), 0.7);
  assert.equal(settings.value('loudness'), 'track');
});

test('what a turn has set and was rolled back is not remembered', () => {
  const { db, settings } = fresh();
  assert.equal(settings.value('crossfade_s'), OPTIONS.crossfade_s.initial);
  const turn = db.transaction(() => {
    settings.actions.set({ key: 'crossfade_s', value: 9 });
    assert.equal(settings.value('crossfade_s'), 9);
    throw new Error('the disk is full');
  });
  assert.throws(turn, /the disk is full/);
  assert.equal(settings.value('crossfade_s'), OPTIONS.crossfade_s.initial);
  settings.actions.set({ key: 'crossfade_s', value: 7 });
  assert.equal(settings.value('crossfade_s'), 7);
});
