// Import: scans music folders in a child process, with progress, pause, cancel and resume.
import type { Failure, Nothing } from './common.ts';

export interface ImportStatus {
  readonly job: number;
  readonly state: 'scanning' | 'reading' | 'analysing' | 'paused' | 'done' | 'cancelled' | 'failed';
  /** Files of this phase, and how many of them are done; the same in bytes. */
  readonly found: number;
  readonly done: number;
  readonly foundBytes: number;
  readonly doneBytes: number;
  /** Since the phase began; null before it has run for some seconds, and when nothing runs. */
  readonly bytesPerS: number | null;
  /** Of this phase, if it goes on like this. */
  readonly leftMs: number | null;
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
    /** Scans every music folder, or the given one (added if new). One job at a time. `retry`: what was broken is tried again,
     *  though it has not changed. */
    start: {
      input: { path?: string; retry?: boolean };
      output: { job: number } | Failure<'NOT_A_FOLDER' | 'ALREADY_RUNNING'>;
    };
    /** Its process ends, and gives its memory back; resumed, another goes on. After a restart of the daemon it goes on by itself. */
    pause: { input: { job: number }; output: { job: number; paused: boolean } };
    resume: { input: { job: number }; output: { job: number; resumed: boolean } };
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
