// Compact: a flow as little plain data as it can be, for whoever writes down many. Places instead of names:
// what a rule has caused names its activation, and that has the rule and the causes. Pure.
import type { Origin } from '../door.ts';
import type { Flow, FlowRecord, Outcome } from './record.ts';
import { shown } from './view.ts';

/** A record of the same flow by its place, of another one by its id. */
export type CompactCause = number | string;
/** The place of the activation that caused it, or its causes. */
type CausedBy = number | readonly CompactCause[];
export type CompactRecord = readonly [
  /** 0: action, 1: event, 2: timer. */
  type: number,
  name: string,
  input: unknown,
  output: unknown,
  by: CausedBy,
  threw?: 1,
];
export type CompactActivation = readonly [
  rule: string,
  causes: readonly CompactCause[],
  rows: number,
  outcome: Outcome,
  durationNs: number,
];
export interface CompactFlow {
  /** Origin, flows it was caused by and flows it led to, records, activations. */
  readonly o: Origin;
  readonly b?: readonly string[];
  readonly f?: readonly string[];
  readonly r: readonly CompactRecord[];
  readonly a: readonly CompactActivation[];
  /** It was not saved. */
  readonly u?: 1;
}

const types = ['action', 'event', 'timer'] as const;

export function compactFlow(flow: Flow): CompactFlow {
  const { origin, causedBy, causedFlows, activations } = flow;
  const causeOf = (record: FlowRecord): CompactCause => (record.flow === flow ? record.index : record.id);
  const r: CompactRecord[] = [];
  for (let record = flow.firstRecord; record !== null; record = record.next) {
    const { kind, activation, parent } = record;
    const by =
      activation === null ? (parent === null ? [] : [causeOf(parent)]) : activations.indexOf(activation);
    const input = shown(record, record.input);
    const output = record.output === null ? null : shown(record, record.output);
    const type = types.indexOf(record.type);
    r.push(record.threw ? [type, kind.key, input, output, by, 1] : [type, kind.key, input, output, by]);
  }
  const a = activations.map(
    ({ rule, causes, rows, outcome, spentMs }): CompactActivation => [
      rule.name,
      causes.map(causeOf),
      rows,
      outcome,
      Math.round(spentMs * 1e6),
    ],
  );
  return {
    o: origin,
    ...(causedBy.length > 0 && { b: causedBy }),
    ...(causedFlows !== null && { f: causedFlows }),
    r,
    a,
    ...(flow.isUnsaved && { u: 1 }),
  };
}
