// Runs one command line: finds the command, checks its words, and turns what happens into an exit code.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { socketFor, stateDirectoryOf } from '../places.ts';
import { Unreachable } from './client.ts';
import type { Command, ExitCode } from './command.ts';
import { helpFor, helpForAll, usageOf } from './help.ts';
import { createIo, fail, type Streams } from './io.ts';
import { nearest, type Parsed, parse, UsageError } from './parse.ts';

export interface Surroundings {
  readonly commands: readonly Command[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly streams: Streams;
}

export async function runCommandLine(
  argv: readonly string[],
  { commands, env, streams }: Surroundings,
): Promise<ExitCode> {
  let parsed: Parsed;
  try {
    parsed = parse(commands, argv);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    streams.err(`${error.message}\n`);
    return 2;
  }
  const stateDirectory = resolve(stateDirectoryOf(env, parsed.state));
  const socketPath = resolve(socketFor(env, parsed.state, existsSync));
  const io = createIo({ isJson: parsed.isJson, stateDirectory, socketPath, streams });

  const { command, args } = parsed;
  if (command === null) {
    const [word] = parsed.topic;
    if (word === undefined || word === 'help') {
      for (const line of helpForAll(commands)) io.out(line);
      return word === undefined && !parsed.isHelp ? 2 : 0;
    }
    const meant = nearest(commands, parsed.topic.slice(0, 2).join(' ')) ?? nearest(commands, word);
    const hint = meant === null ? 'segue --help lists them' : `did you mean "${meant}"?`;
    return fail(io, { code: 'USAGE', message: `There is no command "${word}": ${hint}` }, 2);
  }
  if (parsed.isHelp) {
    for (const line of helpFor(command)) io.out(line);
    return 0;
  }
  const [least, most] = command.words;
  if (args.words.length < least || args.words.length > most)
    return fail(io, { code: 'USAGE', message: `Usage: ${usageOf(command)}` }, 2);

  try {
    return await command.run(io, args);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return fail(io, { code: 'UNREACHABLE', message: error.message }, 3);
  }
}
