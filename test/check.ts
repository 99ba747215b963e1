// `npm run check`: lint and format, types, borders, clang-tidy. Each says what it looked at; none may look at nothing.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findViolations } from './support/borders.ts';
import { sourceTree } from './support/tree.ts';

let failed = 0;

function report(name: string, problems: string, looked: string): void {
  if (problems) failed++;
  console.log(`${problems ? '✗' : '✓'} ${name}${problems ? `\n${problems}` : ` (${looked})`}`);
}

function program(name: string, command: string, args: string[], looked: (output: string) => string): void {
  const ran = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  const output = `${ran.stdout ?? ''}${ran.stderr ?? ''}`;
  const isFailed = ran.status !== 0;
  report(name, isFailed ? (ran.error?.message ?? output.trim()) : '', looked(output));
}

const tree = sourceTree('*.ts', '*.tsx', 'native/*.h', 'native/*.cc');
program(
  'biome',
  'node_modules/.bin/biome',
  ['check', '--error-on-warnings', '.'],
  (output) => /Checked \d+ files/.exec(output)?.[0] ?? '',
);
program('types', 'node_modules/.bin/tsc', ['-p', '.', '--noEmit'], () => 'tsc --noEmit');
if (existsSync('daemon/panel/tsconfig.json')) {
  program(
    'types of the panel',
    'node_modules/.bin/tsc',
    ['-p', 'daemon/panel', '--noEmit'],
    () => 'tsc --noEmit',
  );
}
const violations = findViolations(tree);
report(
  'borders',
  violations.map(({ file, imports, why }) => `  ${file} imports ${imports}: ${why}`).join('\n'),
  `${tree.size} files`,
);

const units = [...tree.keys()].filter((path) => path.startsWith('native/') && path.endsWith('.cc'));
if (units.length === 0) report('clang-tidy', 'no C++ file found', '');
else
  program(
    'clang-tidy',
    'clang-tidy-22',
    ['-p', 'build/native', '--quiet', '--warnings-as-errors=*', ...units],
    () => `${units.length} files`,
  );

process.exit(failed ? 1 : 0);
