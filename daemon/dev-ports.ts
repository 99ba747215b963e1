// The developers' door into the rule engine, for the HTTP adapter: flows from memory, else from trace.db.
// Main thread; reads only.
import { asDot, asTree, type Engine, type FlowView } from '../sync/engine/index.ts';
import type { Vocabulary } from '../sync/vocabulary/index.ts';
import type { DevPorts } from './adapters/http/ports.ts';
import type { TraceDb } from './adapters/store/trace-db.ts';

export function createDevPorts(
  engine: Engine<Vocabulary>,
  traceDb: TraceDb | null,
  isOpen: () => boolean,
): DevPorts {
  const flowOf = (id: string): FlowView | undefined =>
    engine.trace.flow(id) ?? traceDb?.flow(id) ?? undefined;
  const shown = (id: string, show: (flow: FlowView) => string) => {
    const flow = flowOf(id);
    return flow && show(flow);
  };
  return {
    isOpen,
    rules: () => engine.rules().map((rule) => ({ ...rule, ...engine.ruleMetrics(rule.name) })),
    ruleMetrics: (name) => engine.ruleMetrics(name),
    flows: (limit) => engine.trace.flows({ limit }),
    flow: flowOf,
    flowAsTree: (id) => shown(id, asTree),
    flowAsDot: (id) => shown(id, asDot),
    prometheus: () => engine.prometheus(),
  };
}
