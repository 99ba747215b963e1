// The Lua host as scripts' users see it: one file's state. Types and one error; the addon implements it
// (daemon/adapters/script/lua.ts).

/** What crosses: null, booleans, numbers, text, and lists and objects of these, at most 12 levels deep. */
export type ScriptValue =
  | null
  | boolean
  | number
  | string
  | readonly ScriptValue[]
  | { readonly [name: string]: ScriptValue | undefined };

/** For one call, but for memory. */
export interface ScriptLimits {
  readonly memoryBytes?: number;
  readonly stringBytes?: number;
  readonly instructions?: number;
  readonly cpuMs?: number;
}

/** FAILED: an error in the script. LIMIT: it used too much and runs no more; build it anew. CLOSED: it was closed. */
export class ScriptFailure {
  readonly error: 'FAILED' | 'LIMIT' | 'CLOSED';
  /** Begins with script and line, where there is one. */
  readonly message: string;
  constructor(error: 'FAILED' | 'LIMIT' | 'CLOSED', message: string) {
    this.error = error;
    this.message = message;
  }
}

/** Whether a call failed. Without `instanceof`, which asks a class what it thinks of it: these are the hottest lines. */
export const isFailure = (value: unknown): value is ScriptFailure =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === ScriptFailure.prototype;

/** What a script has defined. Every function is {function: number}. */
export interface ScriptDefinitions {
  readonly api: ScriptValue;
  readonly rules: ScriptValue;
  readonly chains: ScriptValue;
  /** Actions that answers of its routes may bring. */
  readonly may: ScriptValue;
}

/** What a route is given, each asked for only when the script does. */
export interface ScriptRequest {
  readonly method: string;
  readonly path: string;
  headers(): ScriptValue;
  query(): ScriptValue;
  params(): ScriptValue;
  /** An object or a list; or why there is none. */
  body(): { readonly value: ScriptValue } | { readonly refuse: number; readonly message: string };
}

/** value: what the handler returned. reply: with status, body, headers, actions. refusal: the request was refused. */
export interface ScriptAnswer {
  readonly kind: 'value' | 'reply' | 'refusal';
  readonly value: ScriptValue;
}

export interface ScriptHost {
  load(name: string, source: string): ScriptFailure | null;
  definitions(): ScriptDefinitions | ScriptFailure;
  /** A number that stands for these names in callRow. At most 22. */
  shape(names: readonly string[]): number | ScriptFailure;
  /** Calls a function; what it returns first. At most 23 arguments. */
  call(reference: number, ...values: ScriptValue[]): ScriptValue | ScriptFailure;
  /** The same with one table: the shape's names and these values. */
  callRow(reference: number, shape: number, values: readonly unknown[]): ScriptValue | ScriptFailure;
  /** A number that stands for this table, which stays in the script until it is released. */
  hold(value: ScriptValue): number | ScriptFailure;
  /** The same as call with what is held: nothing else goes in. */
  callHeld(reference: number, held: number): ScriptValue | ScriptFailure;
  release(held: number): void;
  /** Before functions (outermost first), the handler, after functions (innermost first). */
  serve(
    before: readonly number[],
    handler: number,
    after: readonly number[],
    request: ScriptRequest,
  ): ScriptAnswer | ScriptFailure;
  /** What it logged since the last look, a line each. */
  takeLog(): string;
  usedBytes(): number;
  close(): void;
}
