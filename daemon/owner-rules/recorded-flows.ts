// Recorded flows, for whoever replays them: those of trace.db and of memory, each once, oldest first. Reads only.
import type { FlowView } from '../../sync/engine/index.ts';

export interface FlowSources {
  /** Newest first. */
  readonly inMemory: () => readonly FlowView[];
  /** Flows that began within these times, oldest first. */
  readonly saved: (fromMs: number, toMs: number, limit: number) => readonly FlowView[];
}

const partSize = 100;

/** In parts, so that nobody waits for all of it. */
export function* recordedFlows(sources: FlowSources, fromMs: number): Generator<readonly FlowView[]> {
  const inMemory = sources
    .inMemory()
    .filter((flow) => flow.startedAtMs >= fromMs)
    .reverse();
  const ids = new Set(inMemory.map((flow) => flow.id));
  let next = 0;
  /** Those of memory that began before a moment. */
  const until = (ms: number) => {
    const from = next;
    while (next < inMemory.length && (inMemory[next] as FlowView).startedAtMs < ms) next++;
    return inMemory.slice(from, next);
  };
  let atMs = fromMs;
  let skip = new Set<string>();
  for (;;) {
    const part = sources.saved(atMs, Number.MAX_SAFE_INTEGER, partSize + skip.size);
    const fresh = part.filter((flow) => !skip.has(flow.id));
    if (fresh.length === 0) break;
    const lastMs = (fresh.at(-1) as FlowView).startedAtMs;
    const merged = [...until(lastMs), ...fresh.filter((flow) => !ids.has(flow.id))];
    yield merged.sort((a, b) => a.startedAtMs - b.startedAtMs);
    // Several may have begun in one millisecond.
    skip = new Set([
      ...(lastMs === atMs ? skip : []),
      ...part.filter((flow) => flow.startedAtMs === lastMs).map((flow) => flow.id),
    ]);
    atMs = lastMs;
  }
  yield inMemory.slice(next);
}
