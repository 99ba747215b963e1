// Worker port: what the Import concept and its worker process say to each other. Types only.
// Rows travel one message at a time: the worker sends the next when the last is stored ("ack").
import type { ImportStep } from '../../../sync/vocabulary/import.ts';
import type { AnalysedFile, ImportedFile } from '../../../sync/vocabulary/library.ts';

/** One music folder of a job. */
export interface JobFolder {
  readonly folder: number;
  readonly path: string;
  readonly available: boolean;
  /** The demo library: its pieces are composed first. */
  readonly compose: boolean;
}

/** What the library knows about a file already. */
export interface KnownFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly state: 'ok' | 'missing' | 'broken';
  readonly contentKey: string | null;
  readonly audioKey: string | null;
  readonly flavorVersion: number | null;
  readonly analysisVersion: number | null;
}

/** A file as the scan found it. */
export interface FoundFile {
  readonly folder: number;
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

export type ToWorker =
  | { readonly type: 'known'; readonly folder: number; readonly files: readonly KnownFile[] }
  | {
      readonly type: 'begin';
      readonly folders: readonly JobFolder[];
      /** All music folders: one inside another is scanned by itself. */
      readonly roots: readonly string[];
      readonly artDir: string;
    }
  /** The rows are stored. `rows`: how many the next message should carry. */
  | { readonly type: 'ack'; readonly rows: number };

export type WorkPhase = 'scanning' | 'reading' | 'analysing';

/** Messages that carry rows: each is answered by an ack. */
export type Rows =
  | { readonly type: 'files'; readonly files: readonly ImportedFile[] }
  /** `bytes`: how large these files are. */
  | { readonly type: 'analysed'; readonly files: readonly AnalysedFile[]; readonly bytes: number }
  | { readonly type: 'broken'; readonly file: FoundFile; readonly reason: string }
  /** It was read, and is not there any more. */
  | { readonly type: 'gone'; readonly file: FoundFile }
  /** The scan of a folder; null: it cannot be read. */
  | { readonly type: 'seen'; readonly folder: number; readonly paths: readonly string[] | null }
  | {
      readonly type: 'unreadable';
      readonly folder: number;
      readonly items: readonly { path: string; reason: string }[];
    };

export type FromWorker =
  | Rows
  /** `total`: files this phase works on, with so many bytes. */
  | { readonly type: 'phase'; readonly phase: WorkPhase; readonly total: number; readonly totalBytes: number }
  | { readonly type: 'found'; readonly found: number }
  | { readonly type: 'composing'; readonly piece: string }
  /** What this worker's steps have done so far; every few seconds, and before the end. */
  | { readonly type: 'steps'; readonly steps: readonly ImportStep[] }
  /** `fresh`: files changed within the last minute, which may still be growing. */
  | { readonly type: 'done'; readonly fresh: number };

export interface WorkerEnd {
  /** In words: "code 1", "signal SIGKILL". */
  readonly how: string;
  /** The file it was working on, or null. */
  readonly at: FoundFile | null;
}

/** A running worker process. */
export interface WorkerHandle {
  send(message: ToWorker): void;
  onMessage(listener: (message: FromWorker) => void): void;
  /** Once, after the last message. */
  onEnd(listener: (end: WorkerEnd) => void): void;
  /** The file it is working on, as far as known. */
  at(): FoundFile | null;
  kill(): void;
}
