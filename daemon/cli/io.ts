// What a command may touch: where it writes, the daemon it asks, and the state directory it is about. Main thread of
// the command's own process.
import { type Client, createClient, type Failed, type Reply, Unreachable } from './client.ts';
import type { ExitCode } from './command.ts';

export interface Io {
  readonly isJson: boolean;
  /** The terminal's width; null when the output is not a terminal. */
  readonly columns: number | null;
  readonly stateDirectory: string;
  readonly client: Client;
  out(line: string): void;
  err(line: string): void;
  /** Writes over the last line on a terminal (progress); a line of its own elsewhere. */
  progress(line: string): void;
  sleep(ms: number): Promise<void>;
}

export interface Streams {
  out(text: string): void;
  err(text: string): void;
  readonly columns: number | null;
}

export function createIo(options: {
  readonly isJson: boolean;
  readonly stateDirectory: string;
  readonly socketPath: string;
  readonly streams: Streams;
}): Io {
  const { isJson, stateDirectory, socketPath, streams } = options;
  return {
    isJson,
    stateDirectory,
    columns: streams.columns,
    client: createClient(socketPath),
    out: (line) => streams.out(`${line}\n`),
    err: (line) => streams.err(`${line}\n`),
    progress: (line) => streams.out(streams.columns === null ? `${line}\n` : `\r\x1b[2K${line}`),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}

/** Shows a failure in the form asked for. */
export function fail(io: Io, failed: Failed, code: ExitCode = 1): ExitCode {
  if (io.isJson) io.out(JSON.stringify({ error: failed }));
  else io.err(failed.message);
  return code;
}

/** Shows an answer: as it came with --json, in words otherwise. */
export function show<T>(io: Io, reply: Reply<T>, words: (body: T) => string | readonly string[]): ExitCode {
  if (!reply.ok) return fail(io, reply.error);
  if (io.isJson) io.out(JSON.stringify(reply.body));
  else for (const line of [words(reply.body)].flat()) io.out(line);
  return 0;
}

export { Unreachable };
