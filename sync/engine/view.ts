// View: a flow as plain data for people and for files. Made only when somebody reads.
import type { Origin } from '../door.ts';
import type { Activation, Flow, FlowRecord, Outcome, RecordType } from './record.ts';
import { forTrace } from './seal.ts';

export interface RecordView {
  /** "boot-flow.index". */
  readonly id: string;
  readonly type: RecordType;
  /** "Concept.action", "Concept.event" or "timer.Rule". */
  readonly name: string;
  readonly input: unknown;
  readonly output: unknown;
  /** The rule that caused it. */
  readonly rule: string | null;
  /** All causes: the matched records, or the action that emitted it, or records of other flows. */
  readonly causes: readonly string[];
  readonly threw: boolean;
}

/** One firing of a rule, also one that came to nothing ("matched, 0 rows"). */
export interface ActivationView {
  readonly rule: string;
  readonly causes: readonly string[];
  readonly rows: number;
  readonly outcome: Outcome;
  readonly durationUs: number;
}

export interface FlowView {
  readonly id: string;
  readonly startedAtMs: number;
  readonly origin: Origin;
  /** Records of other flows that led to this one. */
  readonly causedBy: readonly string[];
  /** Flows that this one led to. */
  readonly causedFlows: readonly string[];
  readonly records: readonly RecordView[];
  readonly activations: readonly ActivationView[];
  /** A turn of it could not be saved: what it says was done there did not last. */
  readonly unsaved?: true;
}

export function viewFlow(flow: Flow): FlowView {
  return {
    id: flow.id,
    startedAtMs: flow.startedAtMs,
    origin: flow.origin,
    causedBy: flow.causedBy,
    causedFlows: flow.causedFlows ?? [],
    records: flow.records.map(viewRecord),
    activations: flow.activations.map(viewActivation),
    ...(flow.isUnsaved && { unsaved: true }),
  };
}

export function viewRecord(record: FlowRecord): RecordView {
  return {
    id: record.id,
    type: record.type,
    name: record.kind.key,
    input: shown(record, record.input),
    output: record.output === null ? null : shown(record, record.output),
    rule: record.activation === null ? null : record.activation.rule.name,
    causes: causesOf(record),
    threw: record.threw,
  };
}

/** As the trace may keep it. */
export function shown(record: FlowRecord, value: object): unknown {
  const isSealed = record.flow.ended > 0 && record.kind.traced;
  return isSealed ? value : forTrace(value, record.kind);
}

function viewActivation(activation: Activation): ActivationView {
  return {
    rule: activation.rule.name,
    causes: activation.causes.map((cause) => cause.id),
    rows: activation.rows,
    outcome: activation.outcome,
    durationUs: Math.round(activation.spentMs * 1e6) / 1e3,
  };
}

export function causesOf(record: FlowRecord): string[] {
  if (record.activation !== null) return record.activation.causes.map((cause) => cause.id);
  if (record.parent !== null) return [record.parent.id];
  return record.index === 0 ? [...record.flow.causedBy] : [];
}

/** A flow as lines of text, each effect below its cause. */
export function asTree(flow: FlowView): string {
  const by = `${flow.origin.door}${flow.origin.who ? ` (${flow.origin.who})` : ''}`;
  const lines = [`flow ${flow.id}, ${by}${flow.unsaved ? ', not saved: it did not last' : ''}`];
  const own = new Set(flow.records.map((record) => record.id));
  const below = new Map<string, RecordView[]>();
  const roots: RecordView[] = [];
  for (const record of flow.records) {
    // With several causes it stands below the last of them: that is when it happened.
    const cause = record.causes.filter((id) => own.has(id)).at(-1);
    if (cause === undefined) roots.push(record);
    else below.set(cause, [...(below.get(cause) ?? []), record]);
  }
  const write = (record: RecordView, indent: string) => {
    lines.push(indent + recordAsText(record));
    for (const effect of below.get(record.id) ?? []) write(effect, `${indent}  `);
  };
  for (const root of roots) write(root, '  ');
  for (const { rule, outcome } of flow.activations)
    if (outcome === 'rejected' || outcome === 'limited' || outcome === 'failed')
      lines.push(`  ${rule}: ${outcome === 'rejected' ? 'matched, 0 rows' : outcome}`);
  return lines.join('\n');
}

function recordAsText(record: RecordView): string {
  const by = record.rule === null ? '' : ` (${record.rule})`;
  const output = record.type === 'action' ? ` = ${JSON.stringify(record.output)}` : '';
  return `${record.name} ${JSON.stringify(record.input)}${output}${by}`;
}

/** Records of several flows, a line each, with their ids. */
export function recordsAsText(records: readonly RecordView[]): string {
  const width = Math.max(0, ...records.map(({ id }) => id.length));
  return records.map((record) => `${record.id.padEnd(width)}  ${recordAsText(record)}`).join('\n');
}

/** A flow as Graphviz: boxes are actions, ellipses events, edges are labelled with their rule. */
export function asDot(flow: FlowView): string {
  return recordsAsDot(flow.id, flow.records);
}

export function recordsAsDot(title: string, records: readonly RecordView[]): string {
  const quote = (text: string) => JSON.stringify(text);
  const lines = [`digraph ${quote(title)} {`, '  rankdir=LR;'];
  for (const record of records) {
    const shape = record.type === 'action' ? 'box' : 'ellipse';
    const color = record.threw ? ', color=red' : '';
    lines.push(`  ${quote(record.id)} [label=${quote(record.name)}, shape=${shape}${color}];`);
    for (const cause of record.causes)
      lines.push(`  ${quote(cause)} -> ${quote(record.id)} [label=${quote(record.rule ?? '')}];`);
  }
  lines.push('}');
  return lines.join('\n');
}
