// Engine: the door to the concepts, and what follows from what. Joins registry, turns and trace; runs on the main
// thread; knows no time, timer, bus or file but those it is given.
import type { AnyVocabulary, Cause, Origin } from '../door.ts';
import type { Failure } from '../vocabulary/common.ts';
import { compactFlow } from './compact.ts';
import { findCycles } from './graph.ts';
import { prometheusText, type RuleMetrics } from './metrics.ts';
import type { EndedFlow, EngineLimits, EngineOptions, Problem } from './ports.ts';
import { Provenance } from './provenance.ts';
import type { Flow } from './record.ts';
import { type ConceptFunctions, Registry } from './registry.ts';
import type { Rule } from './rule.ts';
import { RuleSet } from './rule-set.ts';
import { Trace } from './trace.ts';
import { Turns } from './turns.ts';
import type { Engine, RegisterOptions, Replaced, RuleSummary } from './types.ts';
import { viewFlow } from './view.ts';

const defaultLimits: EngineLimits = {
  depth: 32,
  actionsPerFlow: 500,
  chain: 100,
  tracedFlows: 1000,
  tracedRoutineFlows: 50,
  traceBytes: 8 * 1024 * 1024,
};
const fromOutside: Origin = { door: 'core' };

export function createEngine<V extends AnyVocabulary<V>>(options: EngineOptions): Engine<V> {
  return new Core(options) as unknown as Engine<V>;
}

/** Without the vocabulary's types: those are checked where the engine is used. */
class Core {
  readonly #options: EngineOptions;
  readonly #registry = new Registry();
  readonly #rules: RuleSet;
  readonly #turns: Turns;
  readonly #trace: Trace;
  readonly trace: Provenance;
  #isTracing: boolean;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#isTracing = options.tracing ?? true;
    const limits = { ...defaultLimits, ...options.limits };
    this.#trace = new Trace(limits);
    this.#turns = new Turns(options, limits, {
      keepsRecords: () => this.#isTracing || this.#rules.hasJoins,
      problem: (problem) => this.#problem(problem),
      ended: (flow) => this.#ended(flow),
    });
    this.#rules = new RuleSet(
      (key) => this.#registry.kindOf(key),
      (rule) => this.#turns.limiter.forget(rule),
    );
    this.trace = new Provenance(this.#trace, this.#turns.underWay, {
      isOn: () => this.#isTracing,
      enable: (on, concept) => {
        if (concept !== undefined) this.#registry.setTraced(concept, on);
        else this.#isTracing = on;
      },
    });
    for (const key of options.stateLike ?? []) this.#registry.kindOf(key).stateLike = true;
    for (const key of options.routine ?? []) this.#registry.kindOf(key).routine = true;
  }

  register(concept: string, functions: ConceptFunctions, options?: RegisterOptions): void {
    this.#registry.register(concept, functions, options);
  }

  use(rules: readonly Rule[]): void {
    this.#rules.use(rules);
    this.#warnOfCycles(new Set(rules.map((rule) => rule.definition.name)));
  }

  replace(group: string, rules: readonly Rule[]): Replaced | Failure {
    const replaced = this.#rules.replace(group, rules);
    if ('added' in replaced) this.#warnOfCycles(new Set(replaced.added));
    return replaced;
  }

  setEnabled(ruleName: string, on: boolean, why = 'switched'): boolean {
    return this.#rules.setEnabled(ruleName, on, why);
  }

  missing(): string[] {
    return this.#rules.missing();
  }

  run(concept: string, action: string, input: object, origin: Origin): Promise<object> {
    return this.#turns.ask(this.#registry.kindAt(concept, action), input, null, origin);
  }

  request(
    concept: string,
    action: string,
    input: object,
    answeredBy: readonly string[],
    origin: Origin,
    because: Cause | null = null,
  ): Promise<object> {
    const keys = new Set(answeredBy);
    return this.#turns.ask(this.#registry.kindAt(concept, action), input, keys, origin, because);
  }

  current(): Cause | null {
    return this.#turns.current;
  }

  query(concept: string, query: string, input: object): readonly object[] {
    const { ask, key } = this.#registry.kindAt(concept, query);
    if (ask === null) throw new Error(`query ${key} is not registered`);
    return ask(input);
  }

  emit(
    concept: string,
    event: string,
    payload: object,
    origin: Origin = fromOutside,
    because: Cause | null = null,
  ): boolean {
    return this.#turns.emit(this.#registry.kindAt(concept, event), payload, origin, because);
  }

  emitter(concept: string, origin: Origin = fromOutside): (event: string, payload: object) => void {
    return (event, payload) => this.#turns.emit(this.#registry.kindAt(concept, event), payload, origin);
  }

  rules(): RuleSummary[] {
    return this.#rules.summaries();
  }

  ruleMetrics(name: string): RuleMetrics | undefined {
    return this.#rules.all.find((rule) => rule.name === name)?.metrics.read(name);
  }

  prometheus(): string {
    return prometheusText(this.#rules.all);
  }

  idle(): Promise<void> {
    return this.#turns.idle();
  }

  flush(): void {
    this.#turns.limiter.flush();
  }

  stop(): void {
    this.#turns.stop();
  }

  /** Of those that one of these rules is part of: the others have been warned of. */
  #warnOfCycles(added: ReadonlySet<string>): void {
    if (added.size === 0) return;
    for (const cycle of findCycles(this.#rules.all))
      if (cycle.some((name) => added.has(name)))
        this.#problem({
          kind: 'RULE_CYCLE',
          message: `these rules can set each other off without end: ${cycle.join(' → ')}`,
        });
  }

  #problem(problem: Problem): void {
    this.#options.onProblem?.(problem);
  }

  #ended(flow: Flow): void {
    if (!this.#isTracing || flow.firstRecord === null) return;
    this.#trace.add(flow);
    const { onFlowEnd } = this.#options;
    if (onFlowEnd === undefined) return;
    try {
      onFlowEnd(endedFlow(flow));
    } catch (error) {
      this.#problem({ kind: 'SINK_THREW', message: 'the trace was not saved', flow: flow.id, error });
    }
  }
}

function endedFlow(flow: Flow): EndedFlow {
  return {
    id: flow.id,
    startedAtMs: flow.startedAtMs,
    origin: flow.origin,
    routine: flow.routine,
    names: () => flow.records.map((record) => record.kind.key),
    view: () => viewFlow(flow),
    compact: () => compactFlow(flow),
  };
}
