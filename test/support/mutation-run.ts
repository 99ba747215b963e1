// Runs mutated files through a process of their own, and starts another where one kills or hangs it: nothing is lost but
// that one file, which is named.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Said } from './mutation-work.ts';

export interface Verdict {
  readonly read: number;
  /** How often each outcome was met. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** One line each: the number of the mutation, what it is, what is wrong. */
  readonly faults: readonly string[];
  /** Memory and open files of the process, by the number of files read by then. */
  readonly sizes: readonly { readonly number: number; readonly rssBytes: number; readonly handles: number }[];
}

export interface MutationRun {
  readonly folder: string;
  readonly seed: number;
  readonly count: number;
  readonly environment?: NodeJS.ProcessEnv;
  /** Silence of the process that counts as hanging. */
  readonly hangMs?: number;
}

const PROGRAM = fileURLToPath(new URL('./mutation-work.ts', import.meta.url));

export async function runMutations({
  folder,
  seed,
  count,
  environment = {},
  hangMs = 30_000,
}: MutationRun): Promise<Verdict> {
  const outcomes = new Map<string, number>();
  const faults: string[] = [];
  const sizes: { number: number; rssBytes: number; handles: number }[] = [];
  let next = 0;
  let read = 0;
  while (next < count) {
    const from = next;
    let what = '';
    let isHung = false;
    const child = fork(PROGRAM, [], {
      execArgv: ['--import', 'tsx', '--expose-gc'],
      env: { ...process.env, ...environment },
    });
    let timer = watch(child);
    function watch(process: ChildProcess): NodeJS.Timeout {
      return setTimeout(() => {
        isHung = true;
        process.kill('SIGKILL');
      }, hangMs);
    }
    child.on('message', (said: Said) => {
      clearTimeout(timer);
      timer = watch(child);
      if (said.type === 'at') {
        what = said.what;
        next = said.number + 1;
      } else if (said.type === 'read') {
        read++;
        outcomes.set(said.outcome, (outcomes.get(said.outcome) ?? 0) + 1);
        if (said.fault !== null) faults.push(`${said.number} (${what}): ${said.fault}`);
      } else sizes.push({ number: said.number - from, rssBytes: said.rssBytes, handles: said.handles });
    });
    child.send({ folder, seed, from, to: count });
    const how = await new Promise<string | null>((resolve) => {
      child.once('close', (code, signal) => resolve(code === 0 ? null : `code ${code}, signal ${signal}`));
    });
    clearTimeout(timer);
    if (how !== null) {
      faults.push(
        `${next - 1} (${what}): ${isHung ? 'it hung the process' : `it ended the process, ${how}`}`,
      );
      if (next === from) break;
    }
  }
  return { read, outcomes, faults, sizes };
}
