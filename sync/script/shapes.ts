// Shapes: what actions, queries and events of the vocabulary look like, as data. Types and small pure helpers; the
// shapes themselves are in vocabulary.generated.ts, which is loaded only where there is a rule file.

/** A type: a scalar's name, "unknown", or one of the forms below. */
export type Shape =
  | 'number'
  | 'string'
  | 'boolean'
  | 'null'
  | 'unknown'
  /** One of these literals. */
  | { readonly one: readonly (string | number | boolean)[] }
  | { readonly list: Shape }
  /** Fields; a name that ends in "?" may be absent. */
  | { readonly fields: Fields }
  /** Any key, values of one shape. */
  | { readonly map: Shape }
  | { readonly any: readonly Shape[] };

export type Fields = Readonly<Record<string, Shape>>;

export interface VocabularyShapes {
  readonly actions: Readonly<Record<string, { readonly input: Shape; readonly output: Shape }>>;
  readonly queries: Readonly<Record<string, { readonly input: Shape; readonly row: Shape }>>;
  readonly events: Readonly<Record<string, Shape>>;
}

/** All that a value of this shape can be, unions taken apart. */
export function alternativesOf(shape: Shape): readonly Shape[] {
  return typeof shape === 'object' && 'any' in shape ? shape.any.flatMap(alternativesOf) : [shape];
}

export interface Field {
  readonly name: string;
  readonly shape: Shape;
  readonly isOptional: boolean;
}

/** Fields over all alternatives; one that some alternative has not is optional. */
export function fieldsOf(shape: Shape): readonly Field[] {
  const records = alternativesOf(shape).flatMap((each) =>
    typeof each === 'object' && 'fields' in each ? [each.fields] : [],
  );
  const found = new Map<string, { shapes: Shape[]; isOptional: boolean }>();
  for (const fields of records) {
    for (const [key, shape] of Object.entries(fields)) {
      const name = key.endsWith('?') ? key.slice(0, -1) : key;
      const field = found.get(name) ?? { shapes: [], isOptional: false };
      field.shapes.push(shape);
      if (name !== key) field.isOptional = true;
      found.set(name, field);
    }
  }
  return [...found].map(([name, { shapes, isOptional }]) => ({
    name,
    shape: shapes.length === 1 ? (shapes[0] as Shape) : { any: shapes },
    isOptional: isOptional || shapes.length < records.length,
  }));
}

/** Whether nothing is said about its fields. */
export function isOpen(shape: Shape): boolean {
  return alternativesOf(shape).some(
    (each) => each === 'unknown' || (typeof each === 'object' && 'map' in each),
  );
}

/** In words, for a message. */
export function wordsFor(shape: Shape): string {
  if (typeof shape === 'string') return shape === 'unknown' ? 'anything' : shape;
  if ('one' in shape) return shape.one.map((each) => JSON.stringify(each)).join(' or ');
  if ('list' in shape) return `a list of ${wordsFor(shape.list)}`;
  if ('map' in shape) return `a record of ${wordsFor(shape.map)}`;
  if ('any' in shape) return [...new Set(shape.any.map(wordsFor))].join(' or ');
  const names = Object.keys(shape.fields);
  return names.length === 0 ? '{}' : `{${names.join(', ')}}`;
}
