// The engine as its users see it. Types only.
import type { Emit, Implementation } from '../concept.ts';
import type { AnyVocabulary, Cause, DoorOf, Origin } from '../door.ts';
import type { Failure } from '../vocabulary/common.ts';
import type { RuleMetrics } from './metrics.ts';
import type { Rule } from './rule.ts';
import type { FlowView, RecordView } from './view.ts';

export interface RegisterOptions {
  /** Names of fields of inputs, outputs and payloads that are never recorded. */
  readonly sensitive?: readonly string[];
}

export interface RuleSummary {
  readonly name: string;
  readonly summary: string;
  /** What it was registered with: "built-in", or what replace() was told. */
  readonly group: string;
  readonly enabled: boolean;
  /** Concepts it looks at, asks or acts on, sorted. */
  readonly concepts: readonly string[];
  readonly when: readonly string[];
  readonly where: readonly string[];
  readonly does: readonly string[];
}

/** What replace() did. Rules of unchanged text have been kept, with their metrics and what they hold back. */
export interface Replaced {
  readonly added: readonly string[];
  readonly kept: readonly string[];
  readonly removed: readonly string[];
}

export interface Engine<V extends AnyVocabulary<V>> extends DoorOf<V> {
  /** Gives a concept's actions and queries to the engine. Once for each concept. */
  register<C extends keyof V & string>(
    concept: C,
    implementation: Implementation<V[C]>,
    options?: RegisterOptions,
  ): void;
  /** Registers built-in rules; their order is the order in which they fire. */
  use(rules: readonly Rule[]): void;
  /** The rules of a group from now on, all of them or, on a failure, none. A record that is being matched and
   *  activations under way go on with the rules there were; what a rate limit holds back for a rule that goes or
   *  changes is dropped. Groups fire after the built-in rules, in the order of their names. */
  replace(
    group: string,
    rules: readonly Rule[],
  ): Replaced | Failure<'NAME_TAKEN' | 'NOT_OFFERED' | 'BAD_RULE'>;
  /** Switches a rule on or off, also one that is yet to come, and for as long as its name is in use: a replaced rule
   *  stays as it was set. Switched off it is in no index and costs nothing. Off for several reasons (`why`), it is on
   *  when the last of them is taken back. False: there is no such rule now. */
  setEnabled(ruleName: string, on: boolean, why?: string): boolean;
  /** "Concept.action" and "Concept.query" that rules name and nobody has registered. */
  missing(): string[];
  /** The action whose code runs at this moment, for what it will cause later; null: none. */
  current(): Cause | null;
  /** Something happened. Inside an action: a child of it. Otherwise it starts a flow, because of a record if one is
   *  given; false: what followed from it at once could not be saved. */
  emit<C extends keyof V & string, E extends keyof V[C]['events'] & string>(
    concept: C,
    event: E,
    payload: V[C]['events'][E],
    origin?: Origin,
    because?: Cause | null,
  ): boolean;
  /** The emit port of one concept. */
  emitter<C extends keyof V & string>(concept: C, origin?: Origin): Emit<V[C]>;

  rules(): RuleSummary[];
  /** Undefined: no such rule. */
  ruleMetrics(name: string): RuleMetrics | undefined;
  prometheus(): string;

  readonly trace: TraceReader;
  /** Resolves when no action is in flight and nothing is waiting to be delivered. Rate limits do not count. */
  idle(): Promise<void>;
  /** Lets what rate limits hold back go now. */
  flush(): void;
  /** Forgets what rate limits hold back, with its timers. */
  stop(): void;
}

export interface TraceReader {
  readonly isOn: boolean;
  /** enable_action_tracing, for everything or for one concept. */
  enable(on: boolean, concept?: string): void;
  /** Also a flow that is still under way. */
  flow(id: string): FlowView | undefined;
  /** Newest first. */
  flows(options?: { readonly limit?: number }): FlowView[];
  /** Flows with a record for which the predicate holds, newest first, and before them those that are still under way. */
  findFlowsOf(predicate: (record: RecordView) => boolean, limit?: number): FlowView[];
  record(id: string): RecordView | undefined;
  /** From a record back to what came from outside, over all causes and across flows; itself first. */
  pathToRoot(recordId: string): RecordView[];
  /** Everything that followed from a record, across flows, in order. */
  effectsOf(recordId: string): RecordView[];
  asTree(flowId: string): string | undefined;
  asDot(flowId: string): string | undefined;
  /** What is kept: flows, and an estimate of their bytes. */
  readonly size: { readonly flows: number; readonly bytes: number };
}
