// What the HTTP adapter needs from the outside, as types. The composition root gives them the real thing.
import type { Door, Origin } from '../../../sync/door.ts';
import type {
  FlowFilter,
  FlowView,
  RecordView,
  RuleMetrics,
  RuleSummary,
} from '../../../sync/engine/index.ts';
import type { ScriptRequest } from '../../../sync/script/host.ts';
import type { JsonSchema } from '../../../sync/script/json-schema.ts';
import type { EntryId, Failure, PassageId } from '../../../sync/vocabulary/common.ts';
import type { SelectionFacts } from '../../../sync/vocabulary/director.ts';
import type { EnvelopeView } from '../../import/envelope-worker.ts';
import type { Clock, Log } from '../../ports.ts';
import type { FlowStream } from './flow-stream.ts';
import type { EventHub } from './hub.ts';
import type { AudioStats, AudioTestReport, MemoryParts, Meters } from './shapes.ts';

/** Why an entry plays: in words, and the facts the words were made from. */
export interface WhyAnswer {
  readonly entry: EntryId;
  readonly passage: PassageId;
  readonly source: 'auto' | 'person';
  /** One readable sentence. */
  readonly sentence: string;
  /** Every fact of the sentence: its text there, and where it was read from. */
  readonly said: readonly {
    readonly name: string;
    readonly text: string;
    readonly path: string;
    readonly value: string | number;
  }[];
  /** The rule that enqueued it; null when a person did, or when nothing of it is kept. */
  readonly rule: string | null;
  /** The flow of the decision, for /dev/flows/:id, while the trace still has it. */
  readonly flow: string | null;
  readonly facts: SelectionFacts | null;
}

export interface FlowPage {
  readonly flows: readonly FlowView[];
  readonly next: string | null;
}

export interface LineageOf {
  readonly records: readonly RecordView[];
  /** There are more than are shown. */
  readonly isCut: boolean;
}

/** The developers' door into the engine. Undefined: there is no such rule, or the flow is not kept (any more). */
export interface DevPorts {
  isOpen(): boolean;
  /** In the order in which they fire. */
  rules(): readonly RuleSummary[];
  ruleMetrics(name: string): RuleMetrics | undefined;
  /** Newest first, in pages; from memory, and behind it from trace.db. */
  flows(filter: FlowFilter, page: { readonly limit: number; readonly before: string | null }): FlowPage;
  flow(id: string): FlowView | undefined;
  /** What led to a record, and what followed from it, over all flows that are kept. */
  causes(recordId: string): LineageOf | undefined;
  effects(recordId: string): LineageOf | undefined;
  fits(flow: FlowView, filter: FlowFilter): boolean;
  /** As lines of text, each effect below its cause; records of several flows, a line each; and as Graphviz. */
  asTree(flow: FlowView): string;
  asText(records: readonly RecordView[]): string;
  asDot(title: string, records: readonly RecordView[]): string;
  /** What is recorded, and how much of it. */
  traceSize(): object;
  /** The counters of all rules as Prometheus text. */
  prometheus(): string;
}

/** The owner's rules: those of files and scripts, not the built-in ones. */
export interface RulePorts {
  list(): object;
  /** What is wrong with the text of a rule file, with places. */
  check(text: string): Promise<object>;
  setEnabled(name: string, on: boolean, origin: Origin): Promise<object | Failure>;
  /** Replays a rule, or the rules of a text, over what is recorded of the last hours. */
  test(what: { text: string } | { name: string }, hours: number): Promise<object | Failure>;
}

/** What a script's route answers; `body` null: nothing. */
export interface ScriptReply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** A route of a script, as far as it is known without calling it. */
export interface ScriptRouteView {
  readonly file: string;
  readonly method: string;
  /** "/x/things/:id" */
  readonly path: string;
  /** What the script says it is for; null: nothing. */
  readonly summary: string | null;
  /** What its body has to be, if the script says so as data; null: only the handler knows. */
  readonly body: JsonSchema | null;
}

/** The owner's scripts: what they define, and what they answer below /x/. */
export interface ScriptPorts {
  list(): object;
  routes(): readonly ScriptRouteView[];
  setEnabled(file: string, on: boolean, origin: Origin): Promise<object | Failure>;
  answer(request: Omit<ScriptRequest, 'params'>): ScriptReply;
}

/** A picture at the size that was asked for, or the news that its file is what is to be sent: for good, or for now. */
export type Cover =
  | { readonly kind: 'sized'; readonly jpeg: Buffer; readonly size: number }
  | { readonly kind: 'original'; readonly isFinal: boolean };

export interface HttpPorts {
  readonly door: Door;
  readonly hub: EventHub;
  readonly flowStream: FlowStream;
  readonly clock: Clock;
  readonly log: Log;
  readonly dev: DevPorts;
  readonly rules: RulePorts;
  readonly scripts: ScriptPorts;
  readonly bootId: string;
  readonly version: string;
  /** Host names this machine goes by, besides localhost and addresses. */
  readonly hostNames: readonly string[];
  /** The state directory's art folder. */
  readonly artDir: string;
  /** The built panel (dist/panel). */
  readonly panelDir: string;
  /** `current`-ness is resolved before: an entry that waits, sounds or has been. */
  why(entry: EntryId): WhyAnswer | Failure<'NO_SUCH_ENTRY'>;
  devices(): Promise<object>;
  /** Of the file of art at `path`, which has so many bytes, at about `size` pixels. */
  cover(path: string, bytes: number, size: number, signal: AbortSignal): Promise<Cover | Failure>;
  /** Of the file at `path`, for as long as `signal` is not aborted. */
  envelope(path: string, signal: AbortSignal): Promise<EnvelopeView | Failure>;
  audioStats(): AudioStats;
  /** A tone through the device; until it has ended or `signal` is aborted. */
  audioTest(signal: AbortSignal): Promise<AudioTestReport | Failure>;
  meters(): Meters;
  memoryParts(): Promise<MemoryParts>;
}
