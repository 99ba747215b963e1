// Ports: what the engine is given, and the settings of one engine. Types only; the engine reaches for nothing itself.
import type { Origin } from '../door.ts';
import type { CompactFlow } from './compact.ts';
import type { FlowView } from './view.ts';

export interface EngineClock {
  /** Calendar time, ms since 1970 UTC. */
  nowMs(): number;
  /** Monotonic time, ms, with a fraction. */
  monotonicMs(): number;
}

export interface EngineTimers {
  /** Runs once after `delayMs`; the answer takes it back. */
  after(delayMs: number, run: () => void): () => void;
}

/** Ids are a boot id and a counter; whoever else makes ids shares the counter. */
export interface Ids {
  readonly boot: string;
  next(): number;
}

/** Where an event belongs. `flow` and `root` are the same for everything that follows from one thing. */
export interface Lineage {
  readonly id: string;
  readonly parent: string | null;
  readonly root: string;
  readonly flow: string;
}

/** Carries events to adapters. Never throws. */
export interface EngineBus {
  hasSubscribers(type: string): boolean;
  emit(type: string, payload: () => object, lineage: Lineage): void;
}

/** Something that should not have happened, told to whoever watches. The engine goes on. */
export interface Problem {
  readonly kind:
    | 'ACTION_THREW'
    | 'WHERE_THREW'
    | 'ARGS_THREW'
    | 'TOO_DEEP'
    | 'TOO_MANY_ACTIONS'
    | 'CHAIN_SLOWED'
    | 'UNANSWERED'
    | 'TURN_FAILED'
    | 'SINK_THREW'
    | 'RULE_CYCLE';
  readonly message: string;
  readonly rule?: string;
  readonly action?: string;
  readonly flow?: string;
  readonly error?: unknown;
}

export interface EngineOptions {
  readonly clock: EngineClock;
  readonly timers: EngineTimers;
  readonly ids: Ids;
  readonly bus?: EngineBus;
  /** Called around each synchronous turn and must call `run` exactly once: one transaction, say.
   *  What it throws fails the turn: whoever waits for an answer is told. */
  readonly aroundTurn?: (run: () => void) => void;
  /** After a turn that somebody waits for, before they are answered: what it did is made to last, say. What it throws fails the
   *  turn as well. */
  readonly beforeAnswers?: () => void;
  /** Runs something soon, after the current turn has been answered. Default: a microtask. */
  readonly defer?: (run: () => void) => void;
  /** "Concept.event" whose emissions within a turn become one, delivered after it as a flow of their own. */
  readonly stateLike?: readonly string[];
  /** Events that come all day: of the flows they start, the trace keeps a few only, as of those in which nothing
   *  was done. */
  readonly routine?: readonly string[];
  readonly limits?: Partial<EngineLimits>;
  /** enable_action_tracing; default true. */
  readonly tracing?: boolean;
  readonly onProblem?: (problem: Problem) => void;
  /** A flow has ended and its turn is committed. `view` is made when called. Only while tracing. */
  readonly onFlowEnd?: (flow: EndedFlow) => void;
}

export interface EngineLimits {
  /** An action caused by an action caused by ... */
  readonly depth: number;
  /** Taken by rules. */
  readonly actionsPerFlow: number;
  /** Flows that cause one another without anything from outside; beyond it, one a second. */
  readonly chain: number;
  readonly tracedFlows: number;
  /** Within tracedFlows. */
  readonly tracedRoutineFlows: number;
  readonly traceBytes: number;
}

export interface EndedFlow {
  readonly id: string;
  readonly startedAtMs: number;
  readonly origin: Origin;
  readonly routine: boolean;
  /** "Concept.action" or "Concept.event" of everything in it, in order. */
  names(): string[];
  view(): FlowView;
  /** The same as little data, to be written down. */
  compact(): CompactFlow;
}
