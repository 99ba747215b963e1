// WHEN of a rule in a rule file, to patterns. Pure; binds what the patterns bind, and collects every fault.
import type { WhenPattern } from '../engine/index.ts';
import { hint } from './faults.ts';
import { readPattern } from './patterns.ts';
import { own, type RuleContext } from './rule-context.ts';
import type { Shape } from './shapes.ts';
import { isMap, type Node } from './yaml-reader.ts';

interface ReadPattern {
  readonly pattern: WhenPattern | null;
  readonly binds: ReadonlyMap<string, Shape>;
}

export function readWhen(context: RuleContext, node: Node): WhenPattern[][] {
  const { reader } = context;
  if (isMap(node) && node.has('any')) {
    const given = reader.record(node, 'when', ['any']);
    if (given?.any === undefined) return [];
    return [alternatives(context, given.any.value)];
  }
  return reader.items(node).map((item) => {
    if (isMap(item) && item.has('any')) {
      const given = reader.record(item, 'when', ['any']);
      return given?.any ? alternatives(context, given.any.value) : [];
    }
    const { pattern, binds } = readOne(context, item);
    context.bind(binds);
    return pattern === null ? [] : [pattern];
  });
}

/** Bound is what all of them bind. */
function alternatives(context: RuleContext, node: Node): WhenPattern[] {
  const read = context.reader.items(node).map((item) => readOne(context, item));
  const [first, ...others] = read;
  const common = new Map<string, Shape>();
  for (const [name, shape] of first?.binds ?? [])
    if (others.every(({ binds }) => binds.has(name)))
      common.set(
        name,
        others.length === 0 ? shape : { any: read.map(({ binds }) => binds.get(name) as Shape) },
      );
  context.bind(common);
  return read.flatMap(({ pattern }) => (pattern === null ? [] : [pattern]));
}

function readOne(context: RuleContext, node: Node): ReadPattern {
  const { reader, shapes } = context;
  const none = { pattern: null, binds: new Map() };
  const step = context.keyed(node, ['gives'], 'an action or event, such as Player.voiceStarted');
  if (step === null) return none;
  const { key, keyNode, value, options } = step;
  const action = own(shapes.actions, key);
  const event = own(shapes.events, key);
  if (action === undefined && event === undefined) {
    const isQuery = Object.hasOwn(shapes.queries, key) ? ' (it is a query, for "where")' : '';
    const known = [...Object.keys(shapes.events), ...Object.keys(shapes.actions)];
    reader.fault(keyNode, `there is no action or event ${key}${hint(key, known)}${isQuery}`);
    return none;
  }
  const input = readPattern(reader, value, action?.input ?? (event as Shape), context.scope, key);
  if (options.gives !== undefined && action === undefined)
    reader.fault(options.gives.keyNode, `${key} is an event, it gives nothing: its fields stand beside it`);
  const scope = new Map([...context.scope, ...input.binds]);
  const output = readPattern(reader, options.gives?.value ?? null, action?.output ?? 'unknown', scope, key);
  return {
    pattern: {
      key,
      input: input.pattern as object as WhenPattern['input'],
      output: output.pattern as WhenPattern['output'],
    },
    binds: new Map([...input.binds, ...output.binds]),
  };
}
