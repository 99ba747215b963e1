// Records: what happened in a flow, and why. Plain objects of fixed shape, made on every activation, so kept small.
import type { Origin } from '../door.ts';
import type { CompiledRule, CompiledThen, Watcher } from './compile.ts';
import type { Row } from './rule.ts';

type Run = (input: object) => object | Promise<object>;
type Ask = (input: object) => readonly object[];

/** One action, query or event of the vocabulary, and who looks at it: the index of rules. */
export class Kind {
  readonly key: string;
  run: Run | null = null;
  ask: Ask | null = null;
  /** Rules whose WHEN looks at this, in the order in which they fire. Never changed, only replaced: whoever goes
   *  through it goes on with what was there. */
  watchers: readonly Watcher[] = [];
  stateLike = false;
  routine = false;
  /** False: the trace keeps that it happened, not with what. */
  traced = true;
  /** Names of fields that are never recorded. */
  sensitive: ReadonlySet<string> | null = null;
  constructor(key: string) {
    this.key = key;
  }
}

export type RecordType = 'action' | 'event' | 'timer';

/** Where a row goes on when its action's promise has settled. */
export interface Resume {
  readonly activation: Activation;
  readonly row: Row;
  readonly steps: readonly CompiledThen[];
  readonly step: number;
}

/** Rows held back by a rate limit until its timer fires. */
export interface Delayed {
  readonly rule: CompiledRule;
  readonly row: Row;
  readonly rows: Row[];
}

export class FlowRecord {
  readonly type: RecordType;
  readonly kind: Kind;
  readonly flow: Flow;
  /** Within the flow, from 0: the root. */
  readonly index: number;
  readonly depth: number;
  /** Of an event: its payload. */
  input: object;
  output: object | null = null;
  /** The activation that caused it, with its rule and all its causes; null: emitted by `parent`, or the root. */
  readonly activation: Activation | null;
  readonly parent: FlowRecord | null;
  /** In the order of completion; -1 until then. */
  place = -1;
  threw = false;
  settled = false;
  resume: Resume | null = null;
  delayed: Delayed | null = null;
  /** Events emitted while it ran, delivered when it has returned. */
  emitted: FlowRecord[] | null = null;
  /** The one after it in the flow. */
  next: FlowRecord | null = null;

  constructor(
    type: RecordType,
    kind: Kind,
    flow: Flow,
    input: object,
    activation: Activation | null,
    parent: FlowRecord | null,
    depth: number,
  ) {
    this.type = type;
    this.kind = kind;
    this.flow = flow;
    this.index = flow.count++;
    this.depth = depth;
    this.input = input;
    this.activation = activation;
    this.parent = parent;
    if (flow.keep) flow.add(this);
  }

  get id(): string {
    return `${this.flow.id}.${this.index}`;
  }
}

export type Outcome = 'open' | 'ran' | 'rejected' | 'else' | 'failed' | 'limited';

/** One firing of a rule on one tuple of records. */
export class Activation {
  readonly rule: CompiledRule;
  readonly causes: readonly FlowRecord[];
  /** Rows that survived WHERE. */
  rows = 0;
  outcome: Outcome = 'open';
  /** Own time: WHERE and its actions, without what other rules did about them and without waiting. */
  spentMs = 0;
  openRows = 0;
  /** The one after it in the flow. */
  next: Activation | null = null;
  constructor(rule: CompiledRule, causes: readonly FlowRecord[]) {
    this.rule = rule;
    this.causes = causes;
  }
}

/** Whom a flow has to answer. */
export interface Awaited {
  /** Null: the root answers. */
  readonly keys: ReadonlySet<string> | null;
  readonly resolve: (output: object) => void;
}

export class Flow {
  readonly boot: string;
  readonly number: number;
  readonly origin: Origin;
  readonly startedAtMs: number;
  /** Records of other flows that led to this one, by id: kept as text so that no flow keeps another in memory. */
  readonly causedBy: readonly string[];
  /** Ids of flows that this one led to. */
  causedFlows: string[] | null = null;
  /** Flows since something came from outside. */
  readonly generation: number;
  /** Whether records are kept: for the trace, or because a rule joins several. */
  readonly keep: boolean;
  /** Chains instead of arrays: a flow is made on every event, and most have a record or two. */
  firstRecord: FlowRecord | null = null;
  #lastRecord: FlowRecord | null = null;
  firstActivation: Activation | null = null;
  #lastActivation: Activation | null = null;
  count = 0;
  /** Of rules. */
  actions = 0;
  completed = 0;
  /** Promises of actions not yet settled. */
  pending = 0;
  awaited: Awaited | null = null;
  bytes = 0;
  /** Rises with each flow that ends; 0 until then. What is in it has been cut and redacted when it is set. */
  ended = 0;
  routine = false;
  /** The last turn in which something of it happened. */
  turn = 0;
  /** A turn of it could not be saved: what it did there did not last. */
  isUnsaved = false;

  constructor(
    boot: string,
    number: number,
    origin: Origin,
    startedAtMs: number,
    causedBy: readonly string[],
    generation: number,
    keep: boolean,
  ) {
    this.boot = boot;
    this.number = number;
    this.origin = origin;
    this.startedAtMs = startedAtMs;
    this.causedBy = causedBy;
    this.generation = generation;
    this.keep = keep;
  }

  add(record: FlowRecord): void {
    if (this.#lastRecord === null) this.firstRecord = record;
    else this.#lastRecord.next = record;
    this.#lastRecord = record;
  }

  activate(activation: Activation): void {
    if (this.#lastActivation === null) this.firstActivation = activation;
    else this.#lastActivation.next = activation;
    this.#lastActivation = activation;
  }

  /** For whoever reads: in order. */
  get records(): FlowRecord[] {
    return chained(this.firstRecord);
  }
  get activations(): Activation[] {
    return chained(this.firstActivation);
  }

  /** Made when first asked for: most flows are never named. */
  get id(): string {
    this.#id ??= `${this.boot}-${this.number}`;
    return this.#id;
  }
  #id: string | null = null;
}

function chained<T extends { next: T | null }>(first: T | null): T[] {
  const all: T[] = [];
  for (let each = first; each !== null; each = each.next) all.push(each);
  return all;
}
