// Why an entry plays: the stored facts of its selection in words, and the rule and flow that enqueued it for as long
// as the trace has them. Main thread; reads only.
import type { Engine, RecordView } from '../sync/engine/index.ts';
import type { EntryId, Failure, PassageId } from '../sync/vocabulary/common.ts';
import type { Vocabulary } from '../sync/vocabulary/index.ts';
import type { WhyAnswer } from './adapters/http/ports.ts';
import { type Began, explain, type Names } from './concepts/director/why.ts';

export interface WhyPorts {
  readonly engine: Engine<Vocabulary>;
  /** The zone in which times are told. */
  readonly timeZone: () => string;
}

export function createWhy({
  engine,
  timeZone,
}: WhyPorts): (entry: EntryId) => WhyAnswer | Failure<'NO_SUCH_ENTRY'> {
  function names(passage: PassageId): Names | null {
    const card = engine.query('Library', 'card', { passage })[0];
    return card ? { title: card.title, artist: card.artist } : null;
  }

  /** The enqueueing of an entry, from the trace in memory. */
  function enqueueing(entry: EntryId): { record: RecordView; flow: string } | null {
    const isIt = ({ name, output }: RecordView) =>
      name === 'Queue.enqueue' &&
      ((output as { entries?: readonly EntryId[] } | null)?.entries?.includes(entry) ?? false);
    // What was not saved did not enqueue it, and its number was given again.
    const flow = engine.trace.findFlowsOf(isIt, 10).find(({ unsaved }) => !unsaved);
    const record = flow?.records.find(isIt);
    return flow && record ? { record, flow: flow.id } : null;
  }

  /** A rule that asked for a passage by itself: what was selected has its facts. */
  function ruleOf(record: RecordView | null): { name: string; summary: string } | null {
    if (record === null || record.rule === null) return null;
    const summary = engine.rules().find(({ name }) => name === record.rule)?.summary;
    return { name: record.rule, summary: summary ?? 'it is gone since.' };
  }

  /** Whether it went on after a start, as long as the trace knows it. */
  function wentOn(entry: EntryId): boolean {
    const isIt = ({ name, input }: RecordView) => {
      const started = input as { readonly entry?: EntryId; readonly resumed?: boolean } | null;
      return name === 'Player.voiceStarted' && started?.entry === entry && started.resumed === true;
    };
    return engine.trace.findFlowsOf(isIt, 1).length > 0;
  }

  function beganOf(entry: EntryId, play: number | undefined): Began | null {
    if (play === undefined) return null;
    if (wentOn(entry)) return { how: 'resumed' };
    const before = engine.query('History', 'recent', { limit: 1, before: play })[0];
    const how = before?.ended;
    if (how !== 'skipped' && how !== 'removed' && how !== 'failed') return null;
    return { how, before: before?.passage as PassageId };
  }

  return (entry) => {
    const waiting = engine.query('Queue', 'entries', {}).find((row) => row.entry === entry);
    const play = waiting ? undefined : engine.query('History', 'ofEntry', { entry })[0];
    const known = waiting ?? play;
    if (!known)
      return {
        error: 'NO_SUCH_ENTRY',
        message: `There is no entry e${entry}, in the queue or in the history.`,
      };
    const facts =
      known.selection === null
        ? null
        : (engine.query('Director', 'facts', { selection: known.selection })[0] ?? null);
    const source = waiting?.source ?? (known.selection === null ? 'person' : 'auto');
    const traced = enqueueing(entry);
    const rule = known.selection === null ? ruleOf(traced?.record ?? null) : null;
    const { passage } = known;
    const began = beganOf(entry, (play ?? engine.query('History', 'ofEntry', { entry })[0])?.play);
    const why = explain({ passage, source, selection: facts, rule, began, names, timeZone: timeZone() });
    return {
      entry,
      passage,
      source,
      sentence: why.sentence,
      said: why.facts,
      rule: traced?.record.rule ?? null,
      flow: traced?.flow ?? null,
      facts,
    };
  };
}
