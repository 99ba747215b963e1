// Trace: the last flows, evicted whole, within a number of flows and of bytes. Nothing is serialised here.
import type { EngineLimits } from './ports.ts';
import type { Flow } from './record.ts';
import { cut, weigh } from './seal.ts';

const flowBytes = 300;
const recordBytes = 160;
const activationBytes = 120;
const nothing: ReadonlySet<string> = new Set();

export class Trace {
  readonly #limits: EngineLimits;
  /** In order of their end. A Map keeps the order, and deleting the oldest is cheap. */
  readonly #flows = new Map<string, Flow>();
  readonly #routine: Flow[] = [];
  bytes = 0;

  constructor(limits: EngineLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#flows.size;
  }

  get(id: string): Flow | undefined {
    return this.#flows.get(id);
  }

  /** Newest first. */
  *newest(): Generator<Flow> {
    const all = [...this.#flows.values()];
    for (let i = all.length - 1; i >= 0; i--) yield all[i] as Flow;
  }

  /** Keeps a flow that has ended. What is large is cut, what is sensitive is replaced: from here on it is recorded. */
  add(flow: Flow): void {
    seal(flow);
    this.#flows.set(flow.id, flow);
    this.bytes += flow.bytes;
    if (!flow.routine) flow.routine = isIdle(flow);
    if (flow.routine) {
      this.#routine.push(flow);
      if (this.#routine.length > this.#limits.tracedRoutineFlows) this.#evict(this.#routine[0] as Flow);
    }
    while (this.#flows.size > this.#limits.tracedFlows || this.bytes > this.#limits.traceBytes) {
      const oldest = this.#flows.values().next().value;
      if (oldest === undefined) break;
      this.#evict(oldest);
    }
  }

  clear(): void {
    this.#flows.clear();
    this.#routine.length = 0;
    this.bytes = 0;
  }

  #evict(flow: Flow): void {
    this.#flows.delete(flow.id);
    this.bytes -= flow.bytes;
    if (flow.routine) {
      const at = this.#routine.indexOf(flow);
      if (at >= 0) this.#routine.splice(at, 1);
    }
  }
}

/** Something happened, and nothing was done about it. */
function isIdle(flow: Flow): boolean {
  return flow.records.length === 1 && flow.records[0]?.type !== 'action';
}

function seal(flow: Flow): void {
  let bytes = flowBytes + flow.activations.length * activationBytes;
  for (const record of flow.records) {
    const { kind } = record;
    bytes += recordBytes;
    if (!kind.traced) {
      record.input = {};
      record.output = null;
      continue;
    }
    const input = kind.sensitive === null ? weigh(record.input) : -1;
    if (input < 0) record.input = cut(record.input, kind.sensitive ?? nothing) as object;
    bytes += input < 0 ? weighCut(record.input) : input;
    if (record.output === null) continue;
    const output = kind.sensitive === null ? weigh(record.output) : -1;
    if (output < 0) record.output = cut(record.output, kind.sensitive ?? nothing) as object;
    bytes += output < 0 ? weighCut(record.output) : output;
  }
  flow.bytes = bytes;
}

/** What has been cut is small; what cannot be weighed even so counts as the largest it can be. */
function weighCut(value: object): number {
  const bytes = weigh(value);
  return bytes < 0 ? 8192 : bytes;
}
