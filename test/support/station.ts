// A station without sound on a clock of its own: Director, Queue, History, Cooldown and Timeslots wired by hand, as the
// rules wire them. Passages follow each other without overlap, so that every time can be worked out exactly.
import { createCooldown } from '../../daemon/concepts/cooldown/cooldown.ts';
import { createDirector } from '../../daemon/concepts/director/director.ts';
import { createHistory } from '../../daemon/concepts/history/history.ts';
import { createQueue } from '../../daemon/concepts/queue/queue.ts';
import { createTimeslots } from '../../daemon/concepts/timeslots/timeslots.ts';
import { DEFAULT_COOLDOWNS } from '../../daemon/policy/cooldown.ts';
import type { Db } from '../../daemon/ports.ts';
import type { SelectionFacts } from '../../sync/vocabulary/director.ts';
import { handClock } from './ports.ts';

export interface Played {
  readonly passage: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly facts: SelectionFacts;
}

const nobody = () => {};

/** Plays for `days` from the library in `db`, and answers all that was played. */
export function playDays(db: Db, days: number): Played[] {
  const clock = handClock();
  let seed = 1;
  const cooldown = createCooldown({ db, emit: nobody, defaults: () => DEFAULT_COOLDOWNS });
  const director = createDirector({
    db,
    clock,
    emit: nobody,
    newSeed: () => seed++,
    relaxCooldowns: () => true,
    cooldownDefaults: () => DEFAULT_COOLDOWNS,
    overlapMs: () => limits.overlapMs,
  });
  const limits = { minPassages: 3, minMs: 15 * 60_000, overlapMs: 0 };
  const queue = createQueue({ db, clock, emit: nobody, limits: () => limits });
  const history = createHistory({ db, clock, emit: nobody });
  const timeslots = createTimeslots({ db, emit: nobody, timeZone: () => 'UTC' });
  timeslots.actions.ensureStarterSet({});

  /** What AutoSelectWhenQueueLow does, until the queue is no longer low. */
  function refill(restMs: number): void {
    for (;;) {
      const eligible = director.queries.eligible({})[0]?.count ?? 0;
      const [ahead] = queue.queries.ahead({ restMs, eligible });
      if (ahead === undefined || !ahead.isLow) return;
      const targetAtMs = clock.nowMs() + ahead.aheadMs;
      const [target] = timeslots.queries.targetAt({ atMs: targetAtMs });
      if (target === undefined) throw new Error('no target');
      const answer = director.actions.select({
        targetAtMs,
        queued: ahead.queued,
        target: target.flavor,
        targetName: target.name,
        targetKind: target.kind,
        mustPlay: ahead.waiting === 0,
      });
      if (!('selection' in answer)) throw new Error(`the station fell silent: ${JSON.stringify(answer)}`);
      queue.actions.enqueue({
        passages: [answer.passage],
        where: 'end',
        source: 'auto',
        selection: answer.selection,
      });
    }
  }

  const played: Played[] = [];
  const endMs = clock.nowMs() + days * 86_400_000;
  while (clock.nowMs() < endMs) {
    db.transaction(() => {
      refill(0);
      const entry = queue.queries.entries({})[0];
      if (entry === undefined || entry.selection === null) throw new Error('nothing waits');
      const startedAtMs = clock.nowMs();
      queue.actions.markSounding({ entry: entry.entry });
      history.actions.begin({ entry: entry.entry, passage: entry.passage, atMs: startedAtMs });
      refill(entry.durationMs);
      clock.pass(entry.durationMs);
      const atMs = clock.nowMs();
      const end = { heardMs: entry.durationMs, heard: true, reason: 'natural', atMs } as const;
      history.actions.end({ entry: entry.entry, ...end });
      cooldown.actions.recordHeard({ passage: entry.passage, atMs, songsOnly: false });
      queue.actions.complete({ entry: entry.entry });
      const [facts] = director.queries.facts({ selection: entry.selection });
      if (facts === undefined) throw new Error('a selection without facts');
      played.push({ passage: entry.passage, startedAtMs, endedAtMs: atMs, facts });
    })();
  }
  return played;
}
