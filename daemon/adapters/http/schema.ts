// A small typed validator for what comes over the door: every fault is collected, unknown fields are refused.
// A schema is a value that also describes itself (`json`), for the description of the API. Pure.
import type { JsonSchema } from '../../../sync/script/json-schema.ts';
import { type IdKind, parseId } from './ids.ts';

export interface Fault {
  /** Where, as `a.b[2]`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

export interface Schema<T> {
  readonly isOptional: boolean;
  readonly json: JsonSchema;
  /** Returns the value, or notes a fault; what it returns after a fault is not used. */
  read(value: unknown, path: string, faults: Fault[]): T;
}

export type TypeOf<S> = S extends Schema<infer T> ? T : never;

type Fields = Record<string, Schema<unknown>>;
type OptionalKeys<F extends Fields> = {
  [K in keyof F]: undefined extends TypeOf<F[K]> ? K : never;
}[keyof F];
type ObjectOf<F extends Fields> = {
  [K in Exclude<keyof F, OptionalKeys<F>>]: TypeOf<F[K]>;
} & { [K in OptionalKeys<F>]?: Exclude<TypeOf<F[K]>, undefined> };

function schema<T>(json: JsonSchema, read: (value: unknown, path: string, faults: Fault[]) => T): Schema<T> {
  return { isOptional: false, json, read };
}

/** For a value after a fault was noted: the caller looks at the faults first. */
function unusable<T>(path: string, faults: Fault[], message: string): T {
  faults.push({ path, message });
  return undefined as T;
}

export function validate<T>(
  s: Schema<T>,
  value: unknown,
): { ok: true; value: T } | { ok: false; faults: Fault[] } {
  const faults: Fault[] = [];
  const read = s.read(value, '', faults);
  return faults.length === 0 ? { ok: true, value: read } : { ok: false, faults };
}

export function optional<T>(s: Schema<T>): Schema<T | undefined> {
  return {
    isOptional: true,
    json: s.json,
    read: (value, path, faults) => (value === undefined ? undefined : s.read(value, path, faults)),
  };
}

export interface NumberLimits {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
}

function rangeText({ min, max, integer }: NumberLimits): string {
  const kind = integer ? 'a whole number' : 'a number';
  if (min !== undefined && max !== undefined) return `${kind} from ${min} to ${max}`;
  if (min !== undefined) return `${kind} of at least ${min}`;
  return max === undefined ? kind : `${kind} of at most ${max}`;
}

function numberJson({ min, max, integer }: NumberLimits): JsonSchema {
  return {
    type: integer ? 'integer' : 'number',
    ...(min !== undefined && { minimum: min }),
    ...(max !== undefined && { maximum: max }),
  };
}

export function number(limits: NumberLimits = {}): Schema<number> {
  return schema(numberJson(limits), (value, path, faults) => {
    const fits =
      typeof value === 'number' &&
      Number.isFinite(value) &&
      (!limits.integer || Number.isInteger(value)) &&
      value >= (limits.min ?? Number.NEGATIVE_INFINITY) &&
      value <= (limits.max ?? Number.POSITIVE_INFINITY);
    return fits ? value : unusable(path, faults, `must be ${rangeText(limits)}`);
  });
}

/** A number written in a query string. */
export function numberText(limits: NumberLimits = {}): Schema<number> {
  const inner = number(limits);
  return schema(inner.json, (value, path, faults) =>
    inner.read(typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN, path, faults),
  );
}

export function text(limits: { minLength?: number; maxLength?: number } = {}): Schema<string> {
  const { minLength = 0, maxLength = 1000 } = limits;
  return schema({ type: 'string', minLength, maxLength }, (value, path, faults) => {
    if (typeof value !== 'string') return unusable(path, faults, 'must be text');
    if (value.length < minLength || value.length > maxLength)
      return unusable(path, faults, `must be ${minLength} to ${maxLength} characters`);
    return value;
  });
}

/** Text of a form; `message` says of which. */
export function fitting(form: RegExp, message: string): Schema<string> {
  const json = { type: 'string', maxLength: 200, pattern: form.source, description: message };
  return schema(json, (value, path, faults) =>
    typeof value === 'string' && value.length <= 200 && form.test(value)
      ? value
      : unusable(path, faults, message),
  );
}

export function boolean(): Schema<boolean> {
  return schema({ type: 'boolean' }, (value, path, faults) =>
    typeof value === 'boolean' ? value : unusable(path, faults, 'must be true or false'),
  );
}

/** null, where that says something. */
export function nothing(): Schema<null> {
  return schema({ type: 'null' }, (value, path, faults) =>
    value === null ? null : unusable(path, faults, 'must be null'),
  );
}

export function oneOf<const T extends string>(...choices: readonly T[]): Schema<T> {
  return schema({ type: 'string', enum: choices }, (value, path, faults) =>
    choices.includes(value as T)
      ? (value as T)
      : unusable(path, faults, `must be one of ${choices.join(', ')}`),
  );
}

const KIND_NAMES: Record<IdKind, string> = {
  p: 'a passage id such as p12',
  e: 'an entry id such as e7',
  a: 'an art id such as a3',
  h: 'a play id such as h5',
  s: 'a session id such as s2',
  w: 'an alarm id such as w1',
};

/** A public id, read as the row id. */
export function id(kind: IdKind): Schema<number> {
  const json = { type: 'string', pattern: `^${kind}[1-9][0-9]{0,14}$`, description: KIND_NAMES[kind] };
  return schema(json, (value, path, faults) => {
    const row = typeof value === 'string' ? parseId(kind, value) : null;
    return row ?? unusable(path, faults, `must be ${KIND_NAMES[kind]}`);
  });
}

export function list<T>(item: Schema<T>, limits: { min: number; max: number }): Schema<readonly T[]> {
  const json = { type: 'array', items: item.json, minItems: limits.min, maxItems: limits.max };
  return schema(json, (value, path, faults) => {
    if (!Array.isArray(value) || value.length < limits.min || value.length > limits.max)
      return unusable(path, faults, `must be a list of ${limits.min} to ${limits.max}`);
    return value.map((each, i) => item.read(each, `${path}[${i}]`, faults));
  });
}

export function either<A, B>(a: Schema<A>, b: Schema<B>): Schema<A | B> {
  return schema({ anyOf: [a.json, b.json] }, (value, path, faults) => {
    const first: Fault[] = [];
    const asA = a.read(value, path, first);
    if (first.length === 0) return asA;
    const second: Fault[] = [];
    const asB = b.read(value, path, second);
    if (second.length === 0) return asB;
    // The faults of the form that was meant: an object is measured against the second.
    faults.push(...(typeof value === 'object' ? second : first));
    return undefined as A | B;
  });
}

export function object<F extends Fields>(fields: F): Schema<ObjectOf<F>> {
  const all = Object.entries(fields);
  const json: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries(all.map(([name, field]) => [name, field.json])),
    required: all.filter(([, field]) => !field.isOptional).map(([name]) => name),
    additionalProperties: false,
  };
  return schema(json, (value, path, faults) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return unusable(path, faults, 'must be an object');
    const given = value as Record<string, unknown>;
    const at = (key: string) => (path === '' ? key : `${path}.${key}`);
    for (const key of Object.keys(given))
      if (!Object.hasOwn(fields, key))
        faults.push({
          path: at(key),
          message: `unknown; known: ${Object.keys(fields).join(', ') || 'none'}`,
        });
    const result: Record<string, unknown> = {};
    for (const [key, field] of Object.entries(fields)) {
      const one = Object.hasOwn(given, key) ? given[key] : undefined;
      if (one === undefined && !field.isOptional) faults.push({ path: at(key), message: 'is missing' });
      else if (one !== undefined) result[key] = field.read(one, at(key), faults);
    }
    return result as ObjectOf<F>;
  });
}

/** An object of any keys whose values are all of one kind. */
export function record<T>(item: Schema<T>, limits: { min: number; max: number }): Schema<Record<string, T>> {
  const description = `${limits.min} to ${limits.max} entries of any names`;
  return schema({ type: 'object', description }, (value, path, faults) => {
    const given =
      typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
    if (given.length < limits.min || given.length > limits.max)
      return unusable(path, faults, `must be an object with ${limits.min} to ${limits.max} entries`);
    return Object.fromEntries(
      given.map(([key, each]) => [key, item.read(each, path === '' ? key : `${path}.${key}`, faults)]),
    );
  });
}

/** Any object at all, as it is: for maps whose keys a concept knows (settings). */
export function anyObject(): Schema<Readonly<Record<string, unknown>>> {
  return schema({ type: 'object' }, (value, path, faults) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : unusable(path, faults, 'must be an object'),
  );
}
