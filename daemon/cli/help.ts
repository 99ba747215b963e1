// Help, from the command table. Pure.
import type { Command } from './command.ts';
import { table } from './words.ts';

const EXIT_CODES = 'Exit codes: 0 ok, 1 failed, 2 usage, 3 daemon not reachable.';

/** What is longer stands alone, its summary beneath it. */
const USAGE_COLUMNS = 28;

export function helpForAll(commands: readonly Command[]): string[] {
  return [
    'segue: the radio that chooses for itself, from the command line.',
    '',
    'Usage: segue <command> [arguments] [--json] [--state DIR]',
    '',
    ...commands.flatMap(summaryOf),
    '',
    '--json        the answer as JSON, one document a line',
    '--state DIR   the state directory of the daemon that is meant (default: SEGUE_STATE, or your own)',
    '',
    'segue <command> --help says more.',
    EXIT_CODES,
  ];
}

function summaryOf({ name, args, summary }: Command): string[] {
  const usage = `  ${name} ${args}`.trimEnd();
  const margin = ' '.repeat(USAGE_COLUMNS + 2);
  if (usage.length > USAGE_COLUMNS) return [usage, margin + summary];
  return [usage.padEnd(margin.length) + summary];
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
