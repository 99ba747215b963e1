// The Lua host: loads its addon with the first script, and gives one state a script. Main thread; every call is
// protected and bounded (native/lua). It knows nothing of files, rules or routes.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type {
  ScriptAnswer,
  ScriptDefinitions,
  ScriptFailure,
  ScriptHost,
  ScriptLimits,
  ScriptRequest,
  ScriptValue,
} from '../../../sync/script/host.ts';
import { tapeReader } from './tape.ts';

/** Methods answer undefined when they failed; failure() says why. */
interface NativeScript {
  /** What call, callRow and callHeld answer is on the tape when they answer `texts`. */
  readonly tape: Float64Array;
  readonly texts: readonly string[];
  /** What it is called by where it is not an object: below. */
  readonly number: number;
  load(name: string, source: string): true | undefined;
  definitions(): ScriptDefinitions | undefined;
  shape(names: readonly string[]): number | undefined;
  call(reference: number, ...values: unknown[]): ScriptValue | readonly string[] | undefined;
  hold(value: unknown): number | undefined;
  release(held: number): void;
  serve(
    before: readonly number[],
    handler: number,
    after: readonly number[],
    method: string,
    path: string,
    provide: (field: number) => unknown,
  ): number | readonly [kind: number, value: ScriptValue] | undefined;
  failure(): { error: 'FAILED' | 'LIMIT' | 'CLOSED'; message: string };
  takeLog(): string;
  usedBytes(): number;
  close(): void;
}

interface NativeAddon {
  readonly Script: new (limits: ScriptLimits) => NativeScript;
  /** Of the script with this number. */
  callRow(
    script: number,
    reference: number,
    shape: number,
    ...values: readonly unknown[]
  ): ScriptValue | readonly string[] | undefined;
  callHeld(script: number, reference: number, held: number): ScriptValue | readonly string[] | undefined;
}
type FailureClass = typeof ScriptFailure;

/** In the order of the addon's Answer. */
const answerKinds = ['value', 'reply', 'refusal'] as const;
const kindAt = (kind: number): ScriptAnswer['kind'] => answerKinds[kind] ?? 'value';

const candidates = ['../../../build/native/segue-lua.node', '../../../../build/native/segue-lua.node'].map(
  (path) => fileURLToPath(new URL(path, import.meta.url)),
);
let addon: NativeAddon | null = null;

function loadAddon(): NativeAddon {
  if (addon === null) {
    const path = candidates.find((candidate) => existsSync(candidate));
    if (!path) throw new Error('The addon for scripts is not built. Run "npm run build" first.');
    addon = createRequire(import.meta.url)(path) as NativeAddon;
  }
  return addon;
}

/** Opens an empty state. `Failure` is sync/script's class: an adapter imports only its type. */
export function openLua(Failure: FailureClass, limits: ScriptLimits = {}): ScriptHost {
  const { Script, callRow, callHeld } = loadAddon();
  const native = new Script(limits);
  const { tape, texts, number } = native;
  const readTape = tapeReader(tape, texts);
  const failed = (): ScriptFailure => {
    const { error, message } = native.failure();
    return new Failure(error, message);
  };
  return {
    load: (name, source) => (native.load(name, source) ? null : failed()),
    definitions: () => native.definitions() ?? failed(),
    shape: (names) => native.shape(names) ?? failed(),
    call(reference, ...values) {
      const value = native.call(reference, ...values);
      if (value === texts) return readTape();
      return value === undefined ? failed() : (value as ScriptValue);
    },
    callRow(reference, shape, values) {
      const value = callRow(number, reference, shape, ...values);
      if (value === texts) return readTape();
      return value === undefined ? failed() : (value as ScriptValue);
    },
    hold: (value) => native.hold(value) ?? failed(),
    callHeld(reference, held) {
      const value = callHeld(number, reference, held);
      if (value === texts) return readTape();
      return value === undefined ? failed() : (value as ScriptValue);
    },
    release: (held) => native.release(held),
    serve(before, handler, after, request) {
      const { method, path } = request;
      const answer = native.serve(before, handler, after, method, path, (field) => fieldOf(request, field));
      if (answer === undefined) return failed();
      if (typeof answer === 'number') return { kind: kindAt(answer), value: readTape() };
      return { kind: kindAt(answer[0]), value: answer[1] };
    },
    takeLog: () => native.takeLog(),
    usedBytes: () => native.usedBytes(),
    close: () => native.close(),
  };
}

/** In the order of the host's Field. */
function fieldOf(request: ScriptRequest, field: number): unknown {
  switch (field) {
    case 0:
      return request.headers();
    case 1:
      return request.query();
    case 2:
      return request.params();
    default:
      return request.body();
  }
}
