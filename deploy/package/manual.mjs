// What the package has for the command line beside it: segue(1) and the completions, from the command table that also makes
// `segue --help`. Run by stage.mjs, on the compiled JavaScript of this checkout.

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export async function commandsOf(dist) {
  const url = (path) => pathToFileURL(resolve(dist, path)).href;
  const { COMMANDS } = await import(url('daemon/cli/commands/index.js'));
  return COMMANDS;
}

const roff = (text) =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1');

/** segue(1). */
export function manualOf(commands, { version, epochS }) {
  const date = new Date(epochS * 1000).toISOString().slice(0, 10);
  const blocks = commands.flatMap(({ name, args, summary, details, options }) => [
    '.TP',
    `.B ${roff(`${name} ${args}`.trim())}`,
    roff(`${summary}.`),
    ...(details === undefined ? [] : ['.br', roff(details)]),
    ...Object.entries(options ?? {}).flatMap(([option, { takes, summary: meaning }]) => [
      '.br',
      roff(`--${option}${takes === undefined ? '' : ` ${takes}`}: ${meaning}`),
    ]),
  ]);
  return [
    `.TH SEGUE 1 "${date}" "segue ${roff(version)}" "User Commands"`,
    '.SH NAME',
    'segue \\- radio station from a folder of music, from the command line',
    '.SH SYNOPSIS',
    '.B segue',
    roff('command [arguments] [--json] [--state DIR]'),
    '.SH COMMANDS',
    ...blocks,
    '.SH OPTIONS',
    '.TP',
    '.B \\-\\-json',
    'The answer as JSON, one document a line.',
    '.TP',
    '.B \\-\\-state DIR',
    'The state directory of the daemon that is meant.',
    '.SH EXIT STATUS',
    '0 done, 1 refused or failed, 2 usage, 3 the daemon cannot be reached.',
    '',
  ].join('\n');
}

/** For bash: the first word, the second of commands of two words, and their options. */
export function bashCompletionOf(commands) {
  const names = commands.map(({ name }) => name.split(' '));
  const first = [...new Set(names.map(([word]) => word))];
  const cases = first.map((word) => {
    const second = names.filter(([one, two]) => one === word && two !== undefined).map(([, two]) => two);
    const options = commands
      .filter(({ name }) => name.split(' ')[0] === word)
      .flatMap((command) => Object.keys(command.options ?? {}).map((option) => `--${option}`));
    return `    ${word}) words="${[...new Set([...second, ...options])].join(' ')} --json --state --help" ;;`;
  });
  return `# Made from the commands of segue when the package was built.
_segue() {
  local words="${first.join(' ')} --json --state --help"
  [ "$COMP_CWORD" -lt 2 ] || case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _segue segue
`;
}
