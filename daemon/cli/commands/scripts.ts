// scripts list, check, enable, disable, examples: the owner's scripts in Lua.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Args, Command, ExitCode } from '../command.ts';
import { fail, type Io, show } from '../io.ts';
import { examplesOf } from './examples.ts';

interface Listed {
  readonly directory: string;
  readonly scripts: readonly {
    readonly file: string;
    readonly enabled: boolean;
    readonly rules: readonly string[];
    readonly routes: readonly string[];
    readonly chains: readonly {
      readonly name: string;
      readonly steps: readonly string[];
      readonly running: number;
      readonly runs: number;
      readonly failed: number;
    }[];
    readonly faults: readonly string[];
    readonly off: readonly string[];
    readonly bytes: number;
  }[];
}

const isScriptFile = (name: string) => /^[^.].*\.lua$/.test(name);

async function list(io: Io): Promise<ExitCode> {
  return show(io, await io.client.get<Listed>('/api/v1/scripts'), ({ directory, scripts }) => {
    if (scripts.length === 0)
      return [
        `There are no scripts: put a file into ${directory}; segue scripts examples has some.`,
        'In safe mode they are left out: segue doctor says whether that is so.',
      ];
    return scripts.flatMap(({ file, enabled, rules, routes, chains, faults, off, bytes }) => [
      enabled ? `${file} (${Math.round(bytes / 1024)} KiB)` : `${file} (switched off)`,
      ...[...rules, ...routes].map((what) => `  ${off.includes(what) ? 'off' : 'on '} ${what}`),
      ...chains.map(
        ({ name, steps, running, runs, failed }) =>
          `      chain ${name} (${steps.join(', ')}): ${running} running, ${runs} ended, ${failed} of them failed`,
      ),
      ...faults.map((fault) => `  ${join(directory, fault)}`),
    ]);
  });
}

/** Without the daemon: the host and the checks are the same. */
async function check(io: Io, { words }: Args): Promise<ExitCode> {
  const directory = join(io.stateDirectory, 'scripts');
  const inDirectory = existsSync(directory) ? readdirSync(directory).filter(isScriptFile).sort() : [];
  const paths = words.length > 0 ? words : inDirectory.map((name) => join(directory, name));
  if (paths.length === 0)
    return fail(io, { code: 'NOT_FOUND', message: `There is no script in ${directory}: name one.` });
  const results = [];
  for (const path of paths) {
    if (!existsSync(path)) return fail(io, { code: 'UNREADABLE', message: `${path} cannot be read.` });
    results.push({ path, ...(await checkText(basename(path), readFileSync(path, 'utf8'))) });
  }
  if (io.isJson) io.out(JSON.stringify({ files: results }));
  else
    for (const { path, defines, faults } of results) {
      const place = path.slice(0, path.length - basename(path).length);
      for (const fault of faults) io.err(`${place}${fault}`);
      if (faults.length === 0) io.out(`${path} is good: ${defines.join(', ') || 'it defines nothing'}.`);
    }
  return results.every(({ faults }) => faults.length === 0) ? 0 : 1;
}

async function checkText(file: string, text: string) {
  const { loadScript, readScript } = await import('../../scripts/compiler.ts');
  const { openLua } = await import('../../adapters/script/lua.ts');
  const { ScriptFailure } = await import('../../../sync/script/host.ts');
  const script = loadScript(file, text, () => openLua(ScriptFailure));
  if (script instanceof ScriptFailure) return { defines: [], faults: [script.message] };
  const { rules, routes, faults } = readScript(script, { failed() {}, succeeded() {} });
  script.close();
  const defines = [
    ...rules.map(({ definition }) => definition.name),
    ...routes.map(({ handler }) => handler),
  ];
  return { defines, faults };
}

async function switchScript(io: Io, given: string, enabled: boolean): Promise<ExitCode> {
  const file = isScriptFile(given) ? given : `${given}.lua`;
  const reply = await io.client.put<{ file: string }>(`/api/v1/scripts/${encodeURIComponent(file)}`, {
    enabled,
  });
  return show(io, reply, () => `${file} is ${enabled ? 'on' : 'off'}.`);
}

/** The first line of its comment. */
const examples = examplesOf({
  folder: 'scripts',
  isWanted: isScriptFile,
  summaryOf: (text) => /^-- (.*)$/m.exec(text)?.[1] ?? '',
});

export const scriptCommands: readonly Command[] = [
  {
    name: 'scripts list',
    args: '',
    summary: 'Your scripts: rules, routes, what is wrong and what is switched off',
    words: [0, 0],
    run: list,
  },
  {
    name: 'scripts check',
    args: '[file]...',
    summary: 'What is wrong with scripts; needs no daemon',
    words: [0, 100],
    run: check,
  },
  {
    name: 'scripts enable',
    args: '<file>',
    summary: 'Switch a script on, with all that it defines',
    words: [1, 1],
    run: (io, { words: [file = ''] }) => switchScript(io, file, true),
  },
  {
    name: 'scripts disable',
    args: '<file>',
    summary: 'Switch a script off; it stays off',
    words: [1, 1],
    run: (io, { words: [file = ''] }) => switchScript(io, file, false),
  },
  {
    name: 'scripts examples',
    args: '[name]',
    summary: 'Scripts that come with Segue; with a name: copies one into your scripts',
    words: [0, 1],
    run: examples,
  },
];
