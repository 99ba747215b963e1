// Taste: what persons like and dislike, song by song, and what that sounds like together. Main thread; durable before it
// is answered. It chooses nothing: what follows from an opinion is for the rules.
import { msToTicks } from '../../../audio/ticks.ts';
import type { Emit, Implementation } from '../../../sync/concept.ts';
import type { Flavor } from '../../../sync/vocabulary/director.ts';
import type { Opinion, TasteVocabulary } from '../../../sync/vocabulary/taste.ts';
import { centroid } from '../../policy/flavor.ts';
import { type Cycle, closeness, sayAgain, sharesOf } from '../../policy/taste.ts';
import type { Clock, Db } from '../../ports.ts';
import { createTasteStore, type Liked } from './store.ts';

/** What is near in the cycle changes slowly: the taste of one hour is worked out once. */
const HOUR_MS = 3_600_000;

export interface TastePorts {
  readonly db: Db;
  readonly clock: Clock;
  readonly emit: Emit<TasteVocabulary>;
  /** How far taste bends a mood, 0 to 1. */
  readonly strength: () => number;
  /** Whether what was liked at the same time of it counts more. */
  readonly cycle: () => Cycle;
}

export type Taste = Implementation<TasteVocabulary>;

export function createTaste({ db, clock, emit, strength, cycle }: TastePorts): Taste {
  const store = createTasteStore(db);
  /** As they were read last; null: to be read. */
  let liked: readonly Liked[] | null = null;
  let worked: { readonly of: readonly Liked[]; readonly key: string; readonly flavor: Flavor } | null = null;

  function flavorAt(atMs: number): Flavor {
    liked ??= store.liked();
    const around = cycle();
    const hourMs = around === 'none' ? 0 : Math.round(atMs / HOUR_MS) * HOUR_MS;
    const key = `${around} ${hourMs}`;
    if (worked?.of !== liked || worked.key !== key) {
      const weighted = liked.map(({ flavor, weight, atMs: saidMs }) => ({
        flavor,
        weight: weight * closeness(hourMs, saidMs, around),
      }));
      worked = { of: liked, key, flavor: centroid(weighted) };
    }
    return worked.flavor;
  }

  function say(
    kind: Opinion,
    { passage, positionMs, by }: TasteVocabulary['actions']['like']['input'],
    isForGood: boolean,
  ): TasteVocabulary['actions']['like']['output'] {
    if (!store.hasPassage(passage))
      return { error: 'NO_SUCH_PASSAGE', message: `There is no passage ${passage}. Search for it again.` };
    const songs = store.songsOf(passage, positionMs === null ? null : msToTicks(Math.max(0, positionMs)));
    if (songs.length === 0)
      return {
        error: 'NO_SONG',
        message: 'No song is known of it: give the file a title, and import it again.',
      };
    const nowMs = Math.round(clock.nowMs());
    // What does not sound is liked as a whole.
    const shares = positionMs === null ? songs.map(() => 1 / songs.length) : sharesOf(songs.length);
    const before = store.opinionsOf(passage);
    db.transaction(() => {
      for (const [i, song] of songs.entries()) {
        // What is for good takes nothing else back, and stands by itself.
        const last = isForGood ? null : store.last(by, song);
        const { does, weight } = sayAgain(last, kind, shares[i] ?? 0, nowMs);
        if (does === 'add' || last === null) store.add(by, song, { kind, weight, atMs: nowMs }, isForGood);
        else store.change(last.id, weight, nowMs);
      }
    })();
    liked = null;
    const now = store.opinionsOf(passage);
    emit('changed', { passage, songs, dislikes: now.dislikes !== before.dislikes });
    return now;
  }

  return {
    actions: {
      like: (said) => say('like', said, false),
      dislike: (said) => say('dislike', said, said.forGood),
      takeBack({ passage, opinion, by }) {
        if (!store.hasPassage(passage))
          return {
            error: 'NO_SUCH_PASSAGE',
            message: `There is no passage ${passage}. Search for it again.`,
          };
        const songs = store.songsOf(passage, null);
        const removed = db.transaction(() =>
          songs.reduce((sum, song) => sum + store.remove(by, song, opinion), 0),
        )();
        if (removed > 0) {
          liked = null;
          emit('changed', { passage, songs, dislikes: opinion === 'dislike' });
        }
        return store.opinionsOf(passage);
      },
      reread() {
        liked = null;
        return {};
      },
    },
    queries: {
      of: ({ passage }) => [store.opinionsOf(passage)],
      bend({ atMs }) {
        const by = strength();
        if (!(by > 0)) return [];
        const flavor = flavorAt(atMs);
        return Object.keys(flavor).length === 0 ? [] : [{ flavor, strength: by }];
      },
      all: ({ limit }) => store.all(limit),
    },
  };
}
