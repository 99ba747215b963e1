// Dry run: what a rule would have done in flows that were recorded, with the evaluator's own matching and WHERE, and
// no action taken. What its own actions would have given is not known, so later actions may stay open.
import { type CompiledRule, type CompiledWhen, compileRule } from './compile.ts';
import { matchOne } from './match.ts';
import { Kind } from './record.ts';
import type { Row, Rule } from './rule.ts';
import type { FlowView, RecordView } from './view.ts';
import { evaluateWhere } from './where.ts';

/** A query as it would have been answered at a moment. */
export type AskThen = (key: string, input: object, atMs: number) => readonly object[];

export interface WouldHave {
  readonly flow: string;
  readonly atMs: number;
  /** The records it would have answered to, by id. */
  readonly causes: readonly string[];
  readonly isElse: boolean;
  /** `input` null: it depends on what an earlier action gives. */
  readonly actions: readonly { readonly name: string; readonly input: object | null }[];
}

export interface DryRunCounts {
  readonly flows: number;
  readonly matched: number;
  readonly rejected: number;
  readonly limited: number;
  readonly failed: number;
}

export interface DryRun {
  /** Flows in the order of time. */
  add(flow: FlowView): WouldHave[];
  /** What a rate limit still holds back, done when its time is over. */
  end(): WouldHave[];
  counts(): DryRunCounts;
}

interface Seen {
  readonly kind: Kind;
  readonly input: object;
  readonly output: object | null;
  readonly id: string;
}

export function dryRun({ definition }: Rule, ask: AskThen): DryRun {
  const kinds = new Map<string, Kind>();
  let nowMs = 0;
  const kindOf = (key: string): Kind => {
    let kind = kinds.get(key);
    if (kind === undefined) {
      kind = new Kind(key);
      kind.ask = (input) => ask(key, input, nowMs);
      kinds.set(key, kind);
    }
    return kind;
  };
  const rule = compileRule(definition, 'dry run', kindOf);
  const counts = { flows: 0, matched: 0, rejected: 0, limited: 0, failed: 0 };
  let lastMs = Number.NEGATIVE_INFINITY;
  let held: { readonly would: () => WouldHave[]; readonly dueMs: number } | null = null;

  function release(untilMs: number): WouldHave[] {
    if (held === null || held.dueMs > untilMs) return [];
    const { would, dueMs } = held;
    held = null;
    lastMs = dueMs;
    nowMs = dueMs;
    return would();
  }

  function outcome(flow: FlowView, causes: string[], row: Row, rows: Row[]): WouldHave[] {
    const atMs = nowMs;
    const would = (one: Row, isElse: boolean) => {
      const steps = isElse ? rule.otherwise : rule.does;
      return { flow: flow.id, atMs, causes, isElse, actions: actionsOf(steps, one) };
    };
    if (rows.length > 0) return rows.map((one) => would(one, false));
    counts.rejected++;
    return rule.otherwise.length > 0 ? [would(row, true)] : [];
  }

  function activate(flow: FlowView, causes: string[], row: Row): WouldHave[] {
    counts.matched++;
    try {
      const rows = evaluateWhere(rule.before, [{ ...row }]);
      const { limit } = rule;
      if (limit === null || rows.length === 0) return outcome(flow, causes, row, rows);
      const go = () => outcome(flow, causes, row, evaluateWhere(rule.after, rows));
      const dueMs = lastMs + limit.everyMs;
      if (nowMs >= dueMs) {
        lastMs = nowMs;
        return go();
      }
      counts.limited++;
      if (limit.keep === 'last') held = { would: go, dueMs };
      return [];
    } catch {
      counts.failed++;
      return [];
    }
  }

  return {
    add(flow) {
      counts.flows++;
      const made = release(flow.startedAtMs);
      nowMs = flow.startedAtMs;
      const seen = flow.records.flatMap((record) => seenAs(record, kinds));
      for (const [at, record] of seen.entries())
        for (const { causes, row } of tuples(rule, record, seen.slice(0, at)))
          made.push(
            ...activate(
              flow,
              causes.map(({ id }) => id),
              row,
            ),
          );
      return made;
    },
    end: () => release(Number.POSITIVE_INFINITY),
    counts: () => ({ ...counts }),
  };
}

/** Only what the rule looks at. */
function seenAs({ name, input, output, id }: RecordView, kinds: ReadonlyMap<string, Kind>): Seen[] {
  const kind = kinds.get(name);
  if (kind === undefined || typeof input !== 'object' || input === null) return [];
  return [{ kind, input, output: typeof output === 'object' ? output : null, id }];
}

/** Every tuple that holds `record` and older records elsewhere. */
function tuples(rule: CompiledRule, record: Seen, older: readonly Seen[]): { causes: Seen[]; row: Row }[] {
  const found: { causes: Seen[]; row: Row }[] = [];
  const extend = (place: number, at: number, causes: Seen[], row: Row): void => {
    if (at === rule.when.length) {
      found.push({ causes, row });
      return;
    }
    for (const other of at === place ? [record] : older) {
      if (causes.includes(other)) continue;
      const next = matchOne(rule.when[at] as readonly CompiledWhen[], other, () => ({ ...row }));
      if (next !== null) extend(place, at + 1, [...causes, other], next);
    }
  };
  for (let place = 0; place < rule.when.length; place++) extend(place, 0, [], rule.newRow());
  return found;
}

function actionsOf(steps: CompiledRule['does'], row: Row): WouldHave['actions'] {
  const unknown = new Set<string>();
  const actions: { name: string; input: object | null }[] = [];
  for (const step of steps) {
    let input: object | null = null;
    try {
      if (step.guard !== null && !step.guard(row)) continue;
      input = step.args(row);
    } catch (error) {
      // What an action gives is bound only by running it; without such a variable it is a failure of the rule.
      if (unknown.size === 0) throw error;
    }
    actions.push({ name: step.kind.key, input });
    for (const variable of step.output.variables) unknown.add(variable);
  }
  return actions;
}
