// Who may import whom: the table of docs/architecture.md as code, and the search for cycles. Pure, over a map of
// path -> text, so that a test can plant a violation.
import { dirname, join } from 'node:path/posix';

export interface Violation {
  readonly file: string;
  readonly imports: string;
  readonly why: string;
}

interface Border {
  /** Files this rule is about. */
  readonly from: RegExp;
  /** What they may import: a path in the project, or a package name. Value imports only, unless typesToo. */
  readonly may: readonly RegExp[];
  /** What they may import as types alone. */
  readonly mayTypes?: readonly RegExp[];
  readonly why: string;
}

const sameConcept = (file: string) => file.match(/^daemon\/concepts\/[^/]+\//)?.[0] ?? '\0';

const BORDERS: readonly Border[] = [
  {
    from: /^sync\/engine\//,
    may: [/^sync\/engine\//],
    mayTypes: [/^sync\/(vocabulary\/|concept\.ts|door\.ts)/],
    why: 'the engine imports nothing but itself',
  },
  { from: /^sync\/vocabulary\//, may: [/^sync\/vocabulary\//], why: 'a vocabulary is types of its own' },
  {
    from: /^sync\/chain\//,
    may: [/^sync\/chain\//],
    mayTypes: [],
    why: 'event chains import nothing but themselves',
  },
  {
    from: /^sync\/rules\//,
    may: [/^sync\/(engine|rules|vocabulary)\//],
    mayTypes: [/^sync\/concept\.ts/],
    why: 'rules know the engine and the vocabulary only',
  },
  {
    from: /^sync\/script\//,
    may: [/^sync\/script\//, /^yaml$/, /^@marcbachmann\/cel-js$/],
    mayTypes: [/^sync\/engine\/index\.ts$/],
    why: 'rule files become definitions: text in, data and pure functions out',
  },
  { from: /^sync\/[^/]+\.ts$/, may: [/^sync\//, /^mitt$/], why: 'sync knows neither daemon nor audio' },
  {
    from: /^audio\//,
    may: [/^audio\//, /^naudiodon$/, /^node:/],
    mayTypes: [/^sync\/vocabulary\//],
    why: 'audio knows the addon and naudiodon, not sync or daemon',
  },
  {
    from: /^daemon\/concepts\//,
    may: [/^audio\/(ticks|crossfade-plan|fade-curves)\.ts$/, /^daemon\/policy\//, /^node:(crypto|path)$/],
    mayTypes: [/^sync\/(vocabulary\/|concept\.ts)/, /^daemon\/ports\.ts$/, /^audio\//],
    why: 'a concept knows its vocabulary, its own files and its ports',
  },
  {
    from: /^daemon\/policy\//,
    may: [/^daemon\/policy\//],
    mayTypes: [/^sync\/vocabulary\//],
    why: 'policy is pure: types alone',
  },
  {
    from: /^daemon\/adapters\//,
    may: [/^node:/, /^[^./]+$/, /^audio\/ticks\.ts$/],
    mayTypes: [/^sync\//, /^daemon\/(ports\.ts|import\/|concepts\/[^/]+\/[^/]+\.ts)/, /^audio\//],
    why: 'an adapter knows Node, libraries and the vocabulary; not another adapter, not rules',
  },
  {
    from: /^daemon\/(import|demo)\//,
    may: [/^daemon\/(import|demo)\//, /^audio\//, /^sync\/chain\//, /^node:/, /^[^./]+$/],
    mayTypes: [/^sync\/vocabulary\//, /^daemon\/ports\.ts$/, /^daemon\/concepts\/[^/]+\/worker-port\.ts$/],
    why: 'the workers stand apart from the daemon; event chains, which import nothing, are for all',
  },
];

/** Every import of a TypeScript file: project paths resolved, packages by name. */
export function importsOf(file: string, text: string): { target: string; isType: boolean }[] {
  const found: { target: string; isType: boolean }[] = [];
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;
  for (const match of text.matchAll(pattern)) {
    const name = match[2] ?? match[3] ?? '';
    const target = name.startsWith('.')
      ? join(dirname(file), name)
      : name.startsWith('node:')
        ? name
        : packageOf(name);
    found.push({ target, isType: match[1] !== undefined });
  }
  return found;
}

const packageOf = (name: string) =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

/** C++ includes with quotes, resolved against native/ and the file's own folder; system ones as <name>. */
function includesOf(text: string): string[] {
  return [...text.matchAll(/^\s*#include\s+(<[^>]+>|"[^"]+")/gm)].map((match) => match[1] ?? '');
}

const isOwnAdapter = (file: string, target: string) => {
  const folder = file.match(/^daemon\/adapters\/[^/]+\//)?.[0];
  return folder !== undefined && target.startsWith(folder);
};

export function findViolations(files: ReadonlyMap<string, string>): Violation[] {
  const violations: Violation[] = [];
  const graph = new Map<string, string[]>();
  for (const [file, text] of files) {
    if (/\.(h|cc)$/.test(file)) {
      violations.push(...nativeViolations(file, text));
      continue;
    }
    const border = BORDERS.find((rule) => rule.from.test(file));
    const edges: string[] = [];
    for (const { target, isType } of importsOf(file, text)) {
      if (!isType && files.has(target)) edges.push(target);
      if (!file.startsWith('test/') && /^test\//.test(target))
        violations.push({ file, imports: target, why: 'production never imports test' });
      if (!border || target.startsWith(sameConcept(file)) || isOwnAdapter(file, target)) continue;
      const allowed = [...border.may, ...(isType ? (border.mayTypes ?? []) : [])];
      if (!allowed.some((pattern) => pattern.test(target)))
        violations.push({ file, imports: target, why: border.why });
    }
    graph.set(file, edges);
  }
  for (const cycle of cyclesOf(graph))
    violations.push({ file: cycle[0] ?? '', imports: cycle.join(' -> '), why: 'no cycles' });
  return violations;
}

function nativeViolations(file: string, text: string): Violation[] {
  const out: Violation[] = [];
  for (const include of includesOf(text)) {
    const isForeign = /libav|libsw|portaudio|pa_|napi|node_api|ebur128/.test(include);
    if (file.startsWith('native/core/') && (isForeign || /^"(decode|sink|analyse|addon)\//.test(include))) {
      out.push({ file, imports: include, why: 'the core is the C++ standard library and itself' });
    }
    if (!file.startsWith('native/cover/') && /libswscale|^"cover\//.test(include)) {
      out.push({
        file,
        imports: include,
        why: 'what reads pictures is loaded by a program of its own alone',
      });
    }
    if (!file.startsWith('native/addon/') && /napi|node_api/.test(include)) {
      out.push({ file, imports: include, why: 'Node-API stays in native/addon' });
    }
  }
  return out;
}

function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (node: string, path: string[]): void => {
    const at = path.indexOf(node);
    if (at >= 0) {
      cycles.push([...path.slice(at), node]);
      return;
    }
    if (done.has(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...path, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return cycles;
}
