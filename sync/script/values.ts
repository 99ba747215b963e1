// Values: whether a value is of a shape, and whether one shape can be another. Pure.
import { alternativesOf, fieldsOf, isOpen, type Shape } from './shapes.ts';

export type Test = (value: unknown) => boolean;

export function accepts(shape: Shape, value: unknown): boolean {
  return testOf(shape)(value);
}

const scalars: Readonly<Record<string, Test>> = {
  unknown: (value) => value !== undefined,
  null: (value) => value === null,
  number: (value) => Number.isFinite(value),
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
};
const made = new WeakMap<object, Test>();

/** Whether a value is of a shape, as a function that is made once: looking through a shape takes longer than the value. */
export function testOf(shape: Shape): Test {
  if (typeof shape === 'string') return scalars[shape] as Test;
  let test = made.get(shape);
  if (test === undefined) {
    test = makeTest(shape);
    made.set(shape, test);
  }
  return test;
}

function makeTest(shape: Exclude<Shape, string>): Test {
  if ('any' in shape) {
    const tests = alternativesOf(shape).map(testOf);
    return (value) => tests.some((test) => test(value));
  }
  if ('one' in shape) return (value) => shape.one.includes(value as string);
  if ('list' in shape) {
    const item = testOf(shape.list);
    return (value) => Array.isArray(value) && value.every(item);
  }
  if ('map' in shape) {
    const item = testOf(shape.map);
    return (value) => isObject(value) && Object.values(value).every(item);
  }
  return testOfFields(shape);
}

function testOfFields(shape: Shape): Test {
  const fields = fieldsOf(shape).map(({ name, shape: of, isOptional }) => ({
    name,
    isOptional,
    test: testOf(of),
  }));
  return (value) => {
    if (!isObject(value)) return false;
    let known = 0;
    for (const { name, isOptional, test } of fields) {
      const given = value[name];
      if (given !== undefined) {
        if (!test(given)) return false;
        known++;
      } else if (!isOptional) return false;
      else if (Object.hasOwn(value, name)) known++;
    }
    for (const _ in value) known--;
    return known === 0;
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

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
