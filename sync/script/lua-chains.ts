// The chains of a script, read: names, modes, steps as functions, and the stock middleware by data. Pure; collects every
// fault.
import { hint } from './faults.ts';
import type { ScriptValue } from './host.ts';
import { type FunctionPath, type LuaScript, referenceOf } from './lua-script.ts';
import { listOf, own, type Table, tableOf } from './lua-tables.ts';
import type { VocabularyShapes } from './shapes.ts';

/** What stands round each step: its name, and its options with all their values. */
export interface MiddlewareSpec {
  readonly kind: MiddlewareKind;
  readonly options: Readonly<Record<string, number | string | boolean>>;
}

export type MiddlewareKind = keyof typeof middleware;

export interface ScriptChain {
  readonly name: string;
  readonly summary: string;
  readonly mode: 'strict' | 'lenient' | 'best-effort';
  /** Actions that its steps may return. */
  readonly may: readonly string[];
  readonly steps: readonly { readonly name: string; readonly path: FunctionPath }[];
  /** Outermost last. */
  readonly use: readonly MiddlewareSpec[];
}

/** [least, most, otherwise]; a choice, the first of which is taken otherwise; or a flag. Without `otherwise` it is
 *  needed. */
type Option = readonly [number, number, number?] | { readonly oneOf: readonly string[] } | 'flag';

const hourMs = 3_600_000;
const middleware = {
  log: { verbose: 'flag' },
  time: {},
  metrics: {},
  retry: {
    times: [1, 20],
    backoff: { oneOf: ['fixed', 'none', 'linear', 'exponential'] },
    wait_ms: [0, hourMs, 1000],
    most_ms: [1, hourMs, hourMs],
  },
  rate_limit: { times: [1, 1000], every_ms: [1, hourMs], excess: { oneOf: ['wait', 'refuse'] } },
  circuit_breaker: { failures: [1, 1000], open_ms: [1, hourMs] },
} satisfies Record<string, Record<string, Option>>;

const modes = ['strict', 'lenient', 'best-effort'];
const chainKeys = ['name', 'summary', 'mode', 'may', 'use', 'steps'];
const mostSteps = 32;

export function readScriptChains(
  script: LuaScript,
  shapes: VocabularyShapes,
): { chains: readonly ScriptChain[]; faults: readonly string[] } {
  const faults: string[] = [];
  const chains = listOf(script.definitions.chains).map((value, at) =>
    readChain(tableOf(value), `chains.${at + 1}`, shapes, (name, message) =>
      faults.push(`${script.file}: chain ${name}: ${message}`),
    ),
  );
  for (const [at, { name }] of chains.entries())
    if (chains.findIndex((each) => each.name === name) < at)
      faults.push(`${script.file}: two chains are called ${name}`);
  return { chains: faults.length > 0 ? [] : chains, faults };
}

function readChain(
  given: Table,
  path: string,
  shapes: VocabularyShapes,
  tell: (name: string, message: string) => void,
): ScriptChain {
  const { name, summary, mode = 'strict' } = given;
  const isNamed = typeof name === 'string' && /^[A-Za-z][A-Za-z0-9_-]{0,57}$/.test(name);
  const fault = (message: string) => tell(isNamed ? name : path.slice('chains.'.length), message);
  if (!isNamed) fault('a name is up to 58 letters, digits, _ and -, and begins with a letter');
  if (typeof summary !== 'string') fault('a summary is one sentence that says what it does');
  if (!modes.includes(String(mode))) fault(`a mode is one of ${modes.join(', ')}`);
  for (const key of Object.keys(given))
    if (!chainKeys.includes(key)) fault(`there is no "${key}"${hint(key, chainKeys)}`);
  const may = listOf(given.may).map(String);
  for (const key of may)
    if (own(shapes.actions, key) === undefined)
      fault(`there is no action ${key}${hint(key, Object.keys(shapes.actions))}`);
  return {
    name: String(name),
    summary: String(summary),
    mode: String(mode) as ScriptChain['mode'],
    may,
    steps: readSteps(given.steps, `${path}.steps`, fault),
    use: listOf(given.use).flatMap((each) => readMiddleware(each, fault)),
  };
}

function readSteps(value: ScriptValue | undefined, path: string, fault: (message: string) => void) {
  const given = listOf(value);
  if (given.length === 0 || given.length > mostSteps)
    fault(`steps = { { 'first', function(ctx) ... end }, ... }: one to ${mostSteps} of them`);
  const steps = given.map((each, at) => {
    const [name, run] = listOf(each);
    if (typeof name !== 'string' || referenceOf(run) === null)
      fault(`step ${at + 1} is written as { 'name', function(ctx) ... end }`);
    return { name: String(name), path: `${path}.${at + 1}.2` };
  });
  for (const [at, { name }] of steps.entries())
    if (steps.findIndex((each) => each.name === name) < at) fault(`two steps are called ${name}`);
  return steps;
}

/** { 'retry', times = 3 }: in a table with fields its first place is "1". */
function readMiddleware(value: ScriptValue, fault: (message: string) => void): MiddlewareSpec[] {
  const table: Table = Array.isArray(value) ? { '1': (value as readonly ScriptValue[])[0] } : tableOf(value);
  const { '1': kind, ...given } = table;
  const known = own<Record<string, Option>>(middleware, String(kind));
  if (known === undefined) {
    const names = Object.keys(middleware);
    fault(`use = { { 'retry', times = 3 } }: there is no ${String(kind)}${hint(String(kind), names)}`);
    return [];
  }
  for (const name of Object.keys(given))
    if (!Object.hasOwn(known, name)) fault(`${kind} has no "${name}"${hint(name, Object.keys(known))}`);
  const options: Record<string, number | string | boolean> = {};
  for (const [name, option] of Object.entries(known)) {
    const read = readOption(option, given[name]);
    if (typeof read === 'object') fault(`${kind}: ${name} ${read.message}`);
    else options[name] = read;
  }
  return [{ kind: kind as MiddlewareKind, options }];
}

function readOption(
  option: Option,
  value: ScriptValue | undefined,
): number | string | boolean | { readonly message: string } {
  if (option === 'flag') return value === true;
  if ('oneOf' in option) {
    const { oneOf } = option;
    const chosen = value === undefined ? oneOf[0] : value;
    return oneOf.includes(String(chosen)) ? String(chosen) : { message: `is one of ${oneOf.join(', ')}` };
  }
  const [least, most, otherwise] = option;
  const number = value === undefined ? otherwise : value;
  return typeof number === 'number' && number >= least && number <= most
    ? number
    : { message: `is a number from ${least} to ${most}` };
}
