// A request below /x/: which route it is for, what the script answers, and what that brings. Main thread.
import type { DecidedAction, Engine } from '../../sync/engine/index.ts';
import type { ScriptRequest, ScriptValue } from '../../sync/script/host.ts';
import { matchScriptRoute, routeWords, type ScriptRoute } from '../../sync/script/lua-routes.ts';
import type { LuaScript } from '../../sync/script/lua-script.ts';
import type { Vocabulary } from '../../sync/vocabulary/index.ts';
import type { Log } from '../ports.ts';
import type { FailureCount } from './failure-count.ts';
import { readAnswer } from './read-answer.ts';
import { errorReply, notFound, type ScriptReply } from './reply.ts';

export interface AnswerPorts {
  readonly engine: Engine<Vocabulary>;
  readonly log: Log;
  readonly failures: FailureCount;
  /** Of all scripts, in order. */
  readonly routes: readonly ScriptRoute[];
  /** Of a file that has a route. */
  readonly ownerOf: (file: string) => { readonly script: LuaScript; readonly may: readonly string[] };
  /** After a call: what the script has logged. */
  readonly called: (script: LuaScript) => void;
}

export function answerRequest(request: Omit<ScriptRequest, 'params'>, ports: AnswerPorts): ScriptReply {
  const { engine, log, failures, routes } = ports;
  const found = matchScriptRoute(routes, request.method, request.path);
  if (found.kind === 'unknown') return notFound(request.path);
  if (found.kind === 'wrongMethod') {
    const { allowed } = found;
    const words = `Use ${allowed.join(' or ')} for ${request.path}.`;
    return { ...errorReply(405, 'METHOD_NOT_ALLOWED', words), headers: { Allow: allowed.join(', ') } };
  }
  const { route, params } = found;
  const { file } = route;
  const { script, may } = ports.ownerOf(file);
  const what = routeWords(route);
  if (failures.off(file).includes(what))
    return errorReply(503, 'UNAVAILABLE', 'This route failed several times and is switched off.');
  const given = { ...request, params: (): ScriptValue => params };
  const answer = script.serve(route.before, route.handler, route.after, given);
  ports.called(script);
  const reply = readAnswer(answer, may);
  if ('problem' in reply) {
    const message = reply.problem.startsWith(file) ? reply.problem : `${file}: ${reply.problem}`;
    log.error(`${what} failed`, { script: `scripts/${file}`, message });
    failures.failed(file, what, message);
    return errorReply(500, 'INTERNAL', 'The script made a mistake; the log says more.');
  }
  failures.succeeded(file, what);
  if (!act(engine, file, reply.actions))
    return errorReply(500, 'INTERNAL', 'What the answer brings could not be saved; the log says more.');
  return reply.refused === null
    ? reply
    : errorReply(reply.status, reply.refused.code, reply.refused.message, reply.refused.details);
}

/** What the answer brings is done by a rule of the script's group, so that it is found in the trace. False: it was not
 *  saved, and nobody may be told that it was. */
function act(engine: Engine<Vocabulary>, file: string, actions: readonly DecidedAction[]): boolean {
  if (actions.length === 0) return true;
  const origin = { door: 'http', who: `scripts/${file}` } as const;
  return engine.emit('Appliance', 'scriptAnswered', { script: file, actions }, origin);
}
