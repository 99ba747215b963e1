// The rules of a script, compiled to the same definitions as all others: WHEN as data, WHERE as queries (data) and
// functions, THEN as a function that returns actions. Pure but for the script it calls; collects every fault.
import type { DecidedAction, Row, Rule, RuleDefinition, WhenPattern, WhereStep } from '../engine/index.ts';
import { hint } from './faults.ts';
import { isFailure, ScriptFailure, type ScriptValue } from './host.ts';
import { type LuaScript, type RowFunction, referenceOf } from './lua-script.ts';
import { listOf, own, type Table, tableOf } from './lua-tables.ts';
import { fieldsOf, isOpen, type Shape, type VocabularyShapes } from './shapes.ts';
import { type Test, testOf } from './values.ts';

/** What calls of a script's functions report to, by rule. */
export interface ScriptWatch {
  failed(rule: string, failure: ScriptFailure): void;
  succeeded(rule: string): void;
}

export interface ScriptRules {
  /** Empty if there is a fault. */
  readonly rules: readonly Rule[];
  readonly faults: readonly string[];
}

const ruleKeys = ['name', 'summary', 'when', 'where', 'at_most_every_ms', 'keep', 'may', 'act'];
const mostVariables = 22;

export function readScriptRules(
  script: LuaScript,
  shapes: VocabularyShapes,
  watch: ScriptWatch,
): ScriptRules {
  const faults: string[] = [];
  const rules: Rule[] = [];
  const given = listOf(script.definitions.rules);
  for (const [at, value] of given.entries()) {
    const before = faults.length;
    const definition = new Reader(script, shapes, watch, `rules.${at + 1}`, faults).read(tableOf(value));
    if (faults.length === before) rules.push({ definition });
  }
  const names = rules.map(({ definition }) => definition.name);
  for (const [at, name] of names.entries())
    if (names.indexOf(name) < at) faults.push(`${script.file}: two rules are called ${name}`);
  return { rules: faults.length > 0 ? [] : rules, faults };
}

class Reader {
  readonly #script: LuaScript;
  readonly #shapes: VocabularyShapes;
  readonly #watch: ScriptWatch;
  readonly #path: string;
  readonly #faults: string[];
  readonly #variables: string[] = [];
  #name = '';

  constructor(
    script: LuaScript,
    shapes: VocabularyShapes,
    watch: ScriptWatch,
    path: string,
    faults: string[],
  ) {
    this.#script = script;
    this.#shapes = shapes;
    this.#watch = watch;
    this.#path = path;
    this.#faults = faults;
  }

  read(given: Table): RuleDefinition {
    const { name, summary, act } = given;
    if (typeof name === 'string' && /^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name)) this.#name = name;
    else this.#fault('a name is up to 64 letters, digits, _ and -, and begins with a letter');
    if (typeof summary !== 'string') this.#fault('a summary is one sentence that says what it does');
    for (const key of Object.keys(given))
      if (!ruleKeys.includes(key)) this.#fault(`there is no "${key}"${hint(key, ruleKeys)}`);
    if (referenceOf(act) === null) this.#fault('act = function(row) returns what to do');
    const when = this.#when(given.when);
    const where = this.#where(given.where);
    const limit = this.#limit(given);
    const may = this.#may(given.may);
    if (this.#variables.length > mostVariables) this.#fault(`at most ${mostVariables} variables`);
    return {
      name: this.#name,
      summary: typeof summary === 'string' ? summary : '',
      when,
      where: limit === null ? where : [...where, limit],
      does: [],
      decides: { may, decide: this.#decision(may) },
      otherwise: [],
    };
  }

  /** One pattern, or a list of them: all must have happened. */
  #when(value: ScriptValue | undefined): WhenPattern[][] {
    const given = typeof first(value) === 'string' ? [value] : listOf(value);
    if (given.length === 0)
      this.#fault("when = { 'Player.voiceStarted', passage = '?passage' } says what it waits for");
    return given.map((each) => {
      const { key, fields, gives } = partsOf(each);
      const action = own(this.#shapes.actions, key);
      const event = own(this.#shapes.events, key);
      if (action === undefined && event === undefined) {
        const known = [...Object.keys(this.#shapes.events), ...Object.keys(this.#shapes.actions)];
        this.#fault(`there is no action or event ${key}${hint(key, known)}`);
        return [];
      }
      this.#pattern(key, fields, action?.input ?? (event as Shape));
      this.#pattern(`what ${key} gives`, gives, action?.output ?? 'unknown');
      return [{ key, input: fields, output: gives }];
    });
  }

  #where(value: ScriptValue | undefined): WhereStep[] {
    if (value !== undefined && !Array.isArray(value) && referenceOf(value) === null)
      this.#fault("where is a function, or a list: { { 'Library.passage', ... }, function(row) ... end }");
    const steps = referenceOf(value) === null ? listOf(value) : [value];
    return steps.map((each, at): WhereStep => {
      if (referenceOf(each) !== null) {
        const path = referenceOf(value) === null ? `${this.#path}.where.${at + 1}` : `${this.#path}.where`;
        return { step: 'filter', test: this.#test(path) };
      }
      const { key, fields, gives, options } = partsOf(each);
      const query = own(this.#shapes.queries, key);
      if (query === undefined)
        this.#fault(`there is no query ${key}${hint(key, Object.keys(this.#shapes.queries))}`);
      else {
        this.#fields(key, Object.keys(fields), query.input);
        this.#pattern(`what ${key} gives`, gives, query.row);
      }
      const mode = options.optional === true ? 'optional' : options.none === true ? 'none' : 'each';
      return { step: 'query', key, args: argumentsOf(fields), pattern: gives, mode };
    });
  }

  #limit({ at_most_every_ms: everyMs, keep = 'first' }: Table): WhereStep | null {
    if (everyMs === undefined) return null;
    if (typeof everyMs !== 'number' || !(everyMs > 0))
      this.#fault('at_most_every_ms is a number of milliseconds');
    if (keep !== 'first' && keep !== 'last') this.#fault("keep is 'first' or 'last'");
    return { step: 'limit', everyMs: Number(everyMs), keep: keep as 'first' | 'last' };
  }

  #may(value: ScriptValue | undefined): string[] {
    const keys = listOf(value).map(String);
    if (keys.length === 0) this.#fault("may = { 'Player.pause' } names the actions that act may return");
    for (const key of keys)
      if (own(this.#shapes.actions, key) === undefined)
        this.#fault(`there is no action ${key}${hint(key, Object.keys(this.#shapes.actions))}`);
    return keys;
  }

  #pattern(what: string, fields: Table, shape: Shape): void {
    this.#fields(what, Object.keys(fields), shape);
    for (const value of Object.values(fields))
      if (isVariable(value) && !this.#variables.includes(value.slice(1)))
        this.#variables.push(value.slice(1));
  }

  #fields(what: string, names: readonly string[], shape: Shape): void {
    if (isOpen(shape)) return;
    const known = fieldsOf(shape).map((field) => field.name);
    for (const name of names)
      if (!known.includes(name)) this.#fault(`${what} has no "${name}"${hint(name, known)}`);
  }

  /** Calls a function with a row; throws what went wrong: the engine says which rule it was, and goes on. */
  #caller(path: string): (row: Row) => ScriptValue {
    const names = this.#variables;
    const call: RowFunction = this.#script.rowFunction(path, names);
    // One array for all calls: none begins before another has ended.
    const values: unknown[] = [];
    return (row) => {
      for (let at = 0; at < names.length; at++) values[at] = row[names[at] as string];
      const result = call(values);
      return isFailure(result) ? this.#failed(result.message, result) : result;
    };
  }

  #test(path: string): (row: Row) => boolean {
    const call = this.#caller(path);
    return (row) => {
      const is = isTrue(call(row));
      if (!is) this.#watch.succeeded(this.#name);
      return is;
    };
  }

  #decision(may: readonly string[]): (row: Row) => DecidedAction[] {
    const call = this.#caller(`${this.#path}.act`);
    const read = actionReader(may, this.#shapes);
    return (row) => {
      const actions = read(call(row));
      if (typeof actions === 'string') return this.#failed(`${this.#script.file}: ${actions}`);
      this.#watch.succeeded(this.#name);
      return actions;
    };
  }

  #failed(message: string, failure = new ScriptFailure('FAILED', message)): never {
    this.#watch.failed(this.#name, failure);
    throw new Error(message);
  }

  #fault(message: string): void {
    this.#faults.push(`${this.#script.file}: rule ${this.#name || this.#path.slice(6)}: ${message}`);
  }
}

/** Reads what a function returned as actions, checked against the vocabulary; or says what is wrong with it. */
export function actionReader(
  may: readonly string[],
  shapes: VocabularyShapes,
): (value: ScriptValue | undefined) => DecidedAction[] | string {
  const tests = new Map<unknown, Test>();
  for (const key of may) {
    const action = own(shapes.actions, key);
    if (action !== undefined) tests.set(key, testOf(action.input));
  }
  return (value) => {
    if (value === null || value === undefined || isEmpty(value)) return [];
    if (!Array.isArray(value))
      return "return a list of actions: { { 'Player.setVolume', { volume = 0.5 } } }";
    const actions: DecidedAction[] = [];
    for (const each of value as readonly ScriptValue[]) {
      const parts = listOf(each);
      const key = parts[0];
      const args = parts.length > 1 ? (parts[1] as ScriptValue) : {};
      if (typeof key !== 'string') return "an action is written as { 'Player.setVolume', { volume = 0.5 } }";
      const test = tests.get(key);
      if (test === undefined)
        return `${key} is none of the actions that it says it may take (${may.join(', ')})`;
      if (!test(args)) return `${key} does not take ${JSON.stringify(args).slice(0, 200)}`;
      actions.push({ key, args: args as object });
    }
    return actions;
  };
}

const isVariable = (value: unknown): value is string => typeof value === 'string' && /^\?\w+$/.test(value);
const isTrue = (value: ScriptValue) => value !== null && value !== false;
const isEmpty = (value: ScriptValue) =>
  Array.isArray(value)
    ? value.length === 0
    : typeof value === 'object' && value !== null && Object.keys(value).length === 0;
const first = (value: ScriptValue | undefined) => (Array.isArray(value) ? value[0] : tableOf(value)['1']);

/** { 'Concept.name', field = ..., gives = { ... } }: a table with one place and fields. */
function partsOf(value: ScriptValue | undefined) {
  const table: Table = Array.isArray(value) ? { '1': (value as readonly ScriptValue[])[0] } : tableOf(value);
  const { '1': name, gives, optional, none, ...fields } = table;
  return {
    key: String(name ?? ''),
    fields: fields as Table,
    gives: tableOf(gives),
    options: { optional, none },
  };
}

/** Arguments of a query: literals, and '?name' for what a row has. */
function argumentsOf(fields: Table): object | ((row: Row) => object) {
  const entries = Object.entries(fields);
  if (!entries.some(([, value]) => isVariable(value))) return fields;
  return (row: Row) =>
    Object.fromEntries(
      entries.map(([name, value]) => [name, isVariable(value) ? row[value.slice(1)] : value]),
    );
}
