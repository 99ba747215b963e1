import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flavorDistance } from '../../../daemon/policy/flavor.ts';
import type { Flavor } from '../../../sync/vocabulary/director.ts';
import { openMemory } from '../../support/database.ts';
import { moodyLibrary } from '../../support/library.ts';
import { type Played, playDays } from '../../support/station.ts';

const HOUR = 3_600_000;

/** Worked out from the plays alone: nothing came back sooner than its cooldown times what the facts admit. */
function assertCooldownsKept(played: readonly Played[], artistOf: ReadonlyMap<number, string>): number {
  const lastSong = new Map<number, number>();
  const lastArtist = new Map<string, number>();
  let relaxed = 0;
  for (const { passage, startedAtMs, endedAtMs, facts } of played) {
    const artist = artistOf.get(passage) ?? '';
    if (facts.relaxedTo < 1) relaxed += 1;
    const song = startedAtMs - (lastSong.get(passage) ?? Number.NEGATIVE_INFINITY);
    const by = startedAtMs - (lastArtist.get(artist) ?? Number.NEGATIVE_INFINITY);
    const said = `passage ${passage}, relaxed to ${facts.relaxedTo}`;
    assert.ok(song >= 168 * HOUR * facts.relaxedTo, `song after ${song / HOUR} h: ${said}`);
    assert.ok(by >= 2 * HOUR * facts.relaxedTo, `artist after ${by / HOUR} h: ${said}`);
    assert.equal(facts.targetAtMs, startedAtMs, 'chosen for the time at which it played');
    lastSong.set(passage, endedAtMs);
    lastArtist.set(artist, endedAtMs);
  }
  return relaxed;
}

/** Each of the four slots is on the whole nearer to its mood than this share of a random choice's distance. */
function assertMoods(played: readonly Played[], flavors: ReadonlyMap<number, Flavor>, most: number): void {
  const bySlot = new Map<string, { own: number; random: number; count: number }>();
  const random = new Map<string, number>();
  for (const { passage, facts } of played) {
    const { name, flavor } = facts.target;
    if (!random.has(name)) {
      let sum = 0;
      for (const other of flavors.values()) sum += flavorDistance(other, flavor).distance;
      random.set(name, sum / flavors.size);
    }
    const slot = bySlot.get(name) ?? { own: 0, random: random.get(name) ?? 0, count: 0 };
    const distance = flavorDistance(flavors.get(passage) ?? {}, flavor).distance;
    bySlot.set(name, { ...slot, own: slot.own + distance, count: slot.count + 1 });
  }
  assert.equal(bySlot.size, 4);
  for (const [name, { own, random: chance, count }] of bySlot) {
    assert.ok(own / count <= most * chance, `${name}: ${own / count} against ${chance}`);
  }
}

test('three days on 60 tracks: never silent, every cooldown kept as far as the facts say, and each slot has its mood', () => {
  const { db, flavors, artistOf } = moodyLibrary(openMemory(), 60, 12);
  const played = playDays(db, 3);
  assert.ok(played.length > 900);
  const relaxed = assertCooldownsKept(played, artistOf);
  assert.ok(relaxed > 0 && relaxed < played.length, 'some were relaxed, not all');
  const counts = new Map<number, number>();
  for (const { passage } of played) counts.set(passage, (counts.get(passage) ?? 0) + 1);
  assert.equal(counts.size, 60, 'everything is played');
  assert.ok(Math.max(...counts.values()) < (2 * played.length) / 60, 'nothing more than twice its share');
  assertMoods(played, flavors, 0.7);
  assert.equal(db.prepare('SELECT count(*) FROM plays WHERE ended IS NULL').pluck().get(), 0);
});

test('two days on 2,000 tracks: nothing relaxed, and each slot sounds as it should', () => {
  const { db, flavors, artistOf } = moodyLibrary(openMemory(), 2000, 300);
  const played = playDays(db, 2);
  assert.equal(assertCooldownsKept(played, artistOf), 0);
  assertMoods(played, flavors, 0.6);
});

test('libraries of one, two and five tracks go on for a day', () => {
  for (const size of [1, 2, 5]) {
    const { db } = moodyLibrary(openMemory(), size, size);
    const played = playDays(db, 1);
    assert.ok(played.length > 200, `${size} tracks`);
    if (size > 1) {
      const repeats = played.filter(({ passage }, i) => passage === played[i - 1]?.passage);
      assert.equal(repeats.length, 0, `${size} tracks: never the same twice in a row`);
    }
  }
});
