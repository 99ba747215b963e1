// What a script's route answered, checked: status, body, headers, actions; or what is wrong with it. Pure.
import type { DecidedAction } from '../../sync/engine/index.ts';
import { type ScriptAnswer, ScriptFailure, type ScriptValue } from '../../sync/script/host.ts';
import { actionReader } from '../../sync/script/lua-rules.ts';
import { vocabularyShapes } from '../../sync/script/vocabulary.generated.ts';

export interface ReadAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly actions: readonly DecidedAction[];
  readonly refused: { readonly code: string; readonly message: string; readonly details?: unknown } | null;
}

const record = (value: ScriptValue | undefined) =>
  (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}) as Readonly<
    Record<string, ScriptValue | undefined>
  >;

/** What a route answered, or what is wrong with it. */
export function readAnswer(
  answer: ScriptAnswer | ScriptFailure,
  may: readonly string[],
): ReadAnswer | { readonly problem: string } {
  if (answer instanceof ScriptFailure) return { problem: answer.message };
  if (answer.kind === 'value') {
    const { value } = answer;
    return { status: value === null ? 204 : 200, body: value, headers: {}, actions: [], refused: null };
  }
  const { status = 200, body, headers, actions: wanted } = record(answer.value);
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599)
    return { problem: 'a status is a whole number from 200 to 599' };
  if (answer.kind === 'refusal') {
    const { error = 'REFUSED', message = '', errors } = record(body);
    const refused = {
      code: String(error),
      message: String(message),
      ...(errors !== undefined && { details: errors }),
    };
    return { status, body: null, headers: {}, actions: [], refused };
  }
  const actions = actionReader(may, vocabularyShapes)(wanted);
  if (typeof actions === 'string') return { problem: actions };
  const named: Record<string, string> = {};
  for (const [name, value] of Object.entries(record(headers))) {
    if (!/^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(name) || !/^[\x20-\x7e]{0,1000}$/.test(String(value)))
      return { problem: `the header ${name} is none that can be sent` };
    if (/^(content-length|transfer-encoding|connection|set-cookie)$/i.test(name))
      return { problem: `the header ${name} is not a script's to set` };
    named[name] = String(value);
  }
  return { status, body: body ?? null, headers: named, actions, refused: null };
}
