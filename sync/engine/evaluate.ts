// Evaluator: what follows from a completed record. Depth first, rules in the order of registration; synchronous
// except where an action returns a promise: then its row waits for it and everything else goes on.
// A record is matched when it completes, against records completed before it, so that each tuple comes up once.
import type { CompiledRule, CompiledThen, Watcher } from './compile.ts';
import { decidedSteps } from './decide.ts';
import { Faults } from './faults.ts';
import type { Held } from './limiter.ts';
import { matchOne, matchSeveral } from './match.ts';
import type { EngineLimits, Problem } from './ports.ts';
import { Activation, type Flow, FlowRecord } from './record.ts';
import type { Row } from './rule.ts';
import { evaluateWhere } from './where.ts';

export interface EvaluatorHost {
  readonly limits: EngineLimits;
  monotonicMs(): number;
  problem(problem: Problem): void;
  /** A record has completed: whoever waits for it is answered, listeners are told. */
  completed(record: FlowRecord): void;
  /** The promise of an action has settled, in a later turn. */
  settled(record: FlowRecord): void;
  /** Rate limit: true goes on. */
  mayPass(rule: CompiledRule, held: Held): boolean;
}

export class Evaluator {
  /** The action whose code runs at this moment: what is emitted meanwhile is its child. */
  current: FlowRecord | null = null;
  readonly #host: EvaluatorHost;
  readonly #faults: Faults;
  /** Time spent in activations nested in the one that is being timed. */
  #nestedMs = 0;

  constructor(host: EvaluatorHost) {
    this.#host = host;
    this.#faults = new Faults(host.limits, (problem) => host.problem(problem));
  }

  /** Takes a record that begins a turn: a new root, or an action whose promise has settled. */
  begin(record: FlowRecord): void {
    if (record.type === 'action' && !record.settled) {
      this.#run(record);
      return;
    }
    if (record.settled) record.flow.pending--;
    this.#complete(record);
    const { resume, delayed } = record;
    if (resume !== null) {
      record.resume = null;
      this.#timed(resume.activation, () => {
        if (goesOn(record, resume.steps[resume.step] as CompiledThen, resume.row))
          this.#runRow(
            record.flow,
            record.depth,
            resume.activation,
            resume.row,
            resume.steps,
            resume.step + 1,
          );
        else this.#endRow(resume.activation, record);
      });
    }
    if (delayed !== null) {
      record.delayed = null;
      const activation = this.#activation(delayed.rule, [record], record.flow);
      this.#timed(activation, () =>
        this.#afterLimit(activation, delayed.row, delayed.rows, record.flow, record.depth),
      );
    }
  }

  /** True if it has completed; false if it waits for a promise. */
  #run(record: FlowRecord): boolean {
    const { kind, flow } = record;
    const outer = this.current;
    this.current = record;
    let output: object | Promise<object>;
    try {
      if (kind.run === null) throw new Error(`action ${kind.key} is not registered`);
      output = kind.run(record.input);
    } catch (error) {
      output = this.#faults.thrown(record, error);
    }
    this.current = outer;
    const waits = isPromise(output);
    if (waits) {
      flow.pending++;
      this.#await(record, output as Promise<object>);
    } else {
      record.output = (output as object | undefined) ?? {};
      this.#complete(record);
    }
    const { emitted } = record;
    if (emitted !== null) {
      record.emitted = null;
      for (const event of emitted) this.#complete(event);
    }
    return !waits;
  }

  #await(record: FlowRecord, promise: Promise<object>): void {
    const settle = (output: object) => {
      record.output = (output as object | undefined) ?? {};
      record.settled = true;
      this.#host.settled(record);
    };
    promise.then(settle, (error) => settle(this.#faults.thrown(record, error)));
  }

  #complete(record: FlowRecord): void {
    record.place = record.flow.completed++;
    this.#host.completed(record);
    const { watchers } = record.kind;
    for (let i = 0; i < watchers.length; i++) this.#match(watchers[i] as Watcher, record);
  }

  #match(watcher: Watcher, record: FlowRecord): void {
    const { rule, patterns } = watcher;
    if (rule.when.length > 1) {
      for (const { causes, row } of matchSeveral(watcher, record)) this.#activate(rule, causes, row, record);
      return;
    }
    const row = matchOne(patterns, record, rule.newRow);
    if (row !== null) this.#activate(rule, [record], row, record);
  }

  #activate(rule: CompiledRule, causes: readonly FlowRecord[], row: Row, record: FlowRecord): void {
    const { flow, depth } = record;
    const activation = this.#activation(rule, causes, flow);
    rule.metrics.activations++;
    const startMs = this.#host.monotonicMs();
    const outerMs = this.#nestedMs;
    this.#nestedMs = 0;
    const rows = this.#where(activation, rule.before, [rule.otherwise.length > 0 ? { ...row } : row], flow);
    if (rows !== null) {
      if (rule.limit !== null && rows.length > 0) {
        if (this.#host.mayPass(rule, { rule, causes, row, rows }))
          this.#afterLimit(activation, row, rows, flow, depth);
        else {
          activation.outcome = 'limited';
          rule.metrics.rateLimited++;
        }
      } else this.#then(activation, row, rows, flow, depth);
    }
    const totalMs = this.#host.monotonicMs() - startMs;
    activation.spentMs += totalMs - this.#nestedMs;
    this.#nestedMs = outerMs + totalMs;
    if (activation.openRows === 0) rule.metrics.record(activation.spentMs);
  }

  #activation(rule: CompiledRule, causes: readonly FlowRecord[], flow: Flow): Activation {
    const activation = new Activation(rule, causes);
    if (flow.keep) flow.activate(activation);
    rule.metrics.lastActivationMs = flow.startedAtMs;
    return activation;
  }

  /** The same timing as in #activate, for what goes on in a later turn. */
  #timed(activation: Activation, work: () => void): void {
    const startMs = this.#host.monotonicMs();
    const outerMs = this.#nestedMs;
    this.#nestedMs = 0;
    work();
    const totalMs = this.#host.monotonicMs() - startMs;
    activation.spentMs += totalMs - this.#nestedMs;
    this.#nestedMs = outerMs + totalMs;
    if (activation.openRows === 0) activation.rule.metrics.record(activation.spentMs);
  }

  #afterLimit(activation: Activation, row: Row, rows: Row[], flow: Flow, depth: number): void {
    const left = this.#where(activation, activation.rule.after, rows, flow);
    if (left !== null) this.#then(activation, row, left, flow, depth);
  }

  /** Null: something threw, and has been reported. */
  #where(activation: Activation, steps: CompiledRule['before'], rows: Row[], flow: Flow): Row[] | null {
    if (steps.length === 0) return rows;
    try {
      return evaluateWhere(steps, rows);
    } catch (error) {
      this.#faults.failed(activation, 'WHERE_THREW', 'WHERE', flow, error);
      return null;
    }
  }

  #then(activation: Activation, row: Row, rows: Row[], flow: Flow, depth: number): void {
    const { rule } = activation;
    if (rows.length > 0) {
      activation.rows = rows.length;
      activation.openRows = rows.length;
      for (let i = 0; i < rows.length; i++) this.#runDecided(flow, depth, activation, rows[i] as Row);
      return;
    }
    rule.metrics.rejected++;
    activation.outcome = rule.otherwise.length === 0 ? 'rejected' : 'else';
    if (rule.otherwise.length === 0) return;
    activation.openRows = 1;
    this.#runRow(flow, depth, activation, row, rule.otherwise, 0);
  }

  #runDecided(flow: Flow, depth: number, activation: Activation, row: Row): void {
    const { does, decision } = activation.rule;
    let steps = does;
    if (decision !== null) {
      try {
        const decided = decidedSteps(decision, row);
        steps = does.length > 0 ? [...does, ...decided] : decided;
      } catch (error) {
        this.#faults.failed(activation, 'ARGS_THREW', 'the decision', flow, error);
        this.#endRow(activation, null);
        return;
      }
    }
    this.#runRow(flow, depth, activation, row, steps, 0);
  }

  #runRow(
    flow: Flow,
    depth: number,
    activation: Activation,
    row: Row,
    steps: readonly CompiledThen[],
    from: number,
  ): void {
    for (let i = from; i < steps.length; i++) {
      const step = steps[i] as CompiledThen;
      let input: object;
      try {
        if (step.guard !== null && !step.guard(row)) continue;
        input = step.args(row);
      } catch (error) {
        this.#faults.failed(activation, 'ARGS_THREW', `an argument of ${step.kind.key}`, flow, error);
        break;
      }
      const record = new FlowRecord('action', step.kind, flow, input, activation, null, depth + 1);
      if (this.#faults.refuses(record)) {
        activation.outcome = 'failed';
        activation.rule.metrics.failed++;
        break;
      }
      if (!this.#run(record)) {
        record.resume = { activation, row, steps, step: i };
        return;
      }
      if (!goesOn(record, step, row)) {
        this.#endRow(activation, record);
        return;
      }
    }
    this.#endRow(activation, null);
  }

  #endRow(activation: Activation, last: FlowRecord | null): void {
    activation.openRows--;
    if (last?.threw) {
      activation.outcome = 'failed';
      activation.rule.metrics.failed++;
    } else if (activation.openRows === 0 && activation.outcome === 'open') activation.outcome = 'ran';
  }
}

/** Whether the row goes on after this action: it did not throw, and its output matches. */
function goesOn(record: FlowRecord, step: CompiledThen, row: Row): boolean {
  if (record.threw) return false;
  if (step.output.isEmpty) return true;
  const output = record.output as object;
  return step.output.accepts(output) && step.output.bind(row, output);
}

function isPromise(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null)?.then === 'function';
}
