// What a command is: one row of the table from which parsing, help and dispatch come. Types only.
import type { Io } from './io.ts';

export interface Option {
  /** Name of its value; absent for a switch. */
  readonly takes?: string;
  readonly summary: string;
}

export interface Args {
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string | true>>;
}

/** 0 ok, 1 failed, 2 usage, 3 daemon not reachable. */
export type ExitCode = 0 | 1 | 2 | 3;

export interface Command {
  /** One word or two: "skip", "queue add". */
  readonly name: string;
  /** As in a usage line: `<entry> [--next]`. */
  readonly args: string;
  readonly summary: string;
  readonly details?: string;
  readonly options?: Readonly<Record<string, Option>>;
  /** Everything after its name is passed on unread, options too (but --json, --state and --help). */
  readonly passesArguments?: boolean;
  /** How many words it takes: least and most. */
  readonly words: readonly [number, number];
  run(io: Io, args: Args): Promise<ExitCode>;
}
