// Graph: which rule can set off which, by the actions it takes. Cycles are warned of when rules are registered.
import { actionsOf, type CompiledRule } from './compile.ts';

/** Each cycle once, as the names of its rules. Only steps from an action to its own completion are known here:
 *  what an action emits is the concept's business, and is bounded by the depth of a flow. A rule with a rate limit
 *  ends a cycle. */
export function findCycles(rules: readonly CompiledRule[]): string[][] {
  const effects = new Map<CompiledRule, CompiledRule[]>();
  for (const rule of rules) {
    const kinds = new Set(actionsOf(rule));
    const next = rules.filter(
      (other) => other.limit === null && other.when.flat().some((pattern) => kinds.has(pattern.kind)),
    );
    effects.set(rule, next);
  }
  const cycles: string[][] = [];
  const done = new Set<CompiledRule>();
  const path: CompiledRule[] = [];
  const visit = (rule: CompiledRule): void => {
    const at = path.indexOf(rule);
    if (at >= 0) {
      cycles.push(path.slice(at).map((each) => each.name));
      return;
    }
    if (done.has(rule)) return;
    path.push(rule);
    for (const next of effects.get(rule) ?? []) visit(next);
    path.pop();
    done.add(rule);
  };
  for (const rule of rules) visit(rule);
  return cycles;
}
