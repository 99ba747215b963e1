// Questions to the trace: flows by rule, by what happened and by time, newest first and in pages; what led to a record
// and what followed from it. From memory, and behind it from trace.db. Main thread; reads only, and bounded each time.
import {
  causesUp,
  effectsDown,
  type FlowFilter,
  type FlowView,
  fits,
  type RecordView,
  type TraceReader,
} from '../sync/engine/index.ts';
import type { TraceDb } from './adapters/store/trace-db.ts';

export interface FlowsFound {
  readonly flows: readonly FlowView[];
  /** The next page begins below this flow; null: there is none. A page may be short, or empty, and not the last. */
  readonly next: string | null;
}

export interface Lineage {
  /** The record itself first, then nearest first. */
  readonly records: readonly RecordView[];
  /** There are more than are shown. */
  readonly isCut: boolean;
}

export interface TraceQueries {
  flow(id: string): FlowView | undefined;
  find(filter: FlowFilter, page: { readonly limit: number; readonly before: string | null }): FlowsFound;
  /** Undefined: the record is not kept (any more). */
  up(recordId: string): Lineage | undefined;
  down(recordId: string): Lineage | undefined;
}

const ALL_IN_MEMORY = 10_000;
const MOST_RECORDS = 1000;

export function createTraceQueries(
  memory: Pick<TraceReader, 'flow' | 'flows'>,
  saved: Pick<TraceDb, 'flow' | 'search'> | null,
  bootId: string,
): TraceQueries {
  const flowOf = (id: string) => memory.flow(id) ?? saved?.flow(id);
  /** Null: a flow of an earlier run of the daemon. */
  const numberOf = (id: string): number | null =>
    id.startsWith(`${bootId}-`) ? Number(id.slice(bootId.length + 1)) : null;

  function inMemory(filter: FlowFilter, before: string | null): FlowView[] {
    const below = before === null ? Number.POSITIVE_INFINITY : numberOf(before);
    if (below === null) return [];
    return memory
      .flows({ limit: ALL_IN_MEMORY })
      .filter((flow) => fits(flow, filter) && (numberOf(flow.id) ?? 0) < below)
      .sort((a, b) => (numberOf(b.id) ?? 0) - (numberOf(a.id) ?? 0));
  }

  function lineage(
    recordId: string,
    walk: (from: string, find: typeof flowOf, limit: number) => RecordView[],
  ): Lineage | undefined {
    const from = recordId.includes('.') ? recordId : `${recordId}.0`;
    const records = walk(from, flowOf, MOST_RECORDS + 1);
    if (records.length === 0) return undefined;
    return { records: records.slice(0, MOST_RECORDS), isCut: records.length > MOST_RECORDS };
  }

  return {
    flow: flowOf,
    find(filter, { limit, before }) {
      const fresh = inMemory(filter, before);
      const page = saved?.search(filter, before, limit) ?? { flows: [], reached: null };
      // What is older than the rows that were looked at belongs to a later page.
      const reached = page.reached === null ? null : numberOf(page.reached);
      const isReached = ({ id }: FlowView) => reached === null || (numberOf(id) ?? 0) >= reached;
      const known = new Set(fresh.map(({ id }) => id));
      const rest = page.flows.filter((flow) => !known.has(flow.id) && fits(flow, filter));
      const isOfNow = ({ id }: FlowView) => numberOf(id) !== null;
      const ofNow = [...fresh.filter(isReached), ...rest.filter(isOfNow)];
      ofNow.sort((a, b) => (numberOf(b.id) ?? 0) - (numberOf(a.id) ?? 0));
      const all = [...ofNow, ...rest.filter((flow) => !isOfNow(flow))];
      const flows = all.slice(0, limit);
      return { flows, next: all.length > limit ? (flows.at(-1)?.id ?? null) : page.reached };
    },
    up: (recordId) => lineage(recordId, causesUp),
    down: (recordId) => lineage(recordId, effectsDown),
  };
}
