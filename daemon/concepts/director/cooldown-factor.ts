// Cooldown factors of a whole catalogue at a target time. Pure: writes only into arrays it is given.
// Artists of a song: the lowest; works: multiplied; songs of a passage: the lowest.
import { type Cooldown, type CooldownDefaults, cooldownFactor } from '../../policy/cooldown.ts';
import type { Catalogue, Entities, Links } from './catalogue.ts';

/** Arrays used by every evaluation, so that a selection leaves no garbage behind. */
export interface Scratch {
  readonly songs: Float64Array;
  readonly artists: Float64Array;
  readonly works: Float64Array;
  /** The result: a factor for each passage. */
  readonly passages: Float64Array;
}

export function createScratch({ count, songs, artists, works }: Catalogue): Scratch {
  return {
    songs: new Float64Array(songs.count),
    artists: new Float64Array(artists.count),
    works: new Float64Array(works.count),
    passages: new Float64Array(count),
  };
}

/** Factors at `atMs`, every minimum and ramp times `scale`, into scratch.passages (1 for a passage without songs). */
export function cooldownFactors(
  catalogue: Catalogue,
  defaults: CooldownDefaults,
  atMs: number,
  scale: number,
  scratch: Scratch,
): void {
  const { songs, artists, works, songsOf, artistsOf, worksOf } = catalogue;
  ofEntities(artists, defaults.artist, atMs, scale, scratch.artists);
  ofEntities(works, defaults.work, atMs, scale, scratch.works);
  ofEntities(songs, defaults.song, atMs, scale, scratch.songs);
  for (let song = 0; song < songs.count; song += 1) {
    const own = scratch.songs[song] as number;
    if (own === 0) continue;
    let factor = own * lowest(artistsOf, song, scratch.artists);
    for (let i = worksOf.starts[song] as number; i < (worksOf.starts[song + 1] as number); i += 1) {
      factor *= scratch.works[worksOf.items[i] as number] as number;
    }
    scratch.songs[song] = factor;
  }
  for (let i = 0; i < catalogue.count; i += 1) scratch.passages[i] = lowest(songsOf, i, scratch.songs);
}

/** For each passage into `out`: how many of `scales`, which fall, leave it in cooldown before one frees it. A pass over all
 *  scales in place of one for each: free is what has a factor above 0. */
export function freedFrom(
  catalogue: Catalogue,
  defaults: CooldownDefaults,
  atMs: number,
  scales: readonly number[],
  out: Uint8Array,
): void {
  const { songs, artists, works, songsOf, artistsOf, worksOf } = catalogue;
  const ofArtists = entitiesFreedFrom(artists, defaults.artist, atMs, scales);
  const ofWorks = entitiesFreedFrom(works, defaults.work, atMs, scales);
  const ofSongs = entitiesFreedFrom(songs, defaults.song, atMs, scales);
  for (let song = 0; song < songs.count; song += 1)
    ofSongs[song] = Math.max(
      ofSongs[song] as number,
      last(artistsOf, song, ofArtists),
      last(worksOf, song, ofWorks),
    );
  for (let i = 0; i < catalogue.count; i += 1) out[i] = last(songsOf, i, ofSongs);
}

/** The earliest time at which a passage's factor rises above 0. */
export function freeAt(catalogue: Catalogue, defaults: CooldownDefaults, passage: number): number {
  const { songs, artists, works, songsOf, artistsOf, worksOf } = catalogue;
  let latest = Number.NEGATIVE_INFINITY;
  for (let s = songsOf.starts[passage] as number; s < (songsOf.starts[passage + 1] as number); s += 1) {
    const song = songsOf.items[s] as number;
    latest = Math.max(
      latest,
      overAt(songs, defaults.song, song),
      lastOver(artistsOf, song, artists, defaults.artist),
      lastOver(worksOf, song, works, defaults.work),
    );
  }
  return latest;
}

function ofEntities(
  entities: Entities,
  defaults: Cooldown,
  atMs: number,
  scale: number,
  out: Float64Array,
): void {
  for (let i = 0; i < entities.count; i += 1) {
    const heardAt = entities.heardAt[i] as number;
    if (heardAt === Number.NEGATIVE_INFINITY) {
      out[i] = 1;
      continue;
    }
    const min = entities.minMs[i] as number;
    const ramp = entities.rampMs[i] as number;
    out[i] = cooldownFactor(
      atMs - heardAt,
      scale * orDefault(min, defaults.minMs),
      scale * orDefault(ramp, defaults.rampMs),
    );
  }
}

function entitiesFreedFrom(
  entities: Entities,
  defaults: Cooldown,
  atMs: number,
  scales: readonly number[],
): Uint8Array {
  const out = new Uint8Array(entities.count);
  for (let i = 0; i < entities.count; i += 1) {
    const age = Math.max(0, atMs - (entities.heardAt[i] as number));
    const min = orDefault(entities.minMs[i] as number, defaults.minMs);
    const hasRamp = orDefault(entities.rampMs[i] as number, defaults.rampMs) > 0;
    let at = 0;
    // At the minimum itself a ramp still stands at 0.
    while (
      at < scales.length &&
      !(hasRamp ? age > (scales[at] as number) * min : age >= (scales[at] as number) * min)
    )
      at += 1;
    out[i] = at;
  }
  return out;
}

function last(links: Links, i: number, freed: Uint8Array): number {
  let most = 0;
  for (let k = links.starts[i] as number; k < (links.starts[i + 1] as number); k += 1)
    most = Math.max(most, freed[links.items[k] as number] as number);
  return most;
}

function orDefault(own: number, ofType: number): number {
  return Number.isNaN(own) ? ofType : own;
}

function lowest(links: Links, i: number, factors: Float64Array): number {
  const to = links.starts[i + 1] as number;
  let factor = 1;
  for (let k = links.starts[i] as number; k < to; k += 1) {
    const other = factors[links.items[k] as number] as number;
    if (other < factor) factor = other;
  }
  return factor;
}

function overAt(entities: Entities, defaults: Cooldown, i: number): number {
  const min = entities.minMs[i] as number;
  const ramp = entities.rampMs[i] as number;
  const hasRamp = orDefault(ramp, defaults.rampMs) > 0;
  // At the minimum itself a ramp still stands at 0.
  return (entities.heardAt[i] as number) + orDefault(min, defaults.minMs) + (hasRamp ? 1 : 0);
}

function lastOver(links: Links, i: number, entities: Entities, defaults: Cooldown): number {
  let latest = Number.NEGATIVE_INFINITY;
  for (let k = links.starts[i] as number; k < (links.starts[i + 1] as number); k += 1) {
    latest = Math.max(latest, overAt(entities, defaults, links.items[k] as number));
  }
  return latest;
}
