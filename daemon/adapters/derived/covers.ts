// Covers at the size they are shown: kept, else made by a process of its own, one at a time. Main thread. What cannot be made
// smaller is shown as it is, unless that is too much to send.
import { basename, extname } from 'node:path';
import type { Failure } from '../../../sync/vocabulary/common.ts';
import { coverSizeFor } from './cover-sizes.ts';
import type { KeptFiles } from './kept-files.ts';
import { answerOf, createTurns, type Job } from './turns.ts';

/** What the process is asked for. `keepBytes`: a file of no more than this stays as it is, if its pixels fit. */
export interface CoverOrder {
  readonly path: string;
  readonly size: number;
  readonly keepBytes: number;
}
/** `fits`: small enough as it is. `refused`: nothing that can be decoded, or too large to be. */
export type CoverAnswer = { readonly jpeg: Buffer } | 'fits' | 'refused';

/** `isFinal`: it will be no other the next time. */
export type Cover =
  | { readonly kind: 'sized'; readonly jpeg: Buffer; readonly size: number }
  | { readonly kind: 'original'; readonly isFinal: boolean };
export type CoverFailure = Failure<'UNREADABLE' | 'BUSY'>;

export interface CoverPorts {
  readonly kept: KeptFiles;
  readonly spawn: (order: CoverOrder) => Job<CoverAnswer>;
  /** A picture that takes longer is given up. */
  readonly limitMs?: number;
}

export interface Covers {
  /** Of a file that is named after its content. Never rejects. What it answers after `signal` is of no use to anybody. */
  of(path: string, bytes: number, asked: number, signal: AbortSignal): Promise<Cover | CoverFailure>;
  /** Kills what runs. */
  close(): void;
}

/** Some thousand albums at the sizes of a telephone. */
export const MOST_COVER_BYTES = 64 * 1024 * 1024;
/** An original of no more than this is sent where there is nothing better, and is not made smaller in bytes alone. */
export const MODERATE_BYTES = 256 * 1024;
/** The process ends itself after 30 s of processor time; with the lowest priority these may take a while. */
const LIMIT_MS = 120_000;
/** A browser asks for six at a time; a list in several of them is no reason to refuse. */
const MOST_WAITING = 100;
const MOST_REMEMBERED = 1000;
/** Changes with the way covers are made. */
const FORM = 1;

/** `lost`: the process ended without an answer, which another one may give. */
type Made = CoverAnswer | 'lost';

export function createCovers({ kept, spawn, limitMs = LIMIT_MS }: CoverPorts): Covers {
  const turns = createTurns<Made>(MOST_WAITING);
  /** What ended its process: not tried again by this daemon. */
  const fatal = new Set<string>();

  async function make(name: string, order: CoverOrder, stop: AbortSignal): Promise<Made> {
    const answer = await answerOf(spawn(order), limitMs, stop);
    if (answer !== null) await kept.write(name, typeof answer === 'string' ? answer : answer.jpeg);
    else if (!stop.aborted) {
      if (fatal.size >= MOST_REMEMBERED) fatal.clear();
      fatal.add(name);
    }
    return answer ?? 'lost';
  }

  async function answerFor(path: string, size: number, signal: AbortSignal): Promise<Made | 'busy'> {
    const name = `${basename(path, extname(path))}-${size}-${FORM}`;
    const known = answerIn(await kept.read(name));
    if (known !== null) return known;
    if (fatal.has(name)) return 'lost';
    if (turns.isFull(name)) return 'busy';
    const order = { path, size, keepBytes: MODERATE_BYTES };
    return (await turns.share(name, signal, (stop) => make(name, order, stop))) ?? 'lost';
  }

  return {
    async of(path, bytes, asked, signal) {
      const size = coverSizeFor(asked);
      const answer = await answerFor(path, size, signal);
      if (typeof answer === 'object') return { kind: 'sized', jpeg: answer.jpeg, size };
      if (bytes <= MODERATE_BYTES)
        return { kind: 'original', isFinal: answer === 'fits' || answer === 'refused' };
      if (answer === 'busy')
        return { error: 'BUSY', message: 'Many pictures are being made smaller. Try again in a minute.' };
      return {
        error: 'UNREADABLE',
        message: 'This picture cannot be made smaller: it is damaged or too large. Give the album another.',
      };
    },
    close: () => turns.close(),
  };
}

/** Null: damaged, or not there. */
function answerIn(bytes: Buffer | null): CoverAnswer | null {
  if (bytes === null || bytes.length < 4) return null;
  const isJpeg = bytes.readUInt16BE(0) === 0xffd8 && bytes.readUInt16BE(bytes.length - 2) === 0xffd9;
  if (isJpeg) return { jpeg: bytes };
  const word = bytes.toString('latin1');
  return word === 'fits' || word === 'refused' ? word : null;
}
