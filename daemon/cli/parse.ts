// From words to a command and its arguments; usage faults in words. Pure.
import type { Args, Command } from './command.ts';

export interface Parsed {
  readonly isJson: boolean;
  readonly isHelp: boolean;
  readonly state: string | undefined;
  readonly command: Command | null;
  /** For help: the words that named no command. */
  readonly topic: readonly string[];
  readonly args: Args;
}

export class UsageError extends Error {}

function findCommand(commands: readonly Command[], words: readonly string[]): Command | null {
  const two = words.slice(0, 2).join(' ');
  return (
    commands.find((each) => each.name === two) ?? commands.find((each) => each.name === words[0]) ?? null
  );
}

/** Options of the whole program may stand anywhere; `--name value` and `--name=value` are the same; after `--` all
 *  are words. Throws UsageError with a sentence. */
export function parse(commands: readonly Command[], argv: readonly string[]): Parsed {
  const takesValue = new Set(['state']);
  for (const command of commands)
    for (const [name, option] of Object.entries(command.options ?? {}))
      if (option.takes !== undefined) takesValue.add(name);

  const words: string[] = [];
  const options: Record<string, string | true> = {};
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] as string;
    if (word === '--') {
      words.push(...argv.slice(at + 1));
      break;
    }
    if (!isOption(word)) {
      words.push(word);
      continue;
    }
    if (findCommand(commands, words)?.passesArguments && !isGlobal(word)) {
      words.push(word);
      continue;
    }
    const [name = '', inline] = word.replace(/^--?/, '').split(/=(.*)/s);
    if (!takesValue.has(name)) options[name === 'h' ? 'help' : name] = true;
    else {
      const value = inline ?? argv[++at];
      if (value === undefined || value === '' || (inline === undefined && value.startsWith('--')))
        throw new UsageError(`--${name} needs a value.`);
      options[name] = value;
    }
  }

  const { json, help, state, ...own } = options;
  const command = findCommand(commands, words);
  for (const name of Object.keys(own))
    if (command?.options?.[name] === undefined) throw new UsageError(unknownOption(name, command));
  const used = command === null ? 0 : command.name.split(' ').length;
  return {
    isJson: json === true,
    isHelp: help === true,
    state: typeof state === 'string' ? state : undefined,
    command,
    topic: words,
    args: { words: words.slice(used), options: own },
  };
}

function isGlobal(word: string): boolean {
  return /^(--(json|help|state)(=.*)?|-h)$/s.test(word);
}

/** A negative number is a word. */
function isOption(word: string): boolean {
  return /^-/.test(word) && !/^-[\d.:]+$/.test(word) && word !== '-';
}

function unknownOption(name: string, command: Command | null): string {
  const known = ['--json', '--state DIR', ...Object.keys(command?.options ?? {}).map((each) => `--${each}`)];
  return `There is no option --${name}${command === null ? '' : ` for "${command.name}"`}. Known: ${known.join(', ')}.`;
}

/** The command that was probably meant, or null. */
export function nearest(commands: readonly Command[], word: string): string | null {
  const ranked = commands
    .map(({ name }) => ({ name, distance: editDistance(name, word) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= Math.max(1, Math.floor(word.length / 3)) ? best.name : null;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
