// trace.db: flows worth keeping, one compact row each, written in batches. Its own file, disposable: what cannot be
// read is thrown away and begun anew. Main thread; never on the path of an action, never throws at a caller.
import { rmSync } from 'node:fs';
import type { EndedFlow, FlowView } from '../../../sync/engine/index.ts';
import { openTraceStore, type TraceStore } from './trace-store.ts';

export type TraceMode = 'off' | 'decisions' | 'all';

export interface TraceDbOptions {
  readonly path: string;
  /** Names of actions that make a flow a decision. */
  readonly decisive: readonly string[];
  readonly mode?: TraceMode;
  readonly flushMs?: number;
  readonly flushFlows?: number;
  readonly maxFlows?: number;
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
  counts(): { readonly flows: number; readonly waiting: number; readonly dropped: number };
  close(): void;
}

/** What waits while the disk does not take it; beyond it the oldest are dropped and counted. */
const maxWaiting = 1024;
export function openTraceDb(options: TraceDbOptions): TraceDb {
  const { path, flushFlows = 64, maxFlows = 50_000 } = options;
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
    remove(path);
    store = openOrReplace();
  }
  /** A file that is damaged, or of another form, is made anew; where there can be none, memory has to do. */
  function openOrReplace(): TraceStore {
    try {
      return openTraceStore(path);
    } catch {
      remove(path);
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
  function flush(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (waiting.length === 0) return;
    try {
      dropped += store.insert(waiting);
      waiting = [];
      store.trim(maxFlows);
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
    counts: () => ({ flows: store.count(), waiting: waiting.length, dropped }),
    close() {
      flush();
      store.close();
    },
  };
}

function remove(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
}

function isDamage(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB' || code === 'SQLITE_ERROR';
}
