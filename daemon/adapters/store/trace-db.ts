// trace.db: flows worth keeping, one compact row each, written in batches. Its own file, disposable: what cannot be
// read is put aside and begun anew. Main thread; never on the path of an action, never throws at a caller.
import { renameSync, rmSync } from 'node:fs';
import type { EndedFlow, FlowFilter, FlowView } from '../../../sync/engine/index.ts';
import { type FlowPage, openTraceStore, type TraceStore } from './trace-store.ts';
import { HourSum, threadWrittenBytes } from './written-bytes.ts';

export type TraceMode = 'off' | 'decisions' | 'all';

export interface TraceDbOptions {
  readonly path: string;
  /** Names of actions that make a flow a decision. */
  readonly decisive: readonly string[];
  readonly mode?: TraceMode;
  readonly flushMs?: number;
  readonly flushFlows?: number;
  readonly maxFlows?: number;
  /** What this thread has written so far; null: nobody can tell. */
  readonly writtenBytes?: () => number | null;
  readonly monotonicMs?: () => number;
  readonly openStore?: (path: string) => TraceStore;
  /** The trace cannot be written or read. It goes on in memory. */
  readonly onError?: (message: string, error: unknown) => void;
}

export interface TraceDb {
  /** The engine's onFlowEnd. */
  add(flow: EndedFlow): void;
  /** trace_persist and trace_flush_ms. */
  configure(change: { readonly mode?: TraceMode; readonly flushMs?: number }): void;
  flush(): void;
  flow(id: string): FlowView | undefined;
  /** Flows that began within these calendar times, oldest first. */
  between(fromMs: number, toMs: number, limit?: number): FlowView[];
  newest(limit: number): FlowView[];
  /** Flows that may fit, newest first, below the flow `before`; a page looks at so many rows at most. */
  search(filter: FlowFilter, before: string | null, limit: number): FlowPage;
  counts(): { readonly flows: number; readonly waiting: number; readonly dropped: number };
  size(): TraceSize;
  close(): void;
}

export interface TraceSize {
  readonly mode: TraceMode;
  readonly flows: number;
  readonly waiting: number;
  readonly dropped: number;
  readonly fileBytes: number;
  /** Handed to the kernel for it, journal included: since the start, and in the last hour. Null: nobody can tell. */
  readonly writtenBytes: number | null;
  readonly writtenLastHourBytes: number | null;
  /** How long it has been measured. */
  readonly measuredMs: number;
}

/** What waits while the disk does not take it; beyond it the oldest are dropped and counted. */
const maxWaiting = 1024;
export function openTraceDb(options: TraceDbOptions): TraceDb {
  const { path, flushFlows = 64, maxFlows = 50_000 } = options;
  const { writtenBytes = threadWrittenBytes, monotonicMs = () => performance.now() } = options;
  const { openStore = openTraceStore } = options;
  const openedMs = monotonicMs();
  const lastHour = new HourSum(openedMs);
  let written: number | null = 0;
  const decisive = new Set(options.decisive);
  let mode = options.mode ?? 'decisions';
  let flushMs = options.flushMs ?? 2000;
  let store = openOrReplace();
  let waiting: EndedFlow[] = [];
  let timer: NodeJS.Timeout | null = null;
  let dropped = 0;

  function failed(message: string, error: unknown): void {
    options.onError?.(message, error);
    if (!isDamage(error)) return;
    store.close();
    putAside(path);
    store = openOrReplace();
  }
  /** What is damaged, or of another form, is put aside; where no file can be, memory has to do. */
  function openOrReplace(): TraceStore {
    try {
      return openStore(path);
    } catch (error) {
      if (putAside(path))
        options.onError?.(`the trace could not be read and was put aside as ${path}.damaged`, error);
    }
    try {
      return openTraceStore(path);
    } catch (error) {
      options.onError?.('the trace cannot be kept on disk', error);
      return openTraceStore(':memory:');
    }
  }
  function reading<T>(read: () => T, nothing: T): T {
    try {
      return read();
    } catch (error) {
      failed('the trace cannot be read', error);
      return nothing;
    }
  }
  function note(before: number | null): void {
    const after = before === null ? null : writtenBytes();
    if (written === null || before === null || after === null) written = null;
    else {
      written += after - before;
      lastHour.add(after - before, monotonicMs());
    }
  }
  function flush(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (waiting.length === 0) return;
    const before = writtenBytes();
    try {
      dropped += store.insert(waiting);
      waiting = [];
      store.trim(maxFlows);
      note(before);
    } catch (error) {
      const excess = waiting.length - maxWaiting;
      if (excess > 0) {
        waiting.splice(0, excess);
        dropped += excess;
      }
      failed('the trace cannot be written', error);
      timer ??= setTimeout(flush, flushMs).unref();
    }
  }

  return {
    add(flow) {
      if (mode === 'off') return;
      if (mode === 'decisions' && !flow.names().some((name) => decisive.has(name))) return;
      waiting.push(flow);
      if (waiting.length % flushFlows === 0) flush();
      else timer ??= setTimeout(flush, flushMs).unref();
    },
    configure(change) {
      mode = change.mode ?? mode;
      flushMs = change.flushMs ?? flushMs;
    },
    flush,
    flow(id) {
      flush();
      return reading(() => store.find(id), undefined);
    },
    between(fromMs, toMs, limit = 100) {
      flush();
      return reading(() => store.between(fromMs, toMs, limit), []);
    },
    newest(limit) {
      flush();
      return reading(() => store.newest(limit), []);
    },
    search(filter, before, limit) {
      flush();
      return reading(() => store.search(filter, before, limit), { flows: [], reached: null });
    },
    counts: () => ({ flows: store.count(), waiting: waiting.length, dropped }),
    size() {
      flush();
      const nowMs = monotonicMs();
      return {
        mode,
        flows: store.count(),
        waiting: waiting.length,
        dropped,
        fileBytes: reading(() => store.bytes(), 0),
        writtenBytes: written,
        writtenLastHourBytes: written === null ? null : lastHour.read(nowMs),
        measuredMs: nowMs - openedMs,
      };
    },
    close() {
      flush();
      store.close();
    },
  };
}

/** Out of the way, for whoever wants to look at it; an earlier one is replaced. False: there is nothing to be moved. */
function putAside(path: string): boolean {
  const aside = `${path}.damaged`;
  try {
    rmSync(aside, { recursive: true, force: true });
    renameSync(path, aside);
    for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

function isDamage(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB' || code === 'SQLITE_ERROR';
}
