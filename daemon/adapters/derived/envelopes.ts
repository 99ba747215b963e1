// The envelopes of files, for a passage editor: kept, else made by a worker process, one at a time. Main thread.
import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Failure } from '../../../sync/vocabulary/common.ts';
import type { EnvelopeAnswer, EnvelopeOrder, EnvelopeView } from '../../import/envelope-worker.ts';
import type { KeptFiles } from './kept-files.ts';
import { answerOf, createTurns, type Job, within } from './turns.ts';

export type EnvelopeFailure = Failure<'FILE_GONE' | 'UNREADABLE' | 'BUSY' | 'UNAVAILABLE'>;

export interface EnvelopePorts {
  readonly kept: KeptFiles;
  readonly spawn: (order: EnvelopeOrder) => Job<EnvelopeAnswer>;
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

/** Some 500 files of 2,000 spans. */
export const MOST_ENVELOPE_BYTES = 16 * 1024 * 1024;
const SPANS = 2000;
/** At a thirtieth of the speed of a desktop this is still two hours of music. */
const LIMIT_MS = 300_000;
const STAT_LIMIT_MS = 3000;
const MOST_WAITING = 8;
/** Changes with the form of what is kept. */
const FORM = 1;

type Made = EnvelopeView | EnvelopeFailure;

/** The same file with the same content has the same name: another size or change time is another content. */
export function nameOf(path: string, sizeBytes: number, mtimeMs: number): string {
  const hash = createHash('sha256').update(`${FORM}\n${sizeBytes}\n${mtimeMs}\n${path}`).digest('hex');
  return `${hash.slice(0, 32)}.json`;
}

export function createEnvelopes(ports: EnvelopePorts): Envelopes {
  const { kept, spawn, limitMs = LIMIT_MS, statLimitMs = STAT_LIMIT_MS, statOf = stat } = ports;
  const turns = createTurns<Made>(MOST_WAITING);
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

  async function make(path: string, name: string, stop: AbortSignal): Promise<Made> {
    const answer = await answerOf(spawn({ path, spans: SPANS }), limitMs, stop);
    if (answer === null)
      return failed(
        'UNREADABLE',
        'Reading this file ended without an answer, or took too long. Replace the file.',
      );
    if ('reason' in answer) return answer.isGone ? gone() : failed('UNREADABLE', answer.reason);
    await kept.write(name, JSON.stringify(answer));
    return answer;
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
      const name = nameOf(path, stats.size, stats.mtimeMs);
      const known = viewIn(await kept.read(name));
      if (known !== null) return known;
      if (turns.isFull(name))
        return failed('BUSY', 'Other files are being read for their envelopes. Try again in a minute.');
      return (await turns.share(name, signal, (stop) => make(path, name, stop))) ?? gone();
    },
    close: () => turns.close(),
  };
}

/** Null: damaged, or not there. */
function viewIn(bytes: Buffer | null): EnvelopeView | null {
  try {
    const value = JSON.parse(String(bytes)) as EnvelopeView | null;
    return Array.isArray(value?.peaks) && value.peaks.length === value.rms.length ? value : null;
  } catch {
    return null;
  }
}

function failed(error: EnvelopeFailure['error'], message: string): EnvelopeFailure {
  return { error, message };
}

function gone(): EnvelopeFailure {
  return failed('FILE_GONE', 'The file of this passage is not there. Bring it back, or plug its disk in.');
}
