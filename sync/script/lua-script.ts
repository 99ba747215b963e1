// A script: one file's source and the Lua state made from it. Functions are known by where they were defined, so that a
// state that a limit has ended is made anew from the same source, and whoever holds a function goes on. Reads no file.
import { closedHost } from './closed-host.ts';
import type { ScriptAnswer, ScriptDefinitions, ScriptHost, ScriptRequest, ScriptValue } from './host.ts';
import { isFailure, ScriptFailure } from './host.ts';

/** Where a function was defined: "rules.1.act", "api.things.get". */
export type FunctionPath = string;

export type RowFunction = (values: readonly unknown[]) => ScriptValue | ScriptFailure;

/** A table that stays in the script: the context of a chain. */
export interface Held {
  /** Of which state: a new one knows nothing of it. */
  readonly state: number;
  readonly reference: number;
}

const nothing: ScriptDefinitions = { api: {}, rules: {}, chains: {}, may: [] };

export class LuaScript {
  readonly file: string;
  #source: string;
  readonly #open: () => ScriptHost;
  #host: ScriptHost;
  /** How often it was built anew. */
  #state = 0;
  #references = new Map<FunctionPath, number>();
  #shapes = new Map<string, number>();
  #definitions: ScriptDefinitions = nothing;

  private constructor(file: string, source: string, open: () => ScriptHost) {
    this.file = file;
    this.#source = source;
    this.#open = open;
    this.#host = open();
  }

  /** Runs the script's text once. */
  static load(file: string, source: string, open: () => ScriptHost): LuaScript | ScriptFailure {
    const script = new LuaScript(file, source, open);
    const failure = script.#build();
    if (failure === null) return script;
    script.close();
    return failure;
  }

  /** What it has defined, with {function} where a function is. */
  get definitions(): ScriptDefinitions {
    return this.#definitions;
  }

  has(path: FunctionPath): boolean {
    return this.#references.has(path);
  }

  /** A function that is called with one table: these names, and the values it is given. They are looked up at its first
   *  call, and again when the state is another. */
  rowFunction(path: FunctionPath, names: readonly string[]): RowFunction {
    let state = -1;
    let reference = 0;
    let shape = 0;
    return (values) => {
      if (state !== this.#state) {
        const found = this.#references.get(path);
        if (found === undefined) return this.#absent(path);
        const made = this.#shapeOf(names);
        if (made instanceof ScriptFailure) return this.#checked(made);
        state = this.#state;
        reference = found;
        shape = made;
      }
      return this.#checked(this.#host.callRow(reference, shape, values));
    };
  }

  hold(value: ScriptValue): Held | ScriptFailure {
    const reference = this.#checked(this.#host.hold(value));
    return typeof reference === 'number' ? { state: this.#state, reference } : reference;
  }

  /** Calls a function with what is held. */
  callHeld(path: FunctionPath, held: Held): ScriptValue | ScriptFailure {
    const reference = this.#references.get(path);
    if (reference === undefined) return this.#absent(path);
    if (held.state !== this.#state)
      return new ScriptFailure(
        'LIMIT',
        `${this.file}: its context is gone: the script used too much and began anew`,
      );
    return this.#checked(this.#host.callHeld(reference, held.reference));
  }

  release(held: Held): void {
    if (held.state === this.#state) this.#host.release(held.reference);
  }

  serve(
    before: readonly FunctionPath[],
    handler: FunctionPath,
    after: readonly FunctionPath[],
    request: ScriptRequest,
  ): ScriptAnswer | ScriptFailure {
    const all = [...before, handler, ...after].map((path) => this.#references.get(path));
    const missing = all.indexOf(undefined);
    if (missing >= 0) return this.#absent([...before, handler, ...after][missing] as string);
    const references = all as number[];
    const answer = this.#host.serve(
      references.slice(0, before.length),
      references[before.length] as number,
      references.slice(before.length + 1),
      request,
    );
    return this.#checked(answer);
  }

  takeLog(): string {
    return this.#host.takeLog();
  }

  usedBytes(): number {
    return this.#host.usedBytes();
  }

  close(): void {
    this.#host.close();
    this.#host = closedHost(this.file);
    this.#source = '';
    this.#definitions = nothing;
  }

  #build(): ScriptFailure | null {
    this.#references = new Map();
    this.#shapes = new Map();
    const failure = this.#host.load(this.file, this.#source);
    if (failure !== null) return failure;
    const definitions = this.#host.definitions();
    if (definitions instanceof ScriptFailure) return definitions;
    this.#definitions = definitions;
    this.#collect('api', definitions.api);
    this.#collect('rules', definitions.rules);
    this.#collect('chains', definitions.chains);
    return null;
  }

  #collect(path: string, value: ScriptValue | undefined): void {
    if (typeof value !== 'object' || value === null) return;
    const reference = referenceOf(value);
    if (reference !== null) {
      this.#references.set(path, reference);
      return;
    }
    const entries = Array.isArray(value)
      ? value.map((each, at): [string, ScriptValue] => [String(at + 1), each])
      : Object.entries(value);
    for (const [name, each] of entries) this.#collect(`${path}.${name}`, each);
  }

  #shapeOf(names: readonly string[]): number | ScriptFailure {
    const key = names.join(' ');
    const known = this.#shapes.get(key);
    if (known !== undefined) return known;
    const shape = this.#host.shape(names);
    if (typeof shape === 'number') this.#shapes.set(key, shape);
    return shape;
  }

  /** After a limit the state is thrown away and made anew; what failed has failed. */
  #checked<T>(result: T | ScriptFailure): T | ScriptFailure {
    if (isFailure(result) && result.error === 'LIMIT') {
      this.#host.close();
      this.#host = this.#open();
      this.#state += 1;
      this.#build();
    }
    return result;
  }

  #absent(path: FunctionPath): ScriptFailure {
    return new ScriptFailure('FAILED', `${this.file}: there is no function ${path} any more`);
  }
}

/** The reference of a function, or null. */
export function referenceOf(value: ScriptValue | undefined): number | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { function: reference } = value as { function?: ScriptValue };
  return typeof reference === 'number' && Object.keys(value).length === 1 ? reference : null;
}
