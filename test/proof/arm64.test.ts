// The board's processor, in emulation (qemu-user): the native tests, cross-built as the package is, and the bench of orchestration
// with the package's own addons, in a Debian 13 for arm64. Emulated times are no board's: what the bench says is that all of it
// runs, and its ratios. `npm run proof:arm64`: needs root, what `npm run package` needs, and qemu-user-static with binfmt.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, test } from 'node:test';
import { builtPackage } from '../support/package.ts';

const root = resolve('build/package/root-arm64');
const programs = resolve('build/package/tests-arm64/test');
/** A script may run a few milliseconds, which emulation needs for what this one does. */
const TOO_SLOW = '--test-case-exclude=memory is given back';
/** Below the root. */
const place = '/opt/segue-proof';

function run(command: string, words: readonly string[], timeout = 1_800_000): string {
  const { status, stdout, stderr, error } = spawnSync(command, words, {
    encoding: 'utf8',
    timeout,
    maxBuffer: 1 << 26,
  });
  assert.equal(
    status,
    0,
    `${command} ${words.join(' ')}: ${stdout.slice(-3000)}\n${stderr || String(error)}`,
  );
  return stdout;
}
const inRoot = (...words: string[]) => run('chroot', [root, ...words]);

before(() => {
  run('sh', ['deploy/package/root.sh', 'arm64', builtPackage('arm64')]);
  run('sh', ['deploy/package/native.sh', 'arm64', 'tests']);
  for (const gone of ['usr/lib/segue', `.${place}`])
    rmSync(join(root, gone), { recursive: true, force: true });
  run('dpkg-deb', ['-x', builtPackage('arm64'), root]);
  mkdirSync(join(root, place), { recursive: true });
  if (run('findmnt', ['-rn', '-o', 'TARGET']).split('\n').includes(join(root, 'proc'))) return;
  run('mount', ['-t', 'proc', 'proc', join(root, 'proc')]);
  process.on('exit', () => spawnSync('umount', [join(root, 'proc')]));
});

test('every native test holds on arm64', () => {
  const names = readdirSync(programs).filter((name) => /_test$/.test(name));
  assert.equal(names.length, readdirSync('test/native').filter((name) => /_test\.cc$/.test(name)).length);
  let cases = 0;
  for (const name of names) {
    copyFileSync(join(programs, name), join(root, place, name));
    assert.match(run('readelf', ['-h', join(programs, name)]), /AArch64/);
    const said = inRoot(join(place, name), ...(name === 'lua_limits_test' ? [TOO_SLOW] : []));
    const [, passed] = /\[doctest\] test cases: +\d+ \| +(\d+) passed/.exec(said) ?? [];
    assert.ok(Number(passed) > 0, said);
    cases += Number(passed);
  }
  console.log(`  ${names.length} programs, ${cases} cases`);
});

test('the bench of orchestration runs on arm64, with SQLite and Lua', () => {
  run('node_modules/.bin/tsc', [
    '-p',
    'tsconfig.json',
    '--sourceMap',
    'false',
    '--outDir',
    join(root, place),
  ]);
  writeFileSync(join(root, place, 'package.json'), '{ "type": "module" }');
  for (const name of ['node_modules', 'build'])
    symlinkSync(`/usr/lib/segue/${name}`, join(root, place, name));
  const said = inRoot(
    ...['/usr/bin/node', '--input-type=module', '--eval'],
    `import { bench } from '${place}/test/bench/orchestration.js';
     console.log(process.arch);
     await bench.run([]);`,
  );
  assert.match(said, /^arm64\n/);
  for (const part of [/SQLite/, /Lua/]) assert.match(said, part);
  console.log(said.replace(/^/gm, '  '));
});
