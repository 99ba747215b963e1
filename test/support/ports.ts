// Ports for tests: a clock that is moved by hand, and an emit that keeps what it was given.
import type { Clock } from '../../daemon/ports.ts';
import type { Emit } from '../../sync/concept.ts';
import type { ConceptVocabulary } from '../../sync/vocabulary/common.ts';

export interface HandClock extends Clock {
  nowAt: number;
  pass(ms: number): void;
  /** Somebody sets the calendar clock; no time passes. */
  set(toMs: number): void;
}

export function handClock(startMs = Date.UTC(2026, 0, 5, 12)): HandClock {
  let passedMs = 0;
  return {
    nowAt: startMs,
    pass(ms) {
      this.nowAt += ms;
      passedMs += ms;
    },
    set(toMs) {
      this.nowAt = toMs;
    },
    nowMs() {
      return this.nowAt;
    },
    monotonicMs() {
      return passedMs;
    },
  };
}

export interface Emitted {
  readonly event: string;
  readonly payload: object;
}

/** An emit port, and what went through it. */
export function recorder<V extends ConceptVocabulary>(): { emit: Emit<V>; emitted: Emitted[] } {
  const emitted: Emitted[] = [];
  return { emit: (event, payload) => void emitted.push({ event, payload }), emitted };
}
