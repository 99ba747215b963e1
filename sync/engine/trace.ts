// Trace: the last flows, evicted whole, within a number of flows and of bytes. Nothing is serialised here.
// Two rings instead of a map: adding costs nanoseconds, and looking up is rare and may look at all of them.
import type { EngineLimits } from './ports.ts';
import type { Flow } from './record.ts';
import { cut, weigh } from './seal.ts';

const flowBytes = 300;
const recordBytes = 160;
const activationBytes = 120;
const nothing: ReadonlySet<string> = new Set();

export class Trace {
  readonly #limits: EngineLimits;
  readonly #flows: Ring;
  /** Of those in which nothing was done, or that come all day: a few, so that they do not push out the others. */
  readonly #routine: Ring;
  #ended = 0;
  bytes = 0;

  constructor(limits: EngineLimits) {
    this.#limits = limits;
    this.#flows = new Ring(limits.tracedFlows);
    this.#routine = new Ring(limits.tracedRoutineFlows);
  }

  get size(): number {
    return this.#flows.size + this.#routine.size;
  }

  get(number: number): Flow | undefined {
    return this.#flows.find(number) ?? this.#routine.find(number);
  }

  /** By their end, newest first. */
  newest(): Flow[] {
    return [...this.#flows.all(), ...this.#routine.all()].sort((a, b) => b.ended - a.ended);
  }

  /** Keeps a flow that has ended. What is large is cut, what is sensitive is replaced: from here on it is recorded. */
  add(flow: Flow): void {
    seal(flow);
    flow.ended = ++this.#ended;
    const ring = flow.routine || isIdle(flow) ? this.#routine : this.#flows;
    if (ring.isFull) this.#evict(ring);
    ring.push(flow);
    this.bytes += flow.bytes;
    while (this.bytes > this.#limits.traceBytes && this.size > 1)
      this.#evict(this.#flows.size > 1 ? this.#flows : this.#routine);
  }

  #evict(ring: Ring): void {
    const oldest = ring.shift();
    if (oldest !== undefined) this.bytes -= oldest.bytes;
  }
}

/** Fixed capacity; the oldest leaves first. */
class Ring {
  readonly #slots: (Flow | undefined)[];
  #first = 0;
  size = 0;

  constructor(capacity: number) {
    this.#slots = new Array(Math.max(1, capacity)).fill(undefined);
  }

  get isFull(): boolean {
    return this.size === this.#slots.length;
  }
  push(flow: Flow): void {
    const at = this.#first + this.size++;
    this.#slots[at < this.#slots.length ? at : at - this.#slots.length] = flow;
  }
  shift(): Flow | undefined {
    if (this.size === 0) return undefined;
    const oldest = this.#slots[this.#first];
    this.#slots[this.#first] = undefined;
    this.#first = this.#first + 1 < this.#slots.length ? this.#first + 1 : 0;
    this.size--;
    return oldest;
  }
  find(number: number): Flow | undefined {
    return this.#slots.find((flow) => flow?.number === number);
  }
  all(): Flow[] {
    return this.#slots.filter((flow) => flow !== undefined);
  }
}

/** Something happened, and nothing was done about it. */
function isIdle(flow: Flow): boolean {
  return flow.count === 1 && flow.firstRecord?.type !== 'action';
}

function seal(flow: Flow): void {
  let bytes = flowBytes;
  for (let each = flow.firstActivation; each !== null; each = each.next) bytes += activationBytes;
  for (let record = flow.firstRecord; record !== null; record = record.next) {
    const { traced, sensitive } = record.kind;
    bytes += recordBytes;
    if (!traced) {
      record.input = {};
      record.output = null;
      continue;
    }
    const input = sensitive === null ? weigh(record.input) : -1;
    if (input < 0) record.input = cut(record.input, sensitive ?? nothing) as object;
    bytes += input < 0 ? weighCut(record.input) : input;
    if (record.output === null) continue;
    const output = sensitive === null ? weigh(record.output) : -1;
    if (output < 0) record.output = cut(record.output, sensitive ?? nothing) as object;
    bytes += output < 0 ? weighCut(record.output) : output;
  }
  flow.bytes = bytes;
}

/** What has been cut is small; what cannot be weighed even so counts as the largest it can be. */
function weighCut(value: object): number {
  const bytes = weigh(value);
  return bytes < 0 ? 8192 : bytes;
}
