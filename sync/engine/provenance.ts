// Provenance: walks the trace from an effect to its causes and back, also from flow to flow. Reads only.
import { causesUp, effectsDown } from './lineage.ts';
import type { Flow, FlowRecord } from './record.ts';
import type { Trace } from './trace.ts';
import type { TraceReader } from './types.ts';
import { asDot, asTree, type FlowView, type RecordView, viewFlow, viewRecord } from './view.ts';

export interface TracingSwitch {
  isOn(): boolean;
  enable(on: boolean, concept?: string): void;
}

export class Provenance implements TraceReader {
  readonly #trace: Trace;
  readonly #underWay: ReadonlyMap<number, Flow>;
  readonly #tracing: TracingSwitch;

  constructor(trace: Trace, underWay: ReadonlyMap<number, Flow>, tracing: TracingSwitch) {
    this.#trace = trace;
    this.#underWay = underWay;
    this.#tracing = tracing;
  }

  get isOn(): boolean {
    return this.#tracing.isOn();
  }
  enable(on: boolean, concept?: string): void {
    this.#tracing.enable(on, concept);
  }

  flow(id: string): FlowView | undefined {
    const flow = this.#find(id);
    return flow && viewFlow(flow);
  }

  flows({ limit = 50 }: { readonly limit?: number } = {}): FlowView[] {
    const views: FlowView[] = [];
    for (const flow of this.#trace.newest()) {
      if (views.length >= limit) break;
      views.push(viewFlow(flow));
    }
    return views;
  }

  findFlowsOf(predicate: (record: RecordView) => boolean, limit = 10): FlowView[] {
    const views: FlowView[] = [];
    // What has begun may be seen before its flow is over: it is told of as well.
    for (const flow of [...[...this.#underWay.values()].reverse(), ...this.#trace.newest()]) {
      if (views.length >= limit) break;
      if (flow.records.some((record) => predicate(viewRecord(record)))) views.push(viewFlow(flow));
    }
    return views;
  }

  record(id: string): RecordView | undefined {
    const record = this.#record(id);
    return record && viewRecord(record);
  }

  pathToRoot(recordId: string): RecordView[] {
    return causesUp(recordId, (id) => this.flow(id));
  }

  effectsOf(recordId: string): RecordView[] {
    return effectsDown(recordId, (id) => this.flow(id)).slice(1);
  }

  asTree(flowId: string): string | undefined {
    const view = this.flow(flowId);
    return view && asTree(view);
  }
  asDot(flowId: string): string | undefined {
    const view = this.flow(flowId);
    return view && asDot(view);
  }

  get size(): { flows: number; bytes: number } {
    return { flows: this.#trace.size, bytes: this.#trace.bytes };
  }

  #find(flowId: string): Flow | undefined {
    const number = Number(flowId.slice(flowId.lastIndexOf('-') + 1));
    const flow = this.#trace.get(number) ?? this.#underWay.get(number);
    return flow?.id === flowId ? flow : undefined;
  }

  #record(id: string): FlowRecord | undefined {
    const dot = id.lastIndexOf('.');
    return this.#find(id.slice(0, dot))?.records[Number(id.slice(dot + 1))];
  }
}
