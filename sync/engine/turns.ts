// Turns: the life of flows. A turn is synchronous: all that follows from one thing from outside, or from one settled
// promise, up to the promises it meets. The host may wrap each turn in a transaction; answers, listeners of ended
// flows and coalesced events come after it.
import type { Cause, Origin } from '../door.ts';
import { Coalescer, type Waiting } from './coalesce.ts';
import { Evaluator } from './evaluate.ts';
import { type Held, Limiter } from './limiter.ts';
import type { EngineLimits, EngineOptions, Problem } from './ports.ts';
import { type Awaited, Flow, FlowRecord, type Kind } from './record.ts';

interface Answer {
  readonly awaited: Awaited;
  readonly output: object;
}

export interface TurnsHost {
  /** Whether records of new flows are kept. */
  keepsRecords(): boolean;
  problem(problem: Problem): void;
  /** After its turn is committed. */
  ended(flow: Flow): void;
}

const nobody: readonly string[] = [];
const nothing = Object.freeze({});
const timerOrigin: Origin = { door: 'timer' };

export class Turns {
  readonly #options: EngineOptions;
  readonly #host: TurnsHost;
  readonly #evaluator: Evaluator;
  readonly #coalescer: Coalescer;
  readonly limiter: Limiter;
  /** Flows with a promise in flight. */
  readonly underWay = new Map<number, Flow>();
  /** What begins next in this turn. */
  readonly #inbox: FlowRecord[] = [];
  #inTurn = false;
  #turns = 0;
  /** Of this turn. */
  #answers: Answer[] = [];
  #ended: Flow[] = [];
  #idleWaiters: (() => void)[] = [];
  readonly #drain = () => this.#runInbox();

  constructor(options: EngineOptions, limits: EngineLimits, host: TurnsHost) {
    this.#options = options;
    this.#host = host;
    this.limiter = new Limiter(options.clock, options.timers, (held) => this.#resume(held));
    this.#evaluator = new Evaluator({
      limits,
      monotonicMs: options.clock.monotonicMs,
      problem: (problem) => host.problem(problem),
      completed: (record) => this.#completed(record),
      settled: (record) => this.#enter(record),
      mayPass: (rule, held) => rule.limit === null || this.limiter.pass(rule.limit, held),
    });
    this.#coalescer = new Coalescer({
      timers: options.timers,
      maxGeneration: limits.chain,
      defer: options.defer ?? ((run) => queueMicrotask(run)),
      deliver: (waiting) => this.#deliver(waiting),
      slowed: (waiting) => this.#slowed(waiting),
    });
  }

  /** Runs an action as the root of a new flow. `keys`: who answers; null: the root. */
  ask(
    kind: Kind,
    input: object,
    keys: ReadonlySet<string> | null,
    origin: Origin,
    because: Cause | null = null,
  ): Promise<object> {
    return new Promise((resolve) => {
      const flow = this.#flowBecauseOf(because, origin);
      flow.awaited = { keys, resolve };
      this.#enter(new FlowRecord('action', kind, flow, input, null, null, 0));
    });
  }

  get current(): Cause | null {
    return this.#evaluator.current;
  }

  /** False: it began a turn, and that could not be saved. */
  emit(kind: Kind, payload: object, origin: Origin, because: Cause | null = null): boolean {
    const by = this.#evaluator.current;
    if (kind.stateLike) this.#coalescer.add(kind, payload, by, origin);
    else if (by !== null) {
      by.emitted ??= [];
      by.emitted.push(new FlowRecord('event', kind, by.flow, payload, null, by, by.depth + 1));
    } else if (kind.watchers.length > 0 || this.#options.bus?.hasSubscribers(kind.key) === true) {
      const flow = this.#flowBecauseOf(because, origin);
      flow.routine = kind.routine;
      return this.#enter(new FlowRecord('event', kind, flow, payload, null, null, 0));
    }
    return true;
  }

  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idleWaiters.push(resolve);
      this.#tellIfIdle();
    });
  }

  stop(): void {
    this.limiter.clear();
    this.#coalescer.stop();
  }

  #newFlow(origin: Origin, causedBy: readonly string[], generation: number): Flow {
    const { ids, clock } = this.#options;
    return new Flow(
      ids.boot,
      ids.next(),
      origin,
      clock.nowMs(),
      causedBy,
      generation,
      this.#host.keepsRecords(),
    );
  }

  #enter(record: FlowRecord): boolean {
    this.#inbox.push(record);
    return this.#inTurn || this.#turn();
  }

  /** False: it could not be saved. */
  #turn(): boolean {
    const { aroundTurn, beforeAnswers } = this.#options;
    this.#inTurn = true;
    this.#turns++;
    let failure: unknown = null;
    try {
      if (aroundTurn === undefined) this.#runInbox();
      else aroundTurn(this.#drain);
      if (this.#answers.length > 0) beforeAnswers?.();
    } catch (error) {
      failure = error ?? new Error('the turn failed');
    }
    this.#inTurn = false;
    const answers = this.#answers;
    if (answers.length > 0) this.#answers = [];
    if (failure !== null) this.#failed(failure, answers);
    else for (const { awaited, output } of answers) awaited.resolve(output);
    this.#closeEnded();
    this.#tellIfIdle();
    return failure === null;
  }

  #runInbox(): void {
    const inbox = this.#inbox;
    for (let i = 0; i < inbox.length; i++) {
      const record = inbox[i] as FlowRecord;
      const { flow } = record;
      flow.turn = this.#turns;
      this.#evaluator.begin(record);
      if (flow.pending > 0) this.underWay.set(flow.number, flow);
      else this.#ended.push(flow);
    }
    // Nearly always one: popping it is much cheaper than setting the length.
    if (inbox.length === 1) inbox.pop();
    else inbox.length = 0;
  }

  /** What was to be saved in this turn was not: nobody is told that it was. */
  #failed(failure: unknown, answers: readonly Answer[]): void {
    const text = failure instanceof Error ? failure.message : String(failure);
    this.#host.problem({ kind: 'TURN_FAILED', message: `a turn was not saved: ${text}`, error: failure });
    const output = { error: 'INTERNAL', message: `it could not be saved: ${text}` };
    for (const { awaited } of answers) awaited.resolve(output);
    // What had not begun when it failed does not begin.
    for (const { flow } of this.#inbox.splice(0)) {
      flow.awaited?.resolve(output);
      flow.awaited = null;
      this.underWay.delete(flow.number);
    }
    for (const flow of this.#ended) flow.isUnsaved = true;
    for (const flow of this.underWay.values()) if (flow.turn === this.#turns) flow.isUnsaved = true;
  }

  #closeEnded(): void {
    const ended = this.#ended;
    // Nearly always one; a list of its own each time is dear.
    if (ended.length === 1) this.#close(ended.pop() as Flow);
    else if (ended.length > 1) {
      this.#ended = [];
      for (const flow of ended) this.#close(flow);
    }
  }

  #close(flow: Flow): void {
    if (this.underWay.size > 0) this.underWay.delete(flow.number);
    const { awaited } = flow;
    if (awaited !== null) {
      flow.awaited = null;
      const names = [...(awaited.keys ?? [])].join(' or ');
      const message = `no rule answered: ${names} did not happen`;
      this.#host.problem({ kind: 'UNANSWERED', message, flow: flow.id });
      awaited.resolve({ error: 'NO_ANSWER', message });
    }
    this.#host.ended(flow);
  }

  #completed(record: FlowRecord): void {
    const { flow, kind } = record;
    if (flow.awaited !== null) this.#answer(flow, record);
    if (record.type !== 'event') return;
    const { bus } = this.#options;
    if (bus?.hasSubscribers(kind.key) !== true) return;
    bus.emit(kind.key, () => record.input, {
      id: record.id,
      parent: record.parent?.id ?? flow.causedBy[0] ?? null,
      root: `${flow.id}.0`,
      flow: flow.id,
    });
  }

  #answer(flow: Flow, record: FlowRecord): void {
    const awaited = flow.awaited as Awaited;
    const output = record.output as object & { readonly error?: unknown };
    if (record.type !== 'action') return;
    const answers =
      awaited.keys === null
        ? record.index === 0
        : awaited.keys.has(record.kind.key) || (record.index === 0 && output.error !== undefined);
    if (!answers) return;
    flow.awaited = null;
    this.#answers.push({ awaited, output });
  }

  #deliver(all: readonly Waiting[]): void {
    for (const { kind, payload, causes, origin, generation } of all) {
      const flow = this.#causedFlow(origin, causes, generation);
      flow.routine = kind.routine;
      this.#inbox.push(new FlowRecord('event', kind, flow, payload, null, null, 0));
    }
    if (!this.#inTurn) this.#turn();
  }

  #slowed({ kind, generation }: Waiting): void {
    this.#host.problem({
      kind: 'CHAIN_SLOWED',
      message: `${kind.key} has caused itself ${generation} times in a row: slowed to once a second`,
      action: kind.key,
    });
  }

  /** The time of a rate limit has come. */
  #resume(held: Held): void {
    const { rule, causes, row, rows } = held;
    const flow = this.#causedFlow(timerOrigin, causes, 0);
    flow.routine = causes.every((cause) => cause.flow.routine);
    const record = new FlowRecord('timer', rule.timer, flow, nothing, null, null, 0);
    record.delayed = { rule, row, rows };
    this.#enter(record);
  }

  #flowBecauseOf(because: Cause | null, origin: Origin): Flow {
    if (because === null) return this.#newFlow(origin, nobody, 0);
    // A cause is always a record that this engine gave (current).
    const record = because as FlowRecord;
    return this.#causedFlow(origin, [record], record.flow.generation + 1);
  }

  #causedFlow(origin: Origin, causes: readonly FlowRecord[], generation: number): Flow {
    if (!this.#host.keepsRecords()) return this.#newFlow(origin, nobody, generation);
    const causedBy = causes.map((cause) => cause.id);
    const flow = this.#newFlow(origin, causedBy, generation);
    for (const cause of causes) {
      cause.flow.causedFlows ??= [];
      if (cause.flow.causedFlows.at(-1) !== flow.id) cause.flow.causedFlows.push(flow.id);
    }
    return flow;
  }

  #tellIfIdle(): void {
    if (this.#idleWaiters.length === 0) return;
    if (this.#inTurn || this.underWay.size > 0 || !this.#coalescer.isEmpty) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const tell of waiters) tell();
  }
}
