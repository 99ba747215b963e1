// Reads the shapes of the vocabulary out of its types, by the TypeScript compiler. Used by the script that writes
// sync/script/vocabulary.generated.ts and by the test that compares the two.
import { resolve } from 'node:path';
import ts from 'typescript';
import type { Shape, VocabularyShapes } from '../../sync/script/shapes.ts';

export const generatedPath = 'sync/script/vocabulary.generated.ts';
const rootPath = 'sync/vocabulary/index.ts';

/** `changed`: files by absolute path as they would be, for a canary. */
export function readShapes(changed: ReadonlyMap<string, string> = new Map()): VocabularyShapes {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.es2023.d.ts'],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    allowImportingTsExtensions: true,
    noEmit: true,
  };
  const host = ts.createCompilerHost(options);
  const { readFile } = host;
  host.readFile = (path) => changed.get(resolve(path)) ?? readFile(path);
  const program = ts.createProgram([rootPath], options, host);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(rootPath);
  const symbol = source && checker.getSymbolAtLocation(source);
  const root = symbol && checker.getExportsOfModule(symbol).find(({ name }) => name === 'Vocabulary');
  if (root === undefined) throw new Error(`${rootPath} exports no Vocabulary`);

  const typeOf = (of: ts.Symbol) => checker.getTypeOfSymbol(of);
  const membersOf = (type: ts.Type) => checker.getPropertiesOfType(type);
  const memberOf = (type: ts.Type, name: string): ts.Type => {
    const member = checker.getPropertyOfType(type, name);
    if (member === undefined) throw new Error(`${checker.typeToString(type)} has no ${name}`);
    return typeOf(member);
  };

  const shapeOf = (type: ts.Type): Shape => {
    const { flags } = type;
    if (flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) return 'unknown';
    if (flags & ts.TypeFlags.Null) return 'null';
    if (flags & ts.TypeFlags.Undefined) return { any: [] };
    if (flags & ts.TypeFlags.BooleanLiteral) return { one: [checker.typeToString(type) === 'true'] };
    if (flags & ts.TypeFlags.Number) return 'number';
    if (flags & ts.TypeFlags.String) return 'string';
    if (type.isStringLiteral() || type.isNumberLiteral()) return { one: [type.value] };
    if (type.isUnion()) return unionOf(type.types.map(shapeOf));
    if (checker.isArrayType(type)) {
      const [item] = checker.getTypeArguments(type as ts.TypeReference);
      return { list: item ? shapeOf(item) : 'unknown' };
    }
    const index = checker.getIndexInfosOfType(type)[0];
    if (index !== undefined) return { map: shapeOf(index.type) };
    // `object` itself says nothing of its fields.
    if (flags & ts.TypeFlags.NonPrimitive) return 'unknown';
    if (!(flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)))
      throw new Error(`no shape for ${checker.typeToString(type)}`);
    return {
      fields: Object.fromEntries(
        membersOf(type).map((member) => {
          const isOptional = (member.flags & ts.SymbolFlags.Optional) !== 0;
          return [isOptional ? `${member.name}?` : member.name, shapeOf(typeOf(member))];
        }),
      ),
    };
  };

  const shapes = {
    actions: {} as Record<string, { input: Shape; output: Shape }>,
    queries: {} as Record<string, { input: Shape; row: Shape }>,
    events: {} as Record<string, Shape>,
  };
  for (const concept of membersOf(checker.getDeclaredTypeOfSymbol(root))) {
    const type = typeOf(concept);
    for (const action of membersOf(memberOf(type, 'actions'))) {
      const key = `${concept.name}.${action.name}`;
      const at = typeOf(action);
      shapes.actions[key] = {
        input: shapeOf(memberOf(at, 'input')),
        output: shapeOf(memberOf(at, 'output')),
      };
    }
    for (const query of membersOf(memberOf(type, 'queries'))) {
      const key = `${concept.name}.${query.name}`;
      const at = typeOf(query);
      shapes.queries[key] = { input: shapeOf(memberOf(at, 'input')), row: shapeOf(memberOf(at, 'row')) };
    }
    for (const event of membersOf(memberOf(type, 'events')))
      shapes.events[`${concept.name}.${event.name}`] = shapeOf(typeOf(event));
  }
  return shapes;
}

/** Literals together, true and false as boolean, nothing twice. */
function unionOf(parts: readonly Shape[]): Shape {
  const flat = parts.flatMap((each) => (typeof each === 'object' && 'any' in each ? each.any : [each]));
  const literals = flat.flatMap((each) => (typeof each === 'object' && 'one' in each ? each.one : []));
  const others = flat.filter((each) => !(typeof each === 'object' && 'one' in each));
  const isBoolean = literals.includes(true) && literals.includes(false);
  const kept = literals.filter((each) => !isBoolean || typeof each !== 'boolean');
  const all: Shape[] = [
    ...(kept.length > 0 ? [{ one: kept }] : []),
    ...(isBoolean ? (['boolean'] as const) : []),
    ...others,
  ];
  const distinct = [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];
  return distinct.length === 1 ? (distinct[0] as Shape) : { any: distinct };
}

/** The text of the generated file: an entry a line, so that a change reads as one. */
export function generatedText(shapes: VocabularyShapes): string {
  const table = (name: string, entries: object) => [
    `  ${name}: {`,
    ...Object.entries(entries).map(([key, shape]) => `    ${JSON.stringify(key)}: ${JSON.stringify(shape)},`),
    '  },',
  ];
  return [
    '// Generated from sync/vocabulary by `npm run vocabulary`; a test compares the two. Not to be edited by hand.',
    "import type { VocabularyShapes } from './shapes.ts';",
    '',
    'export const vocabularyShapes: VocabularyShapes = {',
    ...table('actions', shapes.actions),
    ...table('queries', shapes.queries),
    ...table('events', shapes.events),
    '};',
    '',
  ].join('\n');
}
