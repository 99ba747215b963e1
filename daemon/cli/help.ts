// Help, from the command table. Pure.
import type { Command } from './command.ts';
import { table } from './words.ts';

const EXIT_CODES = 'Exit codes: 0 ok, 1 failed, 2 usage, 3 daemon not reachable.';

export function helpForAll(commands: readonly Command[]): string[] {
  return [
    'segue: the radio that chooses for itself, from the command line.',
    '',
    'Usage: segue <command> [arguments] [--json] [--state DIR]',
    '',
    ...table(commands.map((each) => [`  ${each.name} ${each.args}`.trimEnd(), each.summary])),
    '',
    '--json        the answer as JSON, one document a line',
    '--state DIR   the state directory of the daemon that is meant (default: SEGUE_STATE, or your own)',
    '',
    'segue <command> --help says more.',
    EXIT_CODES,
  ];
}

export function helpFor(command: Command): string[] {
  const options = Object.entries(command.options ?? {}).map(([name, { takes, summary }]) => [
    `  --${name}${takes === undefined ? '' : ` ${takes}`}`,
    summary,
  ]);
  return [
    `Usage: ${usageOf(command)}`,
    '',
    `${command.summary}.`,
    ...(command.details === undefined ? [] : ['', command.details]),
    ...(options.length === 0 ? [] : ['', ...table(options)]),
    '',
    EXIT_CODES,
  ];
}

export function usageOf(command: Command): string {
  return `segue ${command.name} ${command.args}`.trimEnd();
}
