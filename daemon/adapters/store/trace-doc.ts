// A flow as one compact JSON document, and back. Positions instead of names, causes as indexes within the flow. Pure.
import type { ActivationView, FlowView, RecordView } from '../../../sync/engine/index.ts';

type Cause = number | string;
type RecordDoc = [
  type: 0 | 1 | 2,
  name: string,
  input: unknown,
  output: unknown,
  rule: string | null,
  causes: Cause[],
  threw: 0 | 1,
];
type ActivationDoc = [rule: string, causes: Cause[], rows: number, outcome: string, durationUs: number];
interface FlowDoc {
  readonly o: FlowView['origin'];
  readonly b: readonly string[];
  readonly f: readonly string[];
  readonly r: readonly RecordDoc[];
  readonly a: readonly ActivationDoc[];
}

const types = ['action', 'event', 'timer'] as const;

export function encodeFlow(flow: FlowView): string {
  const prefix = `${flow.id}.`;
  const shorten = (id: string): Cause => (id.startsWith(prefix) ? Number(id.slice(prefix.length)) : id);
  const doc: FlowDoc = {
    o: flow.origin,
    b: flow.causedBy,
    f: flow.causedFlows,
    r: flow.records.map((record) => [
      types.indexOf(record.type) as 0 | 1 | 2,
      record.name,
      record.input,
      record.output,
      record.rule,
      record.causes.map(shorten),
      record.threw ? 1 : 0,
    ]),
    a: flow.activations.map(({ rule, causes, rows, outcome, durationUs }) => [
      rule,
      causes.map(shorten),
      rows,
      outcome,
      durationUs,
    ]),
  };
  return JSON.stringify(doc);
}

export function decodeFlow(id: string, startedAtMs: number, text: string): FlowView {
  const doc = JSON.parse(text) as FlowDoc;
  const lengthen = (cause: Cause): string => (typeof cause === 'number' ? `${id}.${cause}` : cause);
  return {
    id,
    startedAtMs,
    origin: doc.o,
    causedBy: doc.b,
    causedFlows: doc.f,
    records: doc.r.map(
      ([type, name, input, output, rule, causes, threw], index): RecordView => ({
        id: `${id}.${index}`,
        type: types[type],
        name,
        input,
        output,
        rule,
        causes: causes.map(lengthen),
        threw: threw === 1,
      }),
    ),
    activations: doc.a.map(
      ([rule, causes, rows, outcome, durationUs]): ActivationView => ({
        rule,
        causes: causes.map(lengthen),
        rows,
        outcome: outcome as ActivationView['outcome'],
        durationUs,
      }),
    ),
  };
}
