// Tables of a script as JavaScript sees them: a list, or names and values. Pure.
import type { ScriptValue } from './host.ts';

export type Table = Readonly<Record<string, ScriptValue | undefined>>;

/** Nothing where it is none. */
export const listOf = (value: ScriptValue | undefined): readonly ScriptValue[] =>
  Array.isArray(value) ? (value as readonly ScriptValue[]) : [];

/** Nothing where it is none. */
export const tableOf = (value: ScriptValue | undefined): Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {};

export function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
