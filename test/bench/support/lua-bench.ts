// What the benches of scripts and of orchestration share: a script that is loaded, a rule in Lua over the small
// vocabulary of the orchestration bench, and ctx within Lua.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { openLua } from '../../../daemon/adapters/script/lua.ts';
import type { Rule } from '../../../sync/engine/index.ts';
import { ScriptFailure } from '../../../sync/script/host.ts';
import { readScriptRules } from '../../../sync/script/lua-rules.ts';
import { LuaScript } from '../../../sync/script/lua-script.ts';
import type { VocabularyShapes } from '../../../sync/script/shapes.ts';
import type { Plan } from './rounds.ts';
import { table } from './table.ts';

export function load(text: string): LuaScript {
  const script = LuaScript.load('bench.lua', text, () =>
    openLua(ScriptFailure, { instructions: 2 ** 50, cpuMs: 2 ** 30 }),
  );
  if (script instanceof ScriptFailure) throw new Error(script.message);
  return script;
}

const shapes: VocabularyShapes = {
  actions: {
    'Part.first': { input: { fields: { entry: 'number' } }, output: { fields: { passage: 'number' } } },
  },
  queries: {},
  events: { 'Part.ended': { fields: { entry: 'number', reason: 'string' } } },
};

export function ruleInLua(act: string, where = ''): { rules: readonly Rule[]; end: () => void } {
  const script = load(`rule { name = 'R', summary = 'What is measured.', ${where}
    when = { 'Part.ended', entry = '?entry', reason = 'natural' }, may = { 'Part.first' },
    act = function(row) ${act} end }`);
  const { rules, faults } = readScriptRules(script, shapes, { failed() {}, succeeded() {} });
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return { rules, end: () => script.close() };
}

export function benchContext({ rounds, runs }: Plan): void {
  console.log('\nctx within Lua: ns a request, medians (target: never slower than eager closures)');
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const program = (command: string, args: string[]): string => {
    const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr}`);
    return stdout;
  };
  const folder = 'build/native-bench';
  program('cmake', ['-S', 'native', '-B', folder, '-G', 'Ninja', '-DSEGUE_BENCH=ON']);
  program('cmake', ['--build', folder, '-j2', '--target', 'lua_context_bench']);
  const lines = program(`${folder}/bench/lua_context_bench`, [String(rounds), String(runs)])
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));
  const ways = [...new Set(lines.map(([name = '']) => name))];
  const at = (way: string, used: number) =>
    lines.find(([name, count]) => name === way && Number(count) === used);
  const used = [0, 1, 3, 4];
  table(
    ['fields used', ...used.map(String)],
    ways.map((way) => [way, ...used.map((count) => at(way, count)?.[2] ?? '')]),
  );
}
