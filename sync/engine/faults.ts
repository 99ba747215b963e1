// Faults: what becomes of a rule or an action that throws, and of a flow that does too much. Each is marked on what failed and
// told once; nothing that is thrown leaves the engine.
import type { EngineLimits, Problem } from './ports.ts';
import type { Activation, Flow, FlowRecord } from './record.ts';

export class Faults {
  readonly #limits: EngineLimits;
  readonly #tell: (problem: Problem) => void;
  /** Flows of which it has been told that they do too much: once each, however much it is. */
  readonly #told = new WeakSet<Flow>();

  constructor(limits: EngineLimits, tell: (problem: Problem) => void) {
    this.#limits = limits;
    this.#tell = tell;
  }

  /** Of an action; gives its output. */
  thrown(record: FlowRecord, error: unknown): object {
    record.threw = true;
    const text = error instanceof Error ? error.message : String(error);
    this.#tell({
      kind: 'ACTION_THREW',
      message: `${record.kind.key} threw: ${text}`,
      action: record.kind.key,
      flow: record.flow.id,
      error,
      ...(record.activation && { rule: record.activation.rule.name }),
    });
    return { error: 'INTERNAL', message: `${record.kind.key} failed: ${text}` };
  }

  /** Of what a rule says: its conditions, its arguments, its decision. */
  failed(
    activation: Activation,
    kind: 'WHERE_THREW' | 'ARGS_THREW',
    what: string,
    flow: Flow,
    error: unknown,
  ): void {
    const { rule } = activation;
    activation.outcome = 'failed';
    rule.metrics.failed++;
    const text = error instanceof Error ? error.message : String(error);
    this.#tell({
      kind,
      message: `${what} of rule ${rule.name} threw: ${text}`,
      rule: rule.name,
      flow: flow.id,
      error,
    });
  }

  /** Asked once before each action of a rule, against recursion without end: true means that it is recorded, but not run,
   *  and nothing follows from it. */
  refuses(record: FlowRecord): boolean {
    const { depth, actionsPerFlow } = this.#limits;
    const isTooDeep = record.depth > depth;
    if (record.flow.actions++ < actionsPerFlow && !isTooDeep) return false;
    const kind = isTooDeep ? 'TOO_DEEP' : 'TOO_MANY_ACTIONS';
    const message = isTooDeep
      ? `${record.kind.key} would be more than ${depth} causes deep: two rules may be calling each other`
      : `rules took ${actionsPerFlow} actions in the flow: ${record.kind.key} is not run`;
    record.threw = true;
    record.output = { error: kind, message };
    if (this.#told.has(record.flow)) return true;
    this.#told.add(record.flow);
    this.#tell({
      kind,
      message,
      action: record.kind.key,
      flow: record.flow.id,
      ...(record.activation && { rule: record.activation.rule.name }),
    });
    return true;
  }
}
