// A flow as one compact JSON document, and back. Pure.
import type {
  ActivationView,
  CompactCause,
  CompactFlow,
  EndedFlow,
  FlowView,
  RecordView,
} from '../../../sync/engine/index.ts';

const types = ['action', 'event', 'timer'] as const;

export function encodeFlow(flow: EndedFlow): string {
  return JSON.stringify(flow.compact());
}

/** As it was shown; throws on what has another form. */
export function decodeFlow(id: string, startedAtMs: number, text: string): FlowView {
  return expand(id, startedAtMs, JSON.parse(text) as CompactFlow);
}

function expand(id: string, startedAtMs: number, { o, b = [], f = [], r, a, u }: CompactFlow): FlowView {
  const idOf = (cause: CompactCause): string => (typeof cause === 'number' ? `${id}.${cause}` : cause);
  const activations = a.map(
    ([rule, causes, rows, outcome, durationNs]): ActivationView => ({
      rule,
      causes: causes.map(idOf),
      rows,
      outcome,
      durationUs: durationNs / 1000,
    }),
  );
  const records = r.map(([type, name, input, output, by, threw], index): RecordView => {
    const activation = typeof by === 'number' ? activations[by] : undefined;
    const causes = typeof by === 'number' ? (activation?.causes ?? []) : by.map(idOf);
    return {
      id: `${id}.${index}`,
      type: types[type] as RecordView['type'],
      name,
      input,
      output,
      rule: activation?.rule ?? null,
      causes: index === 0 && activation === undefined ? b : causes,
      threw: threw === 1,
    };
  });
  const view = { id, startedAtMs, origin: o, causedBy: b, causedFlows: f, records, activations };
  return u === 1 ? { ...view, unsaved: true } : view;
}
