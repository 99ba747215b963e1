// What the last run left of itself when it crashed: which audio files were being opened, and which one's thread it was
// (native/core/crash_note.h writes it). Decides which of them is to blame. Main thread, at start, before the core is opened.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, endianness } from 'node:os';
import { join } from 'node:path';

export interface NotedFile {
  readonly path: string;
  readonly state: 'opening' | 'open';
  /** The signal that hit the thread at work on it, or null. */
  readonly signal: number | null;
}

export interface CrashNote {
  /** The signal that ended the process; null: it was killed, or lost its power. */
  readonly signal: number | null;
  readonly files: readonly NotedFile[];
}

export interface Blame {
  readonly blamed: readonly { readonly path: string; readonly reason: string }[];
  /** Being opened when the process was killed: most likely innocent. Once more, and it is not. */
  readonly suspects: readonly string[];
}

const MAGIC = 'SEGUE-1\n';
const PAGE_BYTES = 4096;
const PATH_AT = 8;
const STATES = [null, 'opening', 'open'] as const;

/** Null: nothing was noted (after a clean stop, or a restart of the machine). */
export function parseCrashNote(bytes: Buffer): CrashNote | null {
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return null;
  const files: NotedFile[] = [];
  for (let at = PAGE_BYTES; at + PAGE_BYTES <= bytes.length; at += PAGE_BYTES) {
    const state = STATES[bytes[at] ?? 0];
    const length = endianness() === 'LE' ? bytes.readUInt32LE(at + 4) : bytes.readUInt32BE(at + 4);
    if (!state || length > PAGE_BYTES - PATH_AT) continue;
    const path = bytes.toString('utf8', at + PATH_AT, at + PATH_AT + length);
    files.push({ path, state, signal: bytes[at + 1] || null });
  }
  return { signal: bytes[MAGIC.length] || null, files };
}

/** Whose thread crashed is to blame. Where that is not known, what was being opened is; but a kill says nothing about a
 *  file until it happens at the same one twice in a row. */
export function blame(note: CrashNote, suspectsBefore: readonly string[]): Blame {
  const hit = note.files.filter(({ signal }) => signal !== null);
  if (hit.length > 0)
    return {
      blamed: hit.map(({ path, state, signal }) => ({
        path,
        reason: `${state === 'opening' ? 'Opening' : 'Reading'} it crashed Segue (${nameOf(signal)}). Replace the file.`,
      })),
      suspects: [],
    };
  const opening = note.files.filter(({ state }) => state === 'opening').map(({ path }) => path);
  if (note.signal !== null)
    return {
      blamed: opening.map((path) => ({
        path,
        reason: `Segue crashed (${nameOf(note.signal)}) while it opened it. Replace the file.`,
      })),
      suspects: [],
    };
  const again = opening.filter((path) => suspectsBefore.includes(path));
  return {
    blamed: again.map((path) => ({
      path,
      reason: 'Segue was killed twice in a row while it opened it. Replace the file.',
    })),
    suspects: opening.filter((path) => !again.includes(path)),
  };
}

function nameOf(signal: number | null): string {
  const [name] = Object.entries(constants.signals).find(([, number]) => number === signal) ?? [];
  return name ?? `signal ${signal}`;
}

export interface LastRun {
  readonly blamed: Blame['blamed'];
  /** Where the core notes what it opens. */
  readonly noteFile: string;
  /** At a clean stop: nothing of this run is to be blamed. */
  forget(): void;
}

export function readLastRun(runtimeDirectory: string): LastRun {
  const noteFile = join(runtimeDirectory, 'decoding');
  const suspectsFile = join(runtimeDirectory, 'suspects.json');
  const note = parseCrashNote(read(noteFile) ?? Buffer.alloc(0));
  const { blamed, suspects } = note ? blame(note, suspectsIn(suspectsFile)) : { blamed: [], suspects: [] };
  if (suspects.length > 0) writeFileSync(suspectsFile, JSON.stringify(suspects));
  else rmSync(suspectsFile, { force: true });
  return { blamed, noteFile, forget: () => rmSync(noteFile, { force: true }) };
}

function suspectsIn(file: string): readonly string[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as string[];
  } catch {
    // None, or torn by the very kill that it tells of.
    return [];
  }
}

function read(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
