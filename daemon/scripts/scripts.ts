// The owner's scripts: reads scripts/*.lua of the state directory, again when they change. Main thread. A file with a
// fault changes nothing: its last good version goes on. Rules of a script are a group of the engine, its routes answer
// below /x/. What fails five times in a row is switched off until its file changes. Lua is loaded with the first file.
import type { DecidedAction, Engine, Rule } from '../../sync/engine/index.ts';
import {
  ScriptFailure,
  type ScriptHost,
  type ScriptRequest,
  type ScriptValue,
} from '../../sync/script/host.ts';
import type { ScriptRoute } from '../../sync/script/lua-routes.ts';
import type { LuaScript } from '../../sync/script/lua-script.ts';
import type { Vocabulary } from '../../sync/vocabulary/index.ts';
import type { Change, RuleFiles } from '../owner-rules/rule-files.ts';
import type { Log } from '../ports.ts';
import { createFailureCount } from './failure-count.ts';

export interface ScriptState {
  readonly file: string;
  readonly rules: readonly string[];
  /** "GET /x/things/:id" */
  readonly routes: readonly string[];
  /** Of the file as it is; while there is one, the version before goes on. */
  readonly faults: readonly string[];
  /** Rules and routes that are switched off, because they failed. */
  readonly off: readonly string[];
  readonly bytes: number;
}

/** null body: none. */
export interface ScriptReply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Scripts {
  /** Looks at the files; `atOnce`: also at those that have changed a moment ago. */
  look(atOnce?: boolean): Promise<void>;
  list(): { directory: string; scripts: readonly ScriptState[] };
  /** A request below /x/. */
  answer(request: Omit<ScriptRequest, 'params'>): ScriptReply;
  close(): void;
}

export interface ScriptsPorts {
  readonly engine: Engine<Vocabulary>;
  readonly files: RuleFiles;
  readonly directory: string;
  readonly log: Log;
  readonly open: () => ScriptHost;
}

interface Loaded {
  readonly script: LuaScript;
  readonly rules: readonly string[];
  readonly routes: readonly ScriptRoute[];
  readonly may: readonly string[];
}

type Found =
  | {
      readonly kind: 'found';
      readonly file: string;
      readonly route: ScriptRoute;
      readonly params: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'absent'; readonly allowed: readonly string[] };

const groupOf = (file: string) => `scripts/${file}`;
const wordsFor = ({ method, segments, params }: ScriptRoute) => {
  let at = 0;
  return `${method} /x/${segments.map((segment) => segment ?? `:${params[at++]}`).join('/')}`;
};
const errorReply = (status: number, code: string, message: string, details?: unknown): ScriptReply => ({
  status,
  body: { error: { code, message, ...(details === undefined ? {} : { details }) } },
  headers: {},
});

export function createScripts(ports: ScriptsPorts): Scripts {
  const { engine, files, directory, log } = ports;
  const loaded = new Map<string, Loaded>();
  const faultsOf = new Map<string, readonly string[]>();
  let compiler: typeof import('./compiler.ts') | null = null;
  let isLooking = false;

  const failures = createFailureCount((file, what, message) => {
    // Not within the turn that failed.
    setImmediate(() => {
      if (loaded.get(file)?.rules.includes(what)) engine.setEnabled(what, false);
      const sentence = `${what} of ${groupOf(file)} failed five times in a row and is switched off until the file changes: ${message}`;
      log.warn(sentence);
      engine.emit('Appliance', 'scriptFailed', { script: file, what, message: sentence }, { door: 'timer' });
    });
  });

  function tellLog(script: LuaScript): void {
    for (const line of script.takeLog().split('\n').filter(Boolean))
      log.info(`${groupOf(script.file)}: ${line}`);
  }

  function told(file: string, faults: readonly string[], sentence: string): void {
    if (faults.length === 0) log.info(sentence);
    else for (const fault of faults) log.warn(`scripts/${fault}`);
    const rules = loaded.get(file)?.rules.length ?? 0;
    const event = { file: groupOf(file), rules, faults: faults.length, message: sentence };
    engine.emit('Appliance', 'rulesRead', event, { door: 'start' });
  }

  /** The new version in place of the old one, or why not. */
  function replace(file: string, text: string, compile: typeof import('./compiler.ts')): readonly string[] {
    const script = compile.loadScript(file, text, ports.open);
    if (script instanceof ScriptFailure) return [script.message];
    const read = compile.readScript(script, {
      failed: (what, failure) => failures.failed(file, what, failure.message),
      succeeded: (what) => failures.succeeded(file, what),
    });
    if (read.faults.length > 0) {
      script.close();
      return read.faults;
    }
    const rules: readonly Rule[] = read.rules;
    const replaced = engine.replace(groupOf(file), rules);
    if ('error' in replaced) {
      script.close();
      return [`${file}: ${replaced.message}`];
    }
    for (const what of failures.forget(file)) engine.setEnabled(what, true);
    loaded.get(file)?.script.close();
    const names = rules.map(({ definition }) => definition.name);
    loaded.set(file, { script, rules: names, routes: read.routes, may: read.may });
    tellLog(script);
    return [];
  }

  async function take({ file, text }: Change): Promise<void> {
    if (text === null) {
      engine.replace(groupOf(file), []);
      failures.forget(file);
      loaded.get(file)?.script.close();
      loaded.delete(file);
      faultsOf.delete(file);
      told(file, [], `${groupOf(file)} is gone.`);
      return;
    }
    compiler ??= await import('./compiler.ts');
    const faults = replace(file, text, compiler);
    faultsOf.set(file, faults);
    const { rules = [], routes = [] } = loaded.get(file) ?? {};
    if (faults.length === 0) {
      const what = [...rules, ...routes.map(wordsFor)].join(', ');
      told(file, [], `${groupOf(file)} is read: ${what || 'it defines nothing'}.`);
    } else
      told(file, faults, `scripts/${faults[0]}.${loaded.has(file) ? ' The version before goes on.' : ''}`);
  }

  function find(method: string, path: string): Found {
    const allowed = new Set<string>();
    for (const [file, { routes }] of loaded) {
      const match = compiler?.matchScriptRoute(routes, method, path) ?? { kind: 'unknown' as const };
      if (match.kind === 'found') return { kind: 'found', file, route: match.route, params: match.params };
      if (match.kind === 'wrongMethod') for (const each of match.allowed) allowed.add(each);
    }
    return { kind: 'absent', allowed: [...allowed] };
  }

  /** What the answer brings is done by a rule of the script's group, so that it is found in the trace. */
  function act(file: string, actions: readonly DecidedAction[]): void {
    if (actions.length === 0) return;
    engine.emit(
      'Appliance',
      'scriptAnswered',
      { script: file, actions },
      { door: 'http', who: groupOf(file) },
    );
  }

  return {
    async look(atOnce = false) {
      if (isLooking) return;
      isLooking = true;
      try {
        for (const change of files.changes(atOnce)) await take(change);
      } catch (error) {
        log.error('The scripts could not be read.', { error: String(error) });
      } finally {
        isLooking = false;
      }
    },
    list: () => ({
      directory,
      scripts: [...faultsOf].map(([file, faults]) => {
        const { rules = [], routes = [], script } = loaded.get(file) ?? {};
        const off = failures.off(file);
        return { file, rules, routes: routes.map(wordsFor), faults, off, bytes: script?.usedBytes() ?? 0 };
      }),
    }),
    answer(request) {
      const found = find(request.method, request.path);
      if (found.kind === 'absent') {
        const { allowed } = found;
        if (allowed.length === 0)
          return errorReply(404, 'NOT_FOUND', `No script answers at ${request.path}.`);
        const words = `Use ${allowed.join(' or ')} for ${request.path}.`;
        return { ...errorReply(405, 'METHOD_NOT_ALLOWED', words), headers: { Allow: allowed.join(', ') } };
      }
      const { file, route, params } = found;
      const { script, may } = loaded.get(file) as Loaded;
      const what = wordsFor(route);
      if (failures.off(file).includes(what))
        return errorReply(503, 'UNAVAILABLE', 'This route failed several times and is switched off.');
      const given = { ...request, params: (): ScriptValue => params };
      const answer = script.serve(route.before, route.handler, route.after, given);
      tellLog(script);
      const reply = (compiler as typeof import('./compiler.ts')).readAnswer(answer, may);
      if ('problem' in reply) {
        const message = reply.problem.startsWith(file) ? reply.problem : `${file}: ${reply.problem}`;
        log.error(`${what} failed`, { script: groupOf(file), message });
        failures.failed(file, what, message);
        return errorReply(500, 'INTERNAL', 'The script made a mistake; the log says more.');
      }
      failures.succeeded(file, what);
      act(file, reply.actions);
      return reply.refused === null
        ? reply
        : errorReply(reply.status, reply.refused.code, reply.refused.message, reply.refused.details);
    },
    close() {
      for (const { script } of loaded.values()) script.close();
      loaded.clear();
    },
  };
}
