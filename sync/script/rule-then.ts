// THEN and ELSE of a rule in a rule file, to actions with their arguments. Pure; binds what an action gives, and collects
// every fault.
import type { ThenStep } from '../engine/index.ts';
import { compileArguments } from './arguments.ts';
import { hint } from './faults.ts';
import { readPattern } from './patterns.ts';
import { own, type RuleContext } from './rule-context.ts';
import type { Node } from './yaml-reader.ts';

export function readActions(context: RuleContext, node: Node): ThenStep[] {
  const { reader, shapes } = context;
  const steps: ThenStep[] = [];
  for (const item of reader.items(node)) {
    const step = context.keyed(item, ['if', 'gives'], 'an action, such as Player.pause');
    if (step === null) continue;
    const { key, keyNode, value, options } = step;
    const action = own(shapes.actions, key);
    if (action === undefined) {
      const isOther = Object.hasOwn(shapes.queries, key) || Object.hasOwn(shapes.events, key);
      const why = isOther
        ? ' (it is no action: it belongs to "when" or "where")'
        : hint(key, Object.keys(shapes.actions));
      reader.fault(keyNode, `there is no action ${key}${why}`);
      continue;
    }
    const guard = options.if ? context.condition(options.if.value) : null;
    const args = compileArguments(reader, value, keyNode, action.input, context.scope, key);
    const { pattern, binds } = readPattern(
      reader,
      options.gives?.value ?? null,
      action.output,
      context.scope,
      key,
    );
    context.bind(binds, guard !== null);
    steps.push({ key, args, output: pattern as ThenStep['output'], guard: guard as ThenStep['guard'] });
  }
  if (steps.length === 0 && reader.faults.length === 0)
    reader.fault(node, 'here stands an action, such as Player.pause');
  return steps;
}
