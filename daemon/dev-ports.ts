// The developers' door into the rule engine, for the HTTP adapter: flows from memory, else from trace.db.
// Main thread; reads only.
import { asTree, type Engine, fits, recordsAsDot, recordsAsText } from '../sync/engine/index.ts';
import type { Vocabulary } from '../sync/vocabulary/index.ts';
import type { DevPorts } from './adapters/http/ports.ts';
import type { TraceDb } from './adapters/store/trace-db.ts';
import { createTraceQueries } from './trace-query.ts';

export function createDevPorts(
  engine: Engine<Vocabulary>,
  traceDb: TraceDb | null,
  bootId: string,
  isOpen: () => boolean,
): DevPorts {
  const queries = createTraceQueries(engine.trace, traceDb, bootId);
  return {
    isOpen,
    rules: () => engine.rules().map((rule) => ({ ...rule, ...engine.ruleMetrics(rule.name) })),
    ruleMetrics: (name) => engine.ruleMetrics(name),
    flows: queries.find,
    flow: queries.flow,
    causes: queries.up,
    effects: queries.down,
    fits,
    asTree,
    asText: recordsAsText,
    asDot: recordsAsDot,
    traceSize: () => ({
      on: engine.trace.isOn,
      memory: engine.trace.size,
      disk: traceDb?.size() ?? null,
    }),
    prometheus: () => engine.prometheus(),
  };
}
