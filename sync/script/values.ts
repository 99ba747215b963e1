// Values: whether a value is of a shape, and whether one shape can be another. Pure.
import { alternativesOf, fieldsOf, isOpen, type Shape } from './shapes.ts';

export function accepts(shape: Shape, value: unknown): boolean {
  return alternativesOf(shape).some((each) => acceptsOne(each, value));
}

function acceptsOne(shape: Shape, value: unknown): boolean {
  if (shape === 'unknown') return value !== undefined;
  if (shape === 'null') return value === null;
  if (shape === 'number') return Number.isFinite(value);
  if (typeof shape === 'string') return typeof value === shape;
  if ('one' in shape) return shape.one.includes(value as string);
  if ('list' in shape) return Array.isArray(value) && value.every((item) => accepts(shape.list, item));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  if ('map' in shape) return Object.values(value).every((item) => accepts(shape.map, item));
  const fields = fieldsOf(shape);
  const given = value as Record<string, unknown>;
  return (
    fields.every(({ name, shape: of, isOptional }) =>
      given[name] === undefined ? isOptional : accepts(of, given[name]),
    ) && Object.keys(given).every((key) => fields.some(({ name }) => name === key))
  );
}

/** Whether some value of the one can be of the other. */
export function couldBe(from: Shape, to: Shape): boolean {
  return alternativesOf(from).some((one) => alternativesOf(to).some((other) => overlap(one, other)));
}

function overlap(one: Shape, other: Shape): boolean {
  if (one === 'unknown' || other === 'unknown') return true;
  if (typeof one === 'object' && 'one' in one) return one.one.some((value) => accepts(other, value));
  if (typeof other === 'object' && 'one' in other) return other.one.some((value) => accepts(one, value));
  if (typeof one === 'string' || typeof other === 'string') return one === other;
  const isList = 'list' in one;
  if (isList !== 'list' in other) return false;
  if (isList) return couldBe(one.list, (other as { list: Shape }).list);
  return (
    isOpen(one) || isOpen(other) || fieldsOf(other).every((field) => field.isOptional || has(one, field.name))
  );
}

function has(shape: Shape, name: string): boolean {
  return fieldsOf(shape).some((field) => field.name === name);
}
