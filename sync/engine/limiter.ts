// Limiter: holds the activations of rate-limited rules back. Timers are a port; what is due is handed to `fire`.
import type { CompiledLimit, CompiledRule } from './compile.ts';
import type { EngineClock, EngineTimers } from './ports.ts';
import type { FlowRecord } from './record.ts';
import type { Row } from './rule.ts';

/** The latest activation that came too soon: as far as WHERE has been evaluated. */
export interface Held {
  readonly rule: CompiledRule;
  readonly causes: readonly FlowRecord[];
  /** What WHEN bound, for ELSE. */
  readonly row: Row;
  readonly rows: Row[];
}

interface State {
  lastMs: number;
  held: Held | null;
  cancel: (() => void) | null;
}

export class Limiter {
  readonly #clock: EngineClock;
  readonly #timers: EngineTimers;
  readonly #fire: (held: Held) => void;
  readonly #states = new Map<CompiledRule, State>();

  constructor(clock: EngineClock, timers: EngineTimers, fire: (held: Held) => void) {
    this.#clock = clock;
    this.#timers = timers;
    this.#fire = fire;
  }

  /** True: go on now. False: dropped, or held until its time has come. */
  pass(limit: CompiledLimit, held: Held): boolean {
    const nowMs = this.#clock.monotonicMs();
    let state = this.#states.get(held.rule);
    if (state === undefined) {
      state = { lastMs: Number.NEGATIVE_INFINITY, held: null, cancel: null };
      this.#states.set(held.rule, state);
    }
    const waitMs = state.lastMs + limit.everyMs - nowMs;
    if (waitMs <= 0 && state.cancel === null) {
      state.lastMs = nowMs;
      return true;
    }
    if (limit.keep === 'last' && held.rule.isLive) {
      state.held = held;
      const due = state;
      state.cancel ??= this.#timers.after(Math.max(0, waitMs), () => this.#due(due));
    }
    return false;
  }

  /** Lets everything held go now: before the daemon stops. */
  flush(): void {
    for (const state of this.#states.values()) {
      if (state.held !== null) this.#due(state);
    }
  }

  /** A rule is gone or switched off: what it held back is dropped, since nobody wants it done any more. */
  forget(rule: CompiledRule): void {
    this.#states.get(rule)?.cancel?.();
    this.#states.delete(rule);
  }

  /** Forgets everything held and its timers. */
  clear(): void {
    for (const state of this.#states.values()) state.cancel?.();
    this.#states.clear();
  }

  #due(state: State): void {
    state.cancel?.();
    state.cancel = null;
    const held = state.held;
    if (held === null) return;
    state.held = null;
    state.lastMs = this.#clock.monotonicMs();
    this.#fire(held);
  }
}
