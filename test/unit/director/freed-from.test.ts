// Which scale frees what, in one pass over all scales, beside the factors of a pass for each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Catalogue, Entities, Links } from '../../../daemon/concepts/director/catalogue.ts';
import {
  cooldownFactors,
  createScratch,
  freedFrom,
} from '../../../daemon/concepts/director/cooldown-factor.ts';
import { SCALES } from '../../../daemon/concepts/director/relax.ts';

const MOST = 6;
const AT_MS = 1_000_000;
/** Small numbers, so that ages fall on minimums, and zeros and defaults come up. */
const ms = fc.constantFrom(0, 1, 10, 100, 1000);
const ownMs = fc.oneof(ms, fc.constant(Number.NaN));
const heardAt = fc.oneof(
  fc.integer({ min: AT_MS - 1100, max: AT_MS + 5 }),
  fc.constant(Number.NEGATIVE_INFINITY),
);
const entities = fc
  .array(fc.record({ min: ownMs, ramp: ownMs, heard: heardAt }), { minLength: MOST, maxLength: MOST })
  .map(
    (all): Pick<Entities, 'count' | 'minMs' | 'rampMs' | 'heardAt'> => ({
      count: MOST,
      minMs: Float64Array.from(all, ({ min }) => min),
      rampMs: Float64Array.from(all, ({ ramp }) => ramp),
      heardAt: Float64Array.from(all, ({ heard }) => heard),
    }),
  );
const links = fc
  .array(fc.array(fc.integer({ min: 0, max: MOST - 1 }), { maxLength: 3 }), {
    minLength: MOST,
    maxLength: MOST,
  })
  .map((all): Links => {
    const starts = [0];
    for (const each of all) starts.push((starts.at(-1) as number) + each.length);
    const items = Uint32Array.from(all.flat());
    return { starts: Uint32Array.from(starts), items, weights: new Float64Array(items.length).fill(1) };
  });

test('a passage is free from the first scale on at which its factor is above 0', () => {
  const parts = fc.record({
    songs: entities,
    artists: entities,
    works: entities,
    songsOf: links,
    artistsOf: links,
    worksOf: links,
  });
  const cooldown = fc.record({ minMs: ms, rampMs: ms });
  const defaults = fc.record({ song: cooldown, artist: cooldown, work: cooldown });
  const check = (
    each: typeof parts extends fc.Arbitrary<infer T> ? T : never,
    standard: Parameters<typeof freedFrom>[1],
  ) => {
    const catalogue = { count: MOST, ...each } as unknown as Catalogue;
    const scratch = createScratch(catalogue);
    const freed = new Uint8Array(MOST);
    freedFrom(catalogue, standard, AT_MS, SCALES, freed);
    for (const [at, scale] of SCALES.entries()) {
      cooldownFactors(catalogue, standard, AT_MS, scale, scratch);
      const isFree = [...scratch.passages].map((factor) => factor > 0);
      assert.deepEqual(
        [...freed].map((from) => from <= at),
        isFree,
      );
    }
  };
  fc.assert(fc.property(parts, defaults, check), { numRuns: 2000 });
});
