// What a script's schema (as `expect` takes it) says, as JSON Schema. Pure. It only describes: what checks a body is the
// script's own state (native/lua/prelude.cc).
import type { ScriptValue } from './host.ts';
import type { JsonSchema } from './json-schema.ts';
import { listOf, type Table, tableOf } from './lua-tables.ts';

const types: Readonly<Record<string, string>> = {
  text: 'string',
  number: 'number',
  integer: 'integer',
  boolean: 'boolean',
  list: 'array',
  object: 'object',
};
/** What `min` and `max` are called, by type. */
const limits: Readonly<Record<string, readonly [string, string]>> = {
  string: ['minLength', 'maxLength'],
  array: ['minItems', 'maxItems'],
  number: ['minimum', 'maximum'],
  integer: ['minimum', 'maximum'],
};

/** Of a body: name → type or schema. What is not named is left out, not refused. */
export function bodySchema(fields: Table): JsonSchema {
  const all = Object.entries(fields);
  return {
    type: 'object',
    properties: Object.fromEntries(all.map(([name, value]) => [name, fieldSchema(value)])),
    required: all.filter(([, value]) => tableOf(value).required === true).map(([name]) => name),
  };
}

function fieldSchema(value: ScriptValue | undefined): JsonSchema {
  const given = typeof value === 'string' ? { type: value } : tableOf(value);
  const { type, fields, items, enum: choices, min, max, pattern, default: otherwise } = given;
  const kind =
    types[String(type)] ?? (fields !== undefined ? 'object' : items !== undefined ? 'array' : undefined);
  const [least = '', most = ''] = limits[kind ?? ''] ?? [];
  return {
    ...(kind !== undefined && { type: kind }),
    ...(fields !== undefined && bodySchema(tableOf(fields))),
    ...(items !== undefined && { items: fieldSchema(items) }),
    ...(choices !== undefined && { enum: listOf(choices) }),
    ...(typeof min === 'number' && least !== '' && { [least]: min }),
    ...(typeof max === 'number' && most !== '' && { [most]: max }),
    ...(otherwise !== undefined && { default: otherwise }),
    // Lua's patterns are another language than JSON Schema's.
    ...(pattern !== undefined && { description: `matches the Lua pattern ${String(pattern)}` }),
  };
}
