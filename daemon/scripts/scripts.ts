// The owner's scripts: reads scripts/*.lua of the state directory, again when they change. Main thread. A file with a
// fault changes nothing: its last good version goes on. Rules of a script are a group of the engine, its routes answer
// below /x/. What fails five times in a row is switched off until its file changes. Lua is loaded with the first file.
import type { ChainTimers } from '../../sync/chain/index.ts';
import type { Door, Origin } from '../../sync/door.ts';
import type { Engine, Rule } from '../../sync/engine/index.ts';
import { ScriptFailure, type ScriptHost, type ScriptRequest } from '../../sync/script/host.ts';
import type { JsonSchema } from '../../sync/script/json-schema.ts';
import type { ScriptRoute } from '../../sync/script/lua-routes.ts';
import type { LuaScript } from '../../sync/script/lua-script.ts';
import type { Failure } from '../../sync/vocabulary/common.ts';
import type { Vocabulary } from '../../sync/vocabulary/index.ts';
import type { Change, RuleFiles } from '../owner-rules/rule-files.ts';
import type { Clock, Log } from '../ports.ts';
import type { ChainState, Chains, RunChainOutput } from './chains.ts';
import { createFailureCount } from './failure-count.ts';
import { notFound, type ScriptReply } from './reply.ts';

export interface ScriptState {
  readonly file: string;
  /** Not switched off by its owner. */
  readonly enabled: boolean;
  readonly rules: readonly string[];
  /** "GET /x/things/:id" */
  readonly routes: readonly string[];
  readonly chains: readonly ChainState[];
  /** Of the file as it is; while there is one, the version before goes on. */
  readonly faults: readonly string[];
  /** Rules and routes that are switched off, because they failed. */
  readonly off: readonly string[];
  readonly bytes: number;
}

export interface RouteView {
  readonly file: string;
  readonly method: string;
  /** "/x/things/:id" */
  readonly path: string;
  readonly summary: string | null;
  readonly body: JsonSchema | null;
}

export interface Scripts {
  /** Looks at the files; `atOnce`: also at those that have changed a moment ago. */
  look(atOnce?: boolean): Promise<void>;
  /** After a change of the setting scripts_off. */
  applySwitches(): Promise<void>;
  /** A rule or a route that failed has another go. */
  tryAgain(what: string): void;
  list(): { directory: string; scripts: readonly ScriptState[] };
  setEnabled(
    file: string,
    on: boolean,
    origin: Origin,
  ): Promise<{ file: string; enabled: boolean } | Failure<'NO_SUCH_SCRIPT' | 'INTERNAL' | string>>;
  /** Appliance.runChain. */
  runChain(input: { chain: string; with?: Readonly<Record<string, unknown>> }): RunChainOutput;
  /** Those that answer now, as far as they say what they are. */
  routes(): readonly RouteView[];
  /** A request below /x/. */
  answer(request: Omit<ScriptRequest, 'params'>): ScriptReply;
  close(): void;
}

export interface ScriptsPorts {
  readonly engine: Engine<Vocabulary>;
  readonly door: Door;
  readonly files: RuleFiles;
  readonly directory: string;
  readonly log: Log;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly timers: ChainTimers;
  /** The setting: names of files. */
  readonly scriptsOff: () => string;
  readonly open: () => ScriptHost;
}

type Compiler = typeof import('./compiler.ts');

/** A file there is. */
interface Source {
  readonly text: string;
  readonly faults: readonly string[];
  /** It was switched off when it was last looked at. */
  readonly isOff: boolean;
}

interface Loaded {
  readonly script: LuaScript;
  readonly rules: readonly string[];
  readonly routes: readonly ScriptRoute[];
  readonly may: readonly string[];
}

const groupOf = (file: string) => `scripts/${file}`;
/** As the names of its rules and of the setting are made of it. */
const isUsableName = (file: string) => /^[\w-][\w.-]{0,63}\.lua$/.test(file);

export function createScripts(ports: ScriptsPorts): Scripts {
  const { engine, files, directory, log } = ports;
  const sources = new Map<string, Source>();
  const loaded = new Map<string, Loaded>();
  /** Of all scripts, in the order in which they are looked at. */
  let routes: readonly ScriptRoute[] = [];
  let compiler: Compiler | null = null;
  let chains: Chains | null = null;
  let isLooking = false;

  const failures = createFailureCount((file, what, message) => {
    // Not within the turn that failed.
    setImmediate(() => {
      if (loaded.get(file)?.rules.includes(what)) engine.setEnabled(what, false, 'failed');
      const sentence = `${what} of ${groupOf(file)} failed five times in a row and is switched off until the file changes: ${message}`;
      log.warn(sentence);
      engine.emit('Appliance', 'scriptFailed', { script: file, what, message: sentence }, { door: 'timer' });
    });
  });
  const forgetFailures = (file: string, what?: string) => {
    for (const each of failures.forget(file, what)) engine.setEnabled(each, true, 'failed');
  };
  const isOff = (file: string) => ports.scriptsOff().split(' ').includes(file);

  function tellLog(script: LuaScript): void {
    const text = script.takeLog();
    if (text === '') return;
    for (const line of text.split('\n').filter(Boolean)) log.info(`${groupOf(script.file)}: ${line}`);
  }

  function closeScript(script: LuaScript | undefined): void {
    if (script === undefined) return;
    tellLog(script);
    script.close();
  }

  function told(file: string, faults: readonly string[], sentence: string): void {
    if (faults.length === 0) log.info(sentence);
    else for (const fault of faults) log.warn(`scripts/${fault}`);
    const rules = loaded.get(file)?.rules.length ?? 0;
    const event = { file: groupOf(file), rules, faults: faults.length, message: sentence };
    engine.emit('Appliance', 'rulesRead', event, { door: 'start' });
  }

  async function loadCompiler(): Promise<Compiler> {
    compiler ??= await import('./compiler.ts');
    chains ??= compiler.createChains({
      ...ports,
      failures,
      actionsOf: compiler.actionsOfSteps,
      called: tellLog,
    });
    return compiler;
  }

  function putRoutes(by: Compiler): void {
    routes = by.inOrder([...loaded.values()].flatMap((each) => each.routes));
  }

  /** The new version in place of the old one, or why not. */
  function replace(file: string, text: string, by: Compiler): readonly string[] {
    if (!isUsableName(file))
      return [`${file}: a script is called by letters, digits, _, - and . alone: rename it`];
    const script = by.loadScript(file, text, ports.open);
    if (script instanceof ScriptFailure) return [script.message];
    const read = by.readScript(script, {
      failed: (what, failure) => failures.failed(file, what, failure.message),
      succeeded: (what) => failures.succeeded(file, what),
    });
    const others = routes.filter((route) => route.file !== file);
    const takenChains = read.chains.flatMap(({ name }) => {
      const other = chains?.ownerOf(name) ?? file;
      return other === file
        ? []
        : [`${file}: there is a chain called ${name} already (${other}): choose another name`];
    });
    const faults = [...read.faults, ...by.takenRoutes(read.routes, others), ...takenChains];
    const rules: readonly Rule[] = read.rules;
    if (faults.length === 0) {
      const replaced = engine.replace(groupOf(file), rules);
      if ('error' in replaced) faults.push(`${file}: ${replaced.message}`);
    }
    if (faults.length > 0) {
      script.close();
      return faults;
    }
    forgetFailures(file);
    chains?.replace(script, read.chains);
    closeScript(loaded.get(file)?.script);
    const names = rules.map(({ definition }) => definition.name);
    loaded.set(file, { script, rules: names, routes: read.routes, may: read.may });
    putRoutes(by);
    tellLog(script);
    return [];
  }

  /** Nothing of it is left but its text. */
  function unload(file: string): void {
    engine.replace(groupOf(file), []);
    forgetFailures(file);
    chains?.remove(file);
    closeScript(loaded.get(file)?.script);
    loaded.delete(file);
    if (compiler !== null) putRoutes(compiler);
  }

  /** `isAgain`: its fault is known already. */
  async function take({ file, text }: Change, isAgain = false): Promise<void> {
    if (text === null) {
      unload(file);
      sources.delete(file);
      told(file, [], `${groupOf(file)} is gone.`);
      return;
    }
    if (isOff(file)) {
      unload(file);
      sources.set(file, { text, faults: [], isOff: true });
      told(file, [], `${groupOf(file)} is switched off.`);
      return;
    }
    const by = await loadCompiler();
    const faults = replace(file, text, by);
    sources.set(file, { text, faults, isOff: false });
    const { rules = [], routes: own = [] } = loaded.get(file) ?? {};
    if (faults.length === 0) {
      const what = [...rules, ...own.map(by.routeWords)].join(', ');
      told(file, [], `${groupOf(file)} is read: ${what || 'it defines nothing'}.`);
    } else if (!isAgain)
      told(file, faults, `scripts/${faults[0]}.${loaded.has(file) ? ' The version before goes on.' : ''}`);
  }

  /** One after the other: a second look finds nothing to do. */
  async function exclusively(work: () => Promise<void>): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    try {
      await work();
    } catch (error) {
      log.error('The scripts could not be read.', { error: String(error) });
    } finally {
      isLooking = false;
    }
  }

  async function applySwitches(): Promise<void> {
    for (const [file, { text, isOff: was }] of [...sources])
      if (isOff(file) !== was) await take({ file, text });
  }

  async function lookAtFiles(atOnce: boolean): Promise<void> {
    const changes = files.changes(atOnce);
    for (const change of changes) await take(change);
    await applySwitches();
    for (const { script } of loaded.values()) tellLog(script);
    // What another file stood in the way of may be possible now.
    const rest = changes.length === 0 ? [] : [...sources].filter(([, { faults }]) => faults.length > 0);
    for (const [file, { text }] of rest)
      if (!changes.some((change) => change.file === file)) await take({ file, text }, true);
  }

  return {
    async look(atOnce = false) {
      if (!files.isUnused()) await exclusively(() => lookAtFiles(atOnce));
    },
    applySwitches: () => exclusively(applySwitches),
    tryAgain(what) {
      for (const file of loaded.keys()) forgetFailures(file, what);
    },
    list: () => ({
      directory,
      scripts: [...sources].map(([file, { faults }]) => {
        const { rules = [], routes: own = [], script } = loaded.get(file) ?? {};
        const words = compiler === null ? [] : own.map(compiler.routeWords);
        const off = failures.off(file);
        const bytes = script?.usedBytes() ?? 0;
        return {
          file,
          enabled: !isOff(file),
          rules,
          routes: words,
          chains: chains?.list(file) ?? [],
          faults,
          off,
          bytes,
        };
      }),
    }),
    async setEnabled(file, on, origin) {
      if (!sources.has(file))
        return { error: 'NO_SUCH_SCRIPT', message: `There is no script "${file}": segue scripts list.` };
      const names = new Set(ports.scriptsOff().split(' ').filter(Boolean));
      if (on) names.delete(file);
      else names.add(file);
      const value = [...names].sort().join(' ');
      const answer = await ports.door.run('Settings', 'set', { key: 'scripts_off', value }, origin);
      if ('error' in answer) return answer;
      if (on) forgetFailures(file);
      await exclusively(applySwitches);
      return { file, enabled: on };
    },
    routes: () =>
      routes.map((route) => {
        const { file, method, summary, body } = route;
        const path = (compiler as Compiler).routeWords(route).slice(method.length + 1);
        return { file, method, path, summary, body };
      }),
    runChain: ({ chain, with: context = {} }) =>
      chains?.run(chain, context) ?? {
        error: 'NO_SUCH_CHAIN',
        message: `There is no chain "${chain}": no script defines one.`,
      },
    answer: (request) =>
      compiler === null
        ? notFound(request.path)
        : compiler.answerRequest(request, {
            engine,
            log,
            failures,
            routes,
            ownerOf: (file) => loaded.get(file) as Loaded,
            called: tellLog,
          }),
    close() {
      chains?.close();
      for (const { script } of loaded.values()) script.close();
      loaded.clear();
    },
  };
}
