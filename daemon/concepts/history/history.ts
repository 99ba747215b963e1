// History: what was played, when, for how long and how it ended. Main thread; durable at a play's start and end.
// Keeps facts only: what they mean for cooldowns or taste is for others to say.
import type { Emit, Implementation } from '../../../sync/concept.ts';
import type { HistoryVocabulary } from '../../../sync/vocabulary/history.ts';
import type { Clock, Db } from '../../ports.ts';
import { createHistoryStore } from './store.ts';

const MOST_ROWS = 1000;

export interface HistoryPorts {
  readonly db: Db;
  readonly clock: Clock;
  readonly emit: Emit<HistoryVocabulary>;
}

type Input<Name extends keyof HistoryVocabulary['actions']> = HistoryVocabulary['actions'][Name]['input'];

export type History = Implementation<HistoryVocabulary>;

export function createHistory({ db, clock }: HistoryPorts): History {
  const store = createHistoryStore(db);

  // A play whose entry left the queue without an end: the power went while it faded out. It was heard.
  db.transaction(() => {
    for (const { play, passage, startedAtMs, endsAtMs } of store.orphans()) {
      const endedAtMs = Math.max(startedAtMs, Math.min(endsAtMs, clock.nowMs()));
      store.end(play, endedAtMs, endedAtMs - startedAtMs, 'natural');
      store.creditSongs(play, passage, endedAtMs, false);
    }
  })();

  return {
    actions: {
      begin: db.transaction(({ entry, passage, atMs }: Input<'begin'>) => {
        const before = store.ofEntry(entry);
        if (before === undefined) return { play: store.begin(entry, passage, atMs) };
        if (before.ended !== null) store.reopen(before.play);
        return { play: before.play };
      }),

      end: db.transaction(({ entry, heardMs, heard, reason, atMs }: Input<'end'>) => {
        const play = store.ofEntry(entry);
        if (play === undefined || play.ended !== null) return { play: null };
        store.end(play.play, atMs, Math.max(0, Math.round(heardMs)), reason);
        const isByPerson = reason === 'skipped' || reason === 'removed';
        if (heard || isByPerson) store.creditSongs(play.play, play.passage, atMs, !heard);
        return { play: play.play };
      }),
    },
    queries: {
      recent: ({ limit, before }) =>
        store.recent(Math.max(0, Math.min(limit, MOST_ROWS)), before ?? Number.MAX_SAFE_INTEGER),
      ofEntry({ entry }) {
        const play = store.ofEntry(entry);
        return play === undefined ? [] : [play];
      },
      fullPlays: ({ passage }) => [{ plays: store.fullPlays(passage) }],
      openPlays: () => store.open(),
    },
  };
}
