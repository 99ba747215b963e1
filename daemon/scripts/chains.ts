// The chains of scripts: run through sync/chain, their contexts staying in Lua. Main thread. Takes no action itself: what
// a step returns is asked of the chain's rule, one action at a time, so that each is in the trace and answers the step.
import {
  type Chain,
  type ChainClock,
  type ChainMetrics,
  type ChainResult,
  type ChainTimers,
  createChain,
  failureWords,
  type StepMetrics,
} from '../../sync/chain/index.ts';
import type { Cause, Origin } from '../../sync/door.ts';
import type { DecidedAction, Engine } from '../../sync/engine/index.ts';
import { ScriptFailure, type ScriptValue } from '../../sync/script/host.ts';
import type { ScriptChain } from '../../sync/script/lua-chains.ts';
import type { Held, LuaScript } from '../../sync/script/lua-script.ts';
import type { Failure } from '../../sync/vocabulary/common.ts';
import type { Vocabulary } from '../../sync/vocabulary/index.ts';
import type { Log } from '../ports.ts';
import { middlewareOf, mistake } from './chain-middleware.ts';
import type { FailureCount } from './failure-count.ts';

export interface ChainState {
  readonly name: string;
  readonly summary: string;
  readonly mode: string;
  readonly steps: readonly string[];
  /** Runs under way, and those that have ended since the file was read. */
  readonly running: number;
  readonly runs: number;
  /** Of these. */
  readonly failed: number;
  /** By step, where the chain uses `metrics`. */
  readonly metrics: readonly StepMetrics[];
}

export type RunChainOutput = Vocabulary['Appliance']['actions']['runChain']['output'];

export interface Chains {
  /** The file whose chain is called so; undefined: there is none. */
  ownerOf(name: string): string | undefined;
  /** The chains of a file from now on. Runs of those it had are ended. */
  replace(script: LuaScript, chains: readonly ScriptChain[]): void;
  remove(file: string): void;
  list(file: string): readonly ChainState[];
  run(name: string, context: Readonly<Record<string, unknown>>): RunChainOutput;
  close(): void;
}

export interface ChainsPorts {
  readonly engine: Engine<Vocabulary>;
  readonly clock: ChainClock;
  readonly timers: ChainTimers;
  readonly log: Log;
  readonly failures: FailureCount;
  /** The actions in what a step returned, or what is wrong with it. */
  readonly actionsOf: (may: readonly string[]) => (value: ScriptValue) => readonly DecidedAction[] | string;
  /** After a call: what the script has logged. */
  readonly called: (script: LuaScript) => void;
}

/** One run. The chain gives it to each step; all that is in Lua is `held`. */
interface Run {
  readonly id: number;
  readonly held: Held;
  readonly because: Cause | null;
  readonly stop: AbortController;
  /** What the script did wrong, which no other try can mend. */
  mistake: string | null;
}

interface Known {
  readonly file: string;
  readonly chain: Chain<Run>;
  readonly summary: string;
  readonly mode: string;
  readonly script: LuaScript;
  readonly measured: readonly ChainMetrics[];
  readonly running: Set<Run>;
  runs: number;
  failed: number;
}

const mostRuns = 8;

export const chainRuleName = (chain: string) => `Chain-${chain}`;
const originOf = (file: string): Origin => ({ door: 'timer', who: `scripts/${file}` });

/** {error, message} is how a step says that it could not. */
function failureOf(value: unknown): { error: string; message: string } | null {
  if (typeof value !== 'object' || value === null || !('error' in value)) return null;
  const { error, message = error } = value as { error: unknown; message?: unknown };
  return { error: String(error), message: String(message) };
}

export function createChains(ports: ChainsPorts): Chains {
  const { engine, clock, timers, log, failures } = ports;
  const known = new Map<string, Known>();
  let lastRun = 0;

  async function take(
    of: ScriptChain,
    file: string,
    step: string,
    run: Run,
    actions: readonly DecidedAction[],
  ) {
    for (const { key: action, args } of actions) {
      const input = { script: file, chain: of.name, run: run.id, step, action, args };
      const output = await engine.request(
        'Appliance',
        'takeStep',
        input,
        [action],
        originOf(file),
        run.because,
      );
      const failure = failureOf(output);
      if (failure !== null) return failure;
      if (run.stop.signal.aborted) return { error: 'ENDED', message: 'the run was ended' };
    }
    return undefined;
  }

  function stepOf(script: LuaScript, of: ScriptChain, { name, path }: ScriptChain['steps'][number]) {
    const isWrong = (run: Run, message: string) => {
      run.mistake ??= message;
      return { error: mistake, message };
    };
    const read = ports.actionsOf(of.may);
    return {
      name,
      run(run: Run): unknown {
        const value = script.callHeld(path, run.held);
        ports.called(script);
        if (value instanceof ScriptFailure) {
          if (value.error !== 'FAILED') run.stop.abort();
          return isWrong(run, value.message);
        }
        if (value === null) return undefined;
        const failure = failureOf(value);
        if (failure !== null) return failure;
        const actions = read(value);
        if (typeof actions === 'string') return isWrong(run, `${script.file}: ${name}: ${actions}`);
        return actions.length > 0 ? take(of, script.file, name, run, actions) : undefined;
      },
    };
  }

  function ended(name: string, of: Known, run: Run, result: ChainResult): void {
    const { file, script } = of;
    of.running.delete(run);
    of.runs += 1;
    if (!result.ok) of.failed += 1;
    script.release(run.held);
    const rule = chainRuleName(name);
    // A replaced chain says nothing about the one that is in its place.
    if (known.get(name) === of) {
      if (run.mistake !== null) failures.failed(file, rule, run.mistake);
      else if (!result.isCancelled) failures.succeeded(file, rule);
    }
    const words = failureWords(result).join('; ');
    if (run.mistake !== null || !result.ok)
      log.warn(
        `scripts/${file}: the chain ${name} ${result.isCancelled ? 'was ended' : 'failed'}${words && `: ${words}`}`,
      );
    const { ok, steps, isCancelled: cancelled } = result;
    const list = result.failures.map(({ step, error, message }) => ({ step, error, message }));
    engine.emit(
      'Appliance',
      'chainEnded',
      { script: file, chain: name, run: run.id, ok, steps, cancelled, failures: list },
      originOf(file),
      run.because,
    );
  }

  function remove(file: string): void {
    for (const [name, of] of [...known]) {
      if (of.file !== file) continue;
      known.delete(name);
      for (const run of of.running) run.stop.abort();
    }
  }

  return {
    ownerOf: (name) => known.get(name)?.file,
    remove,
    replace(script, chains) {
      const { file } = script;
      remove(file);
      for (const of of chains) {
        const chain = createChain<Run>(of.name, of.mode);
        const around = of.use.map((spec) =>
          middlewareOf(spec, {
            clock,
            timers,
            tell: (step, words) => log.info(`scripts/${file}: ${of.name}: ${step} ${words}`),
          }),
        );
        chain.add(...of.steps.map((step) => stepOf(script, of, step))).use(...around);
        const { summary, mode } = of;
        const measured = around.filter((each): each is ChainMetrics => each.name === 'metrics');
        known.set(of.name, {
          file,
          chain,
          summary,
          mode,
          script,
          measured,
          running: new Set(),
          runs: 0,
          failed: 0,
        });
      }
    },
    list: (file) =>
      [...known]
        .filter(([, of]) => of.file === file)
        .map(([name, { chain, summary, mode, measured, running, runs, failed }]) => ({
          name,
          summary,
          mode,
          steps: chain.steps,
          running: running.size,
          runs,
          failed,
          metrics: measured.flatMap((each) => each.read()),
        })),
    run(name, context) {
      const of = known.get(name);
      if (of === undefined)
        return { error: 'NO_SUCH_CHAIN', message: `There is no chain "${name}": segue scripts list.` };
      const refused = refusal(name, of);
      if (refused !== null) return refused;
      const held = of.script.hold(context as ScriptValue);
      if (held instanceof ScriptFailure) return { error: 'FAILED', message: held.message };
      const id = ++lastRun;
      const run: Run = { id, held, because: engine.current(), stop: new AbortController(), mistake: null };
      of.running.add(run);
      const result = of.chain.run(run, run.stop.signal);
      if (result instanceof Promise) void result.then((later) => ended(name, of, run, later));
      else ended(name, of, run, result);
      return { run: id };
    },
    close() {
      for (const { file } of [...known.values()]) remove(file);
    },
  };

  function refusal(name: string, { file, running }: Known): Failure<'BUSY' | 'UNAVAILABLE'> | null {
    const rule = chainRuleName(name);
    if (failures.off(file).includes(rule))
      return { error: 'UNAVAILABLE', message: `The chain ${name} failed several times and is switched off.` };
    if (engine.rules().some((each) => each.name === rule && !each.enabled))
      return {
        error: 'UNAVAILABLE',
        message: `The chain ${name} is switched off: segue rules enable ${rule}.`,
      };
    return running.size < mostRuns
      ? null
      : { error: 'BUSY', message: `The chain ${name} runs ${mostRuns} times already: try again later.` };
  }
}
