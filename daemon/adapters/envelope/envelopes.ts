// The envelopes of files, for a passage editor: from the cache, else made by a worker process, one at a time. Main thread.
// Who asks for the same file shares one worker; when the last of them has left, it is killed.
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Failure } from '../../../sync/vocabulary/common.ts';
import type { EnvelopeOrder, EnvelopeView } from '../../import/envelope-worker.ts';
import { type EnvelopeCache, keyOf } from './cache.ts';
import type { EnvelopeJob } from './spawn.ts';

export type EnvelopeFailure = Failure<'FILE_GONE' | 'UNREADABLE' | 'BUSY' | 'UNAVAILABLE'>;

export interface EnvelopePorts {
  readonly cache: EnvelopeCache;
  readonly spawn: (order: EnvelopeOrder) => EnvelopeJob;
  /** A file that takes longer is given up. */
  readonly limitMs?: number;
  /** A disk that does not say within this time whether a file is there is not asked again until it did. */
  readonly statLimitMs?: number;
  readonly statOf?: (path: string) => Promise<Stats>;
}

export interface Envelopes {
  /** Never rejects. What it answers after `signal` is of no use to anybody. */
  of(path: string, signal: AbortSignal): Promise<EnvelopeView | EnvelopeFailure>;
  /** Kills what runs. */
  close(): void;
}

const SPANS = 2000;
/** At a thirtieth of the speed of a desktop this is still two hours of music. */
const LIMIT_MS = 300_000;
const STAT_LIMIT_MS = 3000;
const MOST_WAITING = 8;

type Made = EnvelopeView | EnvelopeFailure;

interface Work {
  readonly result: Promise<Made>;
  askers: number;
  /** Ends it; before its turn it never begins. */
  cancel(): void;
}

export function createEnvelopes(ports: EnvelopePorts): Envelopes {
  const { cache, spawn, limitMs = LIMIT_MS, statLimitMs = STAT_LIMIT_MS, statOf = stat } = ports;
  const works = new Map<string, Work>();
  let turn: Promise<unknown> = Promise.resolve();
  let lookTurn: Promise<unknown> = Promise.resolve();
  let isOverdue = false;

  /** Null: the disk does not answer. One look at a time, none while one is overdue: a dead disk holds one thread of the
   *  pool, never all of them. */
  function look(path: string): Promise<Stats | NodeJS.ErrnoException | null> {
    const looked = lookTurn.then(async () => {
      if (isOverdue) return null;
      const answer = statOf(path).catch((error: NodeJS.ErrnoException) => error);
      const inTime = await within(answer, statLimitMs);
      isOverdue = inTime === null;
      void answer.then(() => {
        isOverdue = false;
      });
      return inTime;
    });
    lookTurn = looked;
    return looked;
  }

  async function run(order: EnvelopeOrder, stop: { now(): void }): Promise<Made> {
    const job = spawn(order);
    // A process that hangs in the kernel does not even die: nobody waits for it.
    const stopped = new Promise<null>((resolve) => {
      stop.now = () => resolve(null);
    });
    const answer = await within(Promise.race([job.answer, stopped]), limitMs);
    if (answer === null) {
      job.kill();
      return failed(
        'UNREADABLE',
        'Reading this file ended without an answer, or took too long. Replace the file.',
      );
    }
    if (!('reason' in answer)) return answer;
    return answer.isGone ? gone() : failed('UNREADABLE', answer.reason);
  }

  function begin(key: string, path: string): Work {
    let isCancelled = false;
    const stop = { now() {} };
    const result = turn.then(async () => {
      // Nobody waits for it any more, and it has not begun.
      if (isCancelled) return gone();
      const made = await run({ path, spans: SPANS }, stop);
      if (!('error' in made)) await cache.write(key, made);
      return made;
    });
    const work: Work = {
      result,
      askers: 0,
      cancel() {
        isCancelled = true;
        stop.now();
        if (works.get(key) === work) works.delete(key);
      },
    };
    turn = result;
    works.set(key, work);
    void result.then(() => {
      if (works.get(key) === work) works.delete(key);
    });
    return work;
  }

  return {
    async of(path, signal) {
      const stats = await look(path);
      if (stats === null)
        return failed('UNAVAILABLE', 'The disk of this file does not answer. Try again later.');
      if (stats instanceof Error)
        return stats.code === 'ENOENT' || stats.code === 'ENOTDIR'
          ? gone()
          : failed('UNREADABLE', `This file cannot be read (${stats.code}). Check the disk.`);
      const key = keyOf(path, stats.size, stats.mtimeMs);
      const kept = await cache.read(key);
      if (kept !== null) return kept;
      const running = works.get(key);
      if (running === undefined && works.size > MOST_WAITING)
        return failed('BUSY', 'Other files are being read for their envelopes. Try again in a minute.');
      const work = running ?? begin(key, path);
      work.askers++;
      const leave = () => {
        if (--work.askers === 0) work.cancel();
      };
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave, { once: true });
      const made = await work.result;
      signal.removeEventListener('abort', leave);
      return made;
    },
    close() {
      for (const work of works.values()) work.cancel();
    },
  };
}

function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), ms);
    void promise.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

function failed(error: EnvelopeFailure['error'], message: string): EnvelopeFailure {
  return { error, message };
}

function gone(): EnvelopeFailure {
  return failed('FILE_GONE', 'The file of this passage is not there. Bring it back, or plug its disk in.');
}
