// rules list, check, enable, disable, test, examples: the owner's own rules.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Fault, faultText } from '../../../sync/script/faults.ts';
import type { Args, Command, ExitCode } from '../command.ts';
import { fail, type Io, show } from '../io.ts';
import { table, when } from '../words.ts';
import { examplesOf } from './examples.ts';

interface Listed {
  readonly directory: string;
  readonly files: readonly { readonly file: string; readonly faults: readonly Fault[] }[];
  readonly rules: readonly {
    readonly name: string;
    readonly summary: string;
    readonly group: string;
    readonly enabled: boolean;
  }[];
}

interface Tested {
  readonly rule: string;
  readonly flows: number;
  readonly matched: number;
  readonly rejected: number;
  readonly limited: number;
  readonly failed: number;
  readonly would: readonly {
    readonly flow: string;
    readonly atMs: number;
    readonly isElse: boolean;
    readonly actions: readonly { readonly name: string; readonly input: object | null }[];
  }[];
}

const IN_SAFE_MODE = 'In safe mode they are left out: segue doctor says whether that is so.';
const isRuleFile = (name: string) => /^[^.].*\.ya?ml$/.test(name);

async function list(io: Io): Promise<ExitCode> {
  return show(io, await io.client.get<Listed>('/api/v1/rules'), ({ directory, files, rules }) => {
    const faults = files.flatMap(({ file, faults: of }) =>
      of.map((fault) => faultText(join(directory, file), fault)),
    );
    const lines =
      rules.length === 0
        ? [
            `There are no rules of your own: put a file into ${directory}; segue rules examples has some.`,
            IN_SAFE_MODE,
          ]
        : table(
            rules.map(({ name, summary, group, enabled }) => [enabled ? 'on ' : 'off', name, group, summary]),
          );
    return faults.length === 0 ? lines : [...lines, '', ...faults];
  });
}

/** Without the daemon: the compiler is the same. */
async function check(io: Io, { words }: Args): Promise<ExitCode> {
  const directory = join(io.stateDirectory, 'rules');
  const paths =
    words.length > 0
      ? words
      : existsSync(directory)
        ? readdirSync(directory)
            .filter(isRuleFile)
            .sort()
            .map((name) => join(directory, name))
        : [];
  if (paths.length === 0)
    return fail(io, { code: 'NOT_FOUND', message: `There is no rule file in ${directory}: name one.` });
  const { readRuleFile } = await import('../../../sync/script/rule-file.ts');
  const { allRules } = await import('../../../sync/rules/index.ts');
  const names = new Map(allRules.map(({ definition }) => [definition.name, 'built-in']));
  const results = [];
  for (const path of paths) {
    const text = textOf(path);
    if (text === null) return fail(io, { code: 'UNREADABLE', message: `${path} cannot be read.` });
    const { rules, faults, lineOf } = readRuleFile(text);
    const taken = [...lineOf]
      .filter(([name]) => names.has(name))
      .map(([name, line]) => ({
        line,
        column: 1,
        message: `there is a rule called ${name} already (${names.get(name)}): choose another name`,
      }));
    for (const name of lineOf.keys()) names.set(name, path);
    const all = [...faults, ...taken];
    results.push({ path, rules: rules.map(({ definition }) => definition.name), faults: all });
  }
  const isGood = results.every(({ faults }) => faults.length === 0);
  if (io.isJson) io.out(JSON.stringify({ files: results }));
  else
    for (const { path, rules, faults } of results) {
      for (const fault of faults) io.err(faultText(path, fault));
      if (faults.length === 0) io.out(`${path} is good: ${rules.join(', ') || 'no rules'}.`);
    }
  return isGood ? 0 : 1;
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

async function switchRule(io: Io, name: string, enabled: boolean): Promise<ExitCode> {
  const reply = await io.client.put<{ name: string }>(`/api/v1/rules/${encodeURIComponent(name)}`, {
    enabled,
  });
  return show(io, reply, () => `${name} is ${enabled ? 'on' : 'off'}.`);
}

async function test(io: Io, { words: [wanted = ''], options }: Args): Promise<ExitCode> {
  const hours = options.hours === undefined ? undefined : Number(options.hours);
  if (hours !== undefined && !(hours > 0))
    return fail(io, { code: 'USAGE', message: '--hours is a number of hours.' }, 2);
  const text = isRuleFile(basename(wanted)) || existsSync(wanted) ? textOf(wanted) : undefined;
  if (text === null) return fail(io, { code: 'UNREADABLE', message: `${wanted} cannot be read.` });
  const reply = await io.client.post<{ tests: readonly Tested[] }>('/api/v1/rules/test', {
    ...(text === undefined ? { name: wanted } : { text }),
    ...(hours === undefined ? {} : { hours }),
  });
  if (!reply.ok && text !== undefined && Array.isArray(reply.error.details)) {
    for (const fault of reply.error.details as Fault[]) io.err(faultText(wanted, fault));
    return 1;
  }
  return show(io, reply, ({ tests }) => tests.flatMap(testLines));
}

function testLines({ rule, flows, matched, rejected, limited, failed, would }: Tested): string[] {
  const lines = [
    `${rule}: in ${flows} recorded flows it would have matched ${matched} times` +
      ` (${rejected} of them with 0 rows, ${limited} too soon, ${failed} failed).`,
  ];
  for (const { flow, atMs, isElse, actions } of would) {
    lines.push(`  ${when(atMs, Date.now())}  flow ${flow}${isElse ? ' (else)' : ''}`);
    for (const { name, input } of actions)
      lines.push(
        `    ${name} ${input === null ? '(depends on what an action before it gives)' : JSON.stringify(input)}`,
      );
  }
  if (matched > 0)
    lines.push('Queries were answered as things are now, but for the time of day; nothing was changed.');
  return lines;
}

const examples = examplesOf({
  folder: 'rules',
  isWanted: isRuleFile,
  summaryOf: (text) => /^\s*summary:\s*(.*)$/m.exec(text)?.[1] ?? '',
});

export const ruleCommands: readonly Command[] = [
  {
    name: 'rules list',
    args: '',
    summary: 'Your own rules, and what is wrong with them',
    words: [0, 0],
    run: list,
  },
  {
    name: 'rules check',
    args: '[file]...',
    summary: 'What is wrong with rule files, each fault with its place; needs no daemon',
    words: [0, 100],
    run: check,
  },
  {
    name: 'rules enable',
    args: '<rule>',
    summary: 'Switch a rule on',
    words: [1, 1],
    run: (io, { words: [name = ''] }) => switchRule(io, name, true),
  },
  {
    name: 'rules disable',
    args: '<rule>',
    summary: 'Switch a rule off; it stays off',
    words: [1, 1],
    run: (io, { words: [name = ''] }) => switchRule(io, name, false),
  },
  {
    name: 'rules test',
    args: '<file|rule> [--hours N]',
    summary: 'What a rule would have done in the flows that are recorded; changes nothing',
    options: { hours: { takes: 'N', summary: 'how far back (default 168)' } },
    words: [1, 1],
    run: test,
  },
  {
    name: 'rules examples',
    args: '[name]',
    summary: 'Rules that come with Segue; with a name: copies one into your rules',
    words: [0, 1],
    run: examples,
  },
];
