// `npm run check`: lint and format, types, borders, clang-tidy. Each says what it looked at; none may look at nothing.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
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

const headers = createHash('sha256');
for (const [path, text] of sourceTree('native/*.h', '.clang-tidy', 'native/CMakeLists.txt'))
  headers.update(path).update(text);
const common = headers.digest('hex');
const units = [...tree].filter(([path]) => path.startsWith('native/') && path.endsWith('.cc'));

/** One file through clang-tidy, unless it (and every header) passed as it is. Resolves with the problem, or ''. */
function tidy(path: string, text: string): Promise<string> {
  const stamp = `build/tidy/${createHash('sha256').update(common).update(path).update(text).digest('hex')}`;
  if (existsSync(stamp)) return Promise.resolve('');
  return new Promise((resolve) => {
    const child = spawn('clang-tidy-22', ['-p', 'build/native', '--quiet', '--warnings-as-errors=*', path]);
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code) => {
      if (code !== 0) return resolve(output.trim() || `${path}: clang-tidy ended with ${code}`);
      mkdirSync('build/tidy', { recursive: true });
      writeFileSync(stamp, '');
      resolve('');
    });
  });
}

if (units.length === 0) report('clang-tidy', 'no C++ file found', '');
else {
  const problems: string[] = [];
  const waiting = [...units];
  const worker = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const problem = await tidy(...next);
      if (problem) problems.push(problem);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  report('clang-tidy', problems.join('\n'), `${units.length} files`);
}

process.exit(failed ? 1 : 0);
