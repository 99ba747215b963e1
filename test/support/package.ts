// The built package again as another version, whole or broken: for the proofs of updates.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const packageVersion = (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string })
  .version;
export const builtPackage = (arch: string) => resolve(`build/package/segue_${packageVersion}_${arch}.deb`);

/** Writes `segue_VERSION.deb` into `to`; answers its path. `broken`: it migrates the database, and ends before it is ready. */
export function otherVersion(
  arch: string,
  version: string,
  to: string,
  kind: 'whole' | 'broken' = 'whole',
): string {
  const folder = mkdtempSync(join(tmpdir(), 'segue-other-'));
  const tree = join(folder, 'tree');
  try {
    execFileSync('dpkg-deb', ['-R', builtPackage(arch), tree]);
    const change = (path: string, from: RegExp | string, by: string) => {
      const text = readFileSync(join(tree, path), 'utf8');
      assert.ok(
        typeof from === 'string' ? text.includes(from) : from.test(text),
        `nothing to change in ${path}`,
      );
      writeFileSync(join(tree, path), text.replace(from, by));
    };
    change('DEBIAN/control', /^Version: .*$/m, `Version: ${version}`);
    change('usr/lib/segue/package.json', /"version": "[^"]*"/, `"version": "${version}"`);
    if (kind === 'broken') {
      const numbered =
        "{ number: migrations.at(-1).number + 1, name: 'planted', sql: 'CREATE TABLE planted (x INTEGER) STRICT' }";
      change(
        'usr/lib/segue/dist/daemon/adapters/store/migrations/index.js',
        /$/,
        `\nmigrations.push(${numbered});\n`,
      );
      change(
        'usr/lib/segue/dist/daemon/lifecycle.js',
        'void notify.ready(',
        "throw new Error('planted'); void notify.ready(",
      );
    }
    const path = join(to, `segue_${version}.deb`);
    execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '-b', tree, path], { stdio: 'ignore' });
    return path;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
