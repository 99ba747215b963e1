// Builds and runs the native tests: plain, and under every sanitizer, and the canaries that prove that each of these
// can fail. Ends with one line, "native: N passed, N failed". A missing compiler is a failure, never a skip. Some of them play
// in real time: one that fails while the host of a virtual machine takes its processors away is run again, twice at most.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { watchSteal } from '../support/steal.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const KINDS = ['plain', 'address', 'thread', 'realtime', 'canary'];
const TEST_TIMEOUT_MS = 300_000;
/** Of a second, above which a failure says nothing. */
const MOST_STEAL = 0.1;
const MOST_RUNS = 3;
const steal = watchSteal();

let passed = 0;
let failed = 0;

function report(name, problem) {
  if (problem) {
    failed += 1;
    console.log(`not ok  ${name}\n${problem.trimEnd().replaceAll(/^/gm, '        ')}`);
  } else {
    passed += 1;
    console.log(`ok      ${name}`);
  }
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    timeout: TEST_TIMEOUT_MS,
    ...options,
  });
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ? String(result.error) : ''}`;
  return { status: result.status, signal: result.signal, output };
}

/** As run(), without holding the event loop. */
function runLater(command) {
  return new Promise((resolve) => {
    const child = spawn(command, [], { cwd: root, env: environment, timeout: TEST_TIMEOUT_MS });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
      });
    child.on('error', (error) => resolve({ status: null, signal: null, output: String(error) }));
    child.on('close', (status, signal) => resolve({ status, signal, output }));
  });
}

/** The newest clang++ from 20 on: the first with RealtimeSanitizer. */
function findClang() {
  for (let version = 29; version >= 20; version -= 1) {
    const name = `clang++-${version}`;
    if (run(name, ['--version']).status === 0) return name;
  }
  return null;
}

const environment = {
  ...process.env,
  ASAN_OPTIONS: 'detect_leaks=1:abort_on_error=0',
  UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
  TSAN_OPTIONS: 'halt_on_error=1',
};

/** Builds one kind; the folder of its test programs, or null after reporting why not. */
function build(kind, compiler) {
  const folder = join('build', `native-test-${kind}`);
  const sanitize = kind === 'plain' || kind === 'canary' ? '' : kind;
  const configure = run('cmake', [
    ...['-S', 'native', '-B', folder, '-G', 'Ninja', '-DSEGUE_TESTS=ON', '-DCMAKE_BUILD_TYPE=Debug'],
    ...[`-DSEGUE_SANITIZE=${sanitize}`, `-DCMAKE_CXX_COMPILER=${compiler}`],
  ]);
  if (configure.status !== 0) {
    report(`${kind}: configure`, configure.output);
    return null;
  }
  const targets = kind === 'canary' ? ['canaries'] : ['native_tests'];
  const built = run('cmake', ['--build', folder, '-j2', '--target', ...targets], { timeout: 900_000 });
  if (built.status !== 0) {
    report(`${kind}: build`, built.output);
    return null;
  }
  return join(folder, 'test');
}

async function runTests(kind, compiler) {
  const folder = build(kind, compiler);
  if (!folder) return;
  const names = readdirSync(join(root, 'test/native')).filter((name) => name.endsWith('_test.cc'));
  if (names.length === 0) report(`${kind}: tests`, 'There are no tests.');
  for (const name of names) {
    const program = name.replace(/\.cc$/, '');
    let result = null;
    let isGood = false;
    steal.worst();
    for (let runs = 1; !isGood; runs += 1) {
      result = await runLater(join(root, folder, program));
      isGood = result.status === 0 && /test cases: +[1-9]/.test(result.output);
      const worst = steal.worst();
      if (isGood || runs === MOST_RUNS || worst <= MOST_STEAL) break;
      const share = Math.round(100 * worst);
      console.log(
        `The host took ${share} % of the processors for a second: ${kind}: ${program} is run again.`,
      );
    }
    report(`${kind}: ${program}`, isGood ? null : `exit ${result.status ?? result.signal}\n${result.output}`);
  }
}

/** Each canary plants one fault; the check that should catch it must catch it, and for the reason it is there for. */
function runCanaries(compiler) {
  const folder = build('canary', compiler);
  if (!folder) return;
  const expected = [
    { program: 'canary_realtime', says: 'RealtimeSanitizer: unsafe-library-call', status: 43 },
    { program: 'canary_thread', says: 'ThreadSanitizer: data race' },
    { program: 'canary_address', says: 'AddressSanitizer: heap-buffer-overflow' },
    { program: 'canary_undefined', says: 'signed integer overflow' },
  ];
  for (const { program, says, status } of expected) {
    const result = run(join(root, folder, program), [], { env: environment });
    const isCaught =
      result.output.includes(says) && (status ? result.status === status : result.status !== 0);
    report(
      `canary: ${program} is caught`,
      isCaught ? null : `exit ${result.status}, not caught\n${result.output}`,
    );
  }
  for (const fault of ['MALLOC', 'LOCK', 'NONE']) {
    const result = run(compiler, [
      ...['-std=c++20', '-Inative', '-fsyntax-only', '-Wfunction-effects', '-Werror=function-effects'],
      ...[`-DPLANT_${fault}`, 'test/native/canary_effects.cc'],
    ]);
    const isCaught = result.status !== 0 && result.output.includes('-Wfunction-effects');
    const isRight = fault === 'NONE' ? result.status === 0 : isCaught;
    report(
      `canary: function effects, ${fault.toLowerCase()}`,
      isRight ? null : `exit ${result.status}\n${result.output}`,
    );
  }
}

const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : null;
if (only && !KINDS.includes(only)) {
  console.error(`--only takes one of ${KINDS.join(', ')}.`);
  process.exit(2);
}
const clang = findClang();
for (const kind of only ? [only] : KINDS) {
  if (kind === 'plain') {
    await runTests('plain', 'g++');
  } else if (!clang) {
    report(kind, 'clang 20 or newer is missing: install clang-22 and libclang-rt-22-dev.');
  } else if (kind === 'canary') {
    runCanaries(clang);
  } else {
    await runTests(kind, clang);
  }
}
if (passed + failed === 0) report('native', 'Nothing ran.');
console.log(`native: ${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
