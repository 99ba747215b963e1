// Import: scans music folders in a child process, with progress, cancel and resume.
import type { Failure, Nothing } from './common.ts';

export interface ImportStatus {
  readonly job: number;
  readonly state: 'scanning' | 'reading' | 'analysing' | 'done' | 'cancelled' | 'failed';
  readonly found: number;
  readonly done: number;
  readonly added: number;
  readonly failed: number;
  /** The file at work, relative. */
  readonly current: string | null;
  readonly message: string | null;
}

/** What one step has done in a job, over all files. */
export interface ImportStep {
  /** probe, key, tags, cover, measure; store: of the daemon. */
  readonly step: string;
  readonly runs: number;
  readonly failed: number;
  /** Times it was tried again. */
  readonly retried: number;
  /** Waits between tries included. */
  readonly totalMs: number;
  readonly maxMs: number;
}

export interface ImportVocabulary {
  actions: {
    /** Scans every music folder, or the given one (added if new). One job at a time. */
    start: {
      input: { path?: string };
      output: { job: number } | Failure<'NOT_A_FOLDER' | 'ALREADY_RUNNING'>;
    };
    cancel: { input: { job: number }; output: { job: number; cancelled: boolean } };
  };
  queries: {
    status: { input: Nothing; row: ImportStatus };
    /** Of the running or last job; not in its status, which is told four times a second. */
    steps: { input: Nothing; row: ImportStep };
  };
  events: {
    progressed: ImportStatus;
    finished: ImportStatus;
    fileFailed: { path: string; reason: string };
  };
}
