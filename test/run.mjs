// `npm test`: every stage in order of speed, ending with "N passed, N failed".
// `npm test -- unit golden` runs only those stages; `npm test -- path/to/x.test.ts` only that file.
// A test that hangs is ended and named; `--limit-s=N` says after how long. What waits for the clock and fails while the host
// of a virtual machine takes its processors away is run again, twice at most, and that is said.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { watchSteal } from './support/steal.mjs';

const STAGES = [
  { name: 'unit', folders: ['test/unit', 'test/rules'], concurrency: 2 },
  { name: 'golden', folders: ['test/golden', 'test/native'], concurrency: 2 },
  { name: 'native', program: ['node', ['test/native/run.mjs']] },
  { name: 'system', folders: ['test/system'], concurrency: 1, isTimed: true },
  { name: 'panel', folders: ['test/panel'], concurrency: 1, isTimed: true },
];

function testFiles(folder) {
  const found = [];
  for (const name of readdirSync(folder, { recursive: true }).map(String).sort()) {
    if (name.endsWith('.test.ts') && statSync(join(folder, name)).isFile()) found.push(join(folder, name));
  }
  return found;
}

/** Runs a program, shows its output, and resolves with its exit code and its last "#counts" or "N passed, N failed". */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let tail = '';
    child.stdout.on('data', (chunk) => {
      tail = (tail + chunk).slice(-4000);
      process.stdout.write(String(chunk).replace(/^#counts .*\n/m, ''));
    });
    child.on('error', (error) => resolve({ code: 1, passed: 0, failed: 1, message: error.message }));
    child.on('close', (code) => {
      const counts = /#counts (\{.*\})/.exec(tail);
      const words = /(\d+) passed, (\d+) failed\s*$/.exec(tail);
      const { passed, failed, failing } = counts
        ? JSON.parse(counts[1])
        : { passed: Number(words?.[1] ?? 0), failed: Number(words?.[2] ?? 1) };
      resolve({ code, passed, failed, failing });
    });
  });
}

const words = process.argv.slice(2);
const limitOption = words.find((word) => word.startsWith('--limit-s='));
/** For one test, and for one file; the longest file takes about a minute on two slow cores. */
const limitMs = 1000 * Number(limitOption?.split('=')[1] ?? 600);
/** Where the kernel tells what the host took; the runner's own test has another place for it. */
const statOption = words.find((word) => word.startsWith('--stat='));
const wanted = words.filter((word) => word !== limitOption && word !== statOption);
const chosenFiles = wanted.filter((word) => word.endsWith('.test.ts'));
const steal = watchSteal(statOption?.split('=')[1]);
/** Of a second, above which a failure of what waits for the clock says nothing. */
const MOST_STEAL = 0.1;
/** What has a limit of its own is a proof, and long: it holds or it does not. */
const MOST_RUNS = limitOption ? 1 : 3;

const runFiles = (files, concurrency) =>
  run(process.execPath, [
    '--import',
    'tsx',
    '--test',
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${limitMs}`,
    '--test-reporter=./test/support/reporter.mjs',
    ...files,
  ]);

async function runTimed(files, concurrency) {
  steal.worst();
  let result = await runFiles(files, concurrency);
  for (let runs = 1; runs < MOST_RUNS && Object.keys(result.failing ?? {}).length > 0; runs++) {
    const worst = steal.worst();
    if (worst <= MOST_STEAL) break;
    const again = Object.keys(result.failing);
    const share = Math.round(100 * worst);
    console.log(`\nThe host took ${share} % of the processors for a second: run again: ${again.join(', ')}`);
    const passedBefore = Object.values(result.failing).reduce((sum, { passed }) => sum + passed, 0);
    const repeated = await runFiles(again, 1);
    result = { ...repeated, passed: result.passed - passedBefore + repeated.passed };
  }
  return result;
}

const chosen = { name: 'chosen', files: chosenFiles, concurrency: 2, isTimed: true };
let passed = 0;
let failed = 0;
let isAwake = false;
for (const stage of chosenFiles.length ? [chosen] : STAGES) {
  if (wanted.length && !chosenFiles.length && !wanted.includes(stage.name)) continue;
  if (stage.isTimed && !isAwake)
    spawn('sh', ['test/support/awake.sh', String(process.pid)], { stdio: 'ignore' }).unref();
  isAwake ||= stage.isTimed;
  const startedAt = Date.now();
  console.log(`\n── ${stage.name} ──`);
  let result;
  if (stage.program) result = await run(...stage.program);
  else {
    const files = stage.files ?? stage.folders.filter((folder) => existsSync(folder)).flatMap(testFiles);
    const runStage = stage.isTimed ? runTimed : runFiles;
    result = files.length ? await runStage(files, stage.concurrency) : { code: 1, passed: 0, failed: 0 };
  }
  // A stage that ran nothing, or died without counting, has failed.
  const isLost = (result.passed === 0 && result.failed === 0) || (result.code !== 0 && result.failed === 0);
  if (isLost) console.log(`✗ stage ${stage.name} ran no test or ended with code ${result.code}`);
  passed += result.passed;
  failed += result.failed + (isLost ? 1 : 0);
  console.log(
    `── ${stage.name}: ${result.passed} passed, ${result.failed} failed, ${((Date.now() - startedAt) / 1000).toFixed(1)} s ──`,
  );
}
if (passed + failed === 0) failed = 1;
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
