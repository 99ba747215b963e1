// The catalogue: everything a choice looks at, as typed arrays. Pure data, built by store.ts on reload.
// A passage, song, artist or work is an index here; its id is looked up only at the border.
import type { FlavorMatrix } from './flavor-matrix.ts';

/** Songs, artists or works: what has a base probability and a cooldown. */
export interface Entities {
  readonly count: number;
  readonly ids: Uint32Array;
  /** Id -> index + 1; 0: not there. */
  readonly indexOf: Uint32Array;
  readonly base: Float64Array;
  /** NaN: the default of the type. */
  readonly minMs: Float64Array;
  readonly rampMs: Float64Array;
  /** Calendar ms; -Infinity: never. */
  readonly heardAt: Float64Array;
}

/** The links of each i: items[starts[i]] up to items[starts[i + 1]], with a weight each. */
export interface Links {
  readonly starts: Uint32Array;
  readonly items: Uint32Array;
  readonly weights: Float64Array;
}

export const OK = 0;
export const MISSING = 1;
export const BROKEN = 2;

export interface Catalogue {
  readonly count: number;
  readonly ids: Uint32Array;
  readonly indexOf: Uint32Array;
  /** OK, MISSING or BROKEN. */
  readonly state: Uint8Array;
  readonly durationMs: Float64Array;
  /** Of its songs, artists and works together. */
  readonly base: Float64Array;
  readonly songs: Entities;
  readonly artists: Entities;
  readonly works: Entities;
  /** How often each song is disliked, by everybody together. */
  readonly dislikes: Float64Array;
  readonly songsOf: Links;
  readonly artistsOf: Links;
  readonly worksOf: Links;
  readonly flavors: FlavorMatrix;
}

/** Base of each passage: song x artist x work, halved for each dislike of the song; several artists: mean by their shares;
 *  works multiply; several songs: mean by how long each sounds. */
export function baseProbabilities(
  count: number,
  parts: Pick<Catalogue, 'songs' | 'artists' | 'works' | 'dislikes' | 'songsOf' | 'artistsOf' | 'worksOf'>,
): Float64Array {
  const { songs, artists, works, dislikes, songsOf, artistsOf, worksOf } = parts;
  const bySong = new Float64Array(songs.count);
  for (let song = 0; song < songs.count; song += 1) {
    let base = (songs.base[song] as number) * 0.5 ** (dislikes[song] as number);
    base *= mean(artistsOf, song, artists.base) ?? 1;
    for (let i = worksOf.starts[song] as number; i < (worksOf.starts[song + 1] as number); i += 1) {
      base *= works.base[worksOf.items[i] as number] as number;
    }
    bySong[song] = base;
  }
  const result = new Float64Array(count);
  for (let passage = 0; passage < count; passage += 1) result[passage] = mean(songsOf, passage, bySong) ?? 0;
  return result;
}

/** Weighted mean of `values` over the links of `i`; null when there are none. */
function mean(links: Links, i: number, values: Float64Array): number | null {
  const from = links.starts[i] as number;
  const to = links.starts[i + 1] as number;
  let sum = 0;
  let weight = 0;
  for (let k = from; k < to; k += 1) {
    const share = links.weights[k] as number;
    sum += share * (values[links.items[k] as number] as number);
    weight += share;
  }
  return weight > 0 ? sum / weight : null;
}

export function hasSong(catalogue: Catalogue, passage: number): boolean {
  const { starts } = catalogue.songsOf;
  return (starts[passage + 1] as number) > (starts[passage] as number);
}

/** How often the songs of a passage are disliked, each song once. */
export function dislikesOf({ songsOf, dislikes }: Catalogue, passage: number): number {
  const songs = songsOf.items.subarray(songsOf.starts[passage], songsOf.starts[passage + 1]);
  return [...new Set(songs)].reduce((sum, song) => sum + (dislikes[song] as number), 0);
}

/** Index of a passage id, or -1. */
export function passageIndex(catalogue: Catalogue, id: number): number {
  return (catalogue.indexOf[id] ?? 0) - 1;
}

/** How many could be chosen at all: file ok, a song, a base above 0; cooldowns aside. */
export function countEligible(catalogue: Catalogue): number {
  let count = 0;
  for (let i = 0; i < catalogue.count; i += 1) {
    if (catalogue.state[i] === OK && (catalogue.base[i] as number) > 0 && hasSong(catalogue, i)) count += 1;
  }
  return count;
}
