// Lineage and search over flows as they are shown, wherever they come from: memory or a file. Pure.
import type { FlowView, RecordView } from './view.ts';

export interface FlowFilter {
  /** A rule that matched in it, also one that came to nothing. */
  readonly rule?: string | undefined;
  /** "Concept.action" or "Concept.event" that is in it. */
  readonly what?: string | undefined;
  /** Calendar ms at which it began, both included. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

export function fits(flow: FlowView, { rule, what, sinceMs, untilMs }: FlowFilter): boolean {
  if (sinceMs !== undefined && flow.startedAtMs < sinceMs) return false;
  if (untilMs !== undefined && flow.startedAtMs > untilMs) return false;
  if (rule !== undefined && !flow.activations.some((each) => each.rule === rule)) return false;
  return what === undefined || flow.records.some((each) => each.name === what);
}

export type FlowOf = (id: string) => FlowView | undefined;

/** From a record back to what came from outside, over all causes and across flows: itself first, then nearest first.
 *  What is not kept any more is left out. */
export function causesUp(recordId: string, flowOf: FlowOf, limit = Number.POSITIVE_INFINITY): RecordView[] {
  return walk(recordId, flowOf, limit, (record) => record.causes);
}

/** Everything that followed from a record, across flows: itself first, then nearest first. */
export function effectsDown(
  recordId: string,
  flowOf: FlowOf,
  limit = Number.POSITIVE_INFINITY,
): RecordView[] {
  return walk(recordId, flowOf, limit, ({ id }, flow, find) => {
    const own = flow.records.filter((other) => other.causes.includes(id)).map((other) => other.id);
    const roots = flow.causedFlows.map((caused) => find(caused)?.records[0]);
    const led = roots.filter((root) => root?.causes.includes(id)).map((root) => (root as RecordView).id);
    return [...own, ...led];
  });
}

/** "boot-flow.index": the flow it is in. */
export function flowIdOf(recordId: string): string {
  const dot = recordId.lastIndexOf('.');
  return dot < 0 ? recordId : recordId.slice(0, dot);
}

export function recordIn(flow: FlowView | undefined, recordId: string): RecordView | undefined {
  return flow?.records[Number(recordId.slice(recordId.lastIndexOf('.') + 1))];
}

function walk(
  from: string,
  flowOf: FlowOf,
  limit: number,
  next: (record: RecordView, flow: FlowView, find: FlowOf) => readonly string[],
): RecordView[] {
  const flows = new Map<string, FlowView | undefined>();
  const find: FlowOf = (id) => {
    if (!flows.has(id)) flows.set(id, flowOf(id));
    return flows.get(id);
  };
  const seen = new Set([from]);
  const queue = [from];
  const found: RecordView[] = [];
  for (let i = 0; i < queue.length && found.length < limit; i++) {
    const id = queue[i] as string;
    const flow = find(flowIdOf(id));
    const record = recordIn(flow, id);
    if (flow === undefined || record === undefined) continue;
    found.push(record);
    for (const other of next(record, flow, find)) {
      if (seen.has(other)) continue;
      seen.add(other);
      queue.push(other);
    }
  }
  return found;
}
