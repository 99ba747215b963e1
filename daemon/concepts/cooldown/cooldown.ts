// Cooldown: when songs, artists and works were last heard, and how free a passage is at a time. Main thread.
// It never chooses and never forbids: it only says.
import type { Emit, Implementation } from '../../../sync/concept.ts';
import type { CooldownVocabulary } from '../../../sync/vocabulary/cooldown.ts';
import { type CooldownDefaults, cooldownFactor } from '../../policy/cooldown.ts';
import type { Db } from '../../ports.ts';
import { createCooldownStore, type Part } from './store.ts';

/** More than can have been in flight when the power went. */
const PLAYS_APPLIED_AGAIN = 20;

export interface CooldownPorts {
  readonly db: Db;
  readonly emit: Emit<CooldownVocabulary>;
  readonly defaults: () => CooldownDefaults;
}

type Recorded = CooldownVocabulary['actions']['recordHeard']['input'];

export type Cooldown = Implementation<CooldownVocabulary> & {
  /** Works out anew when everything was last heard, from the history. How many rows were wrong. */
  readonly rebuild: () => number;
};

export function createCooldown({ db, defaults }: CooldownPorts): Cooldown {
  const store = createCooldownStore(db);
  // History may have closed a play that a crash left open: hearing the same once more changes nothing.
  db.transaction(() => {
    for (const heard of store.latest(PLAYS_APPLIED_AGAIN)) store.hear(heard);
  })();

  return {
    rebuild: () => store.rebuild(),
    actions: {
      recordHeard: db.transaction(({ passage, atMs, songsOnly }: Recorded) => {
        const songs = store.songsOf(passage);
        for (const song of songs) store.hear({ song, atMs, songsOnly });
        return { passage, songs: songs.length };
      }),
    },
    queries: {
      factor({ passage, atMs }) {
        const factors = new Map<number, { song: number; artist: number; work: number }>();
        for (const part of store.partsOf(passage)) {
          const song = factors.get(part.song) ?? { song: 1, artist: 1, work: 1 };
          const factor = partFactor(part, defaults(), atMs);
          if (part.kind === 'artist') song.artist = Math.min(song.artist, factor);
          else song[part.kind] *= factor;
          factors.set(part.song, song);
        }
        const lowest = [...factors.values()].reduce(
          (least, { song, artist, work }) => Math.min(least, song * artist * work),
          1,
        );
        return [{ factor: lowest }];
      },
    },
  };
}

function partFactor(
  { kind, minS, rampS, heardAtMs }: Part,
  defaults: CooldownDefaults,
  atMs: number,
): number {
  if (heardAtMs === null) return 1;
  const { minMs, rampMs } = defaults[kind];
  return cooldownFactor(
    atMs - heardAtMs,
    minS === null ? minMs : minS * 1000,
    rampS === null ? rampMs : rampS * 1000,
  );
}
