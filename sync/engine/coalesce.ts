// Coalesce: several emissions of one state-like event become one, delivered after the turn as a flow of its own.
// A chain of flows that only cause one another is slowed down, never cut: nothing is lost, and nothing spins.
import type { Origin } from '../door.ts';
import type { EngineTimers } from './ports.ts';
import type { FlowRecord, Kind } from './record.ts';

const slowedMs = 1000;
/** More causes of one delivery than this are not told apart. */
const maxCauses = 16;

export interface Waiting {
  readonly kind: Kind;
  /** Of the last emission. */
  payload: object;
  readonly causes: FlowRecord[];
  origin: Origin;
  /** Flows since something came from outside. */
  generation: number;
}

export interface CoalescerHost {
  readonly timers: EngineTimers;
  readonly maxGeneration: number;
  defer(run: () => void): void;
  deliver(waiting: readonly Waiting[]): void;
  slowed(waiting: Waiting): void;
}

export class Coalescer {
  readonly #host: CoalescerHost;
  readonly #waiting = new Map<Kind, Waiting>();
  #isDue = false;
  #slow: (() => void) | null = null;
  readonly #run = () => this.#deliver();

  constructor(host: CoalescerHost) {
    this.#host = host;
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** `by`: the action that emits it; null: from outside. */
  add(kind: Kind, payload: object, by: FlowRecord | null, origin: Origin): void {
    const generation = by === null ? 0 : by.flow.generation + 1;
    const waiting = this.#waiting.get(kind);
    if (waiting === undefined)
      this.#waiting.set(kind, {
        kind,
        payload,
        causes: by === null ? [] : [by],
        origin: by === null ? origin : by.flow.origin,
        generation,
      });
    else {
      waiting.payload = payload;
      if (by !== null && waiting.causes.length < maxCauses) waiting.causes.push(by);
      if (generation > waiting.generation) waiting.generation = generation;
    }
    if (this.#isDue) return;
    this.#isDue = true;
    this.#host.defer(this.#run);
  }

  #deliver(): void {
    this.#isDue = false;
    const due: Waiting[] = [];
    for (const waiting of this.#waiting.values()) {
      if (waiting.generation <= this.#host.maxGeneration) due.push(waiting);
      else if (this.#slow === null) {
        this.#host.slowed(waiting);
        this.#slow = this.#host.timers.after(slowedMs, () => this.#deliverSlowed());
      }
    }
    for (const waiting of due) this.#waiting.delete(waiting.kind);
    if (due.length > 0) this.#host.deliver(due);
  }

  #deliverSlowed(): void {
    this.#slow = null;
    const due = [...this.#waiting.values()];
    this.#waiting.clear();
    if (due.length > 0) this.#host.deliver(due);
  }

  stop(): void {
    this.#slow?.();
    this.#slow = null;
  }
}
