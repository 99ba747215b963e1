// Stamps: a step that is up to date is skipped. A stamp is a hash of everything the step depends on.
// Uses only node: modules.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

function* filesUnder(path) {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (!entry) return;
  if (!entry.isDirectory()) {
    yield path;
    return;
  }
  for (const name of readdirSync(path).sort()) {
    if (name !== 'node_modules') yield* filesUnder(join(path, name));
  }
}

/** Hash of the contents of files and folders (in order of name) and of further facts. */
export function hashOf(paths, facts = []) {
  const hash = createHash('sha256').update(
    JSON.stringify([process.versions.modules, process.arch, ...facts]),
  );
  for (const path of paths) {
    for (const file of filesUnder(path))
      hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

/** Runs `step` unless the stamp `name` in build/stamps holds `hash` and all of `results` exist. */
export async function unlessStamped(name, hash, results, step) {
  const path = join('build/stamps', name);
  const isFresh =
    existsSync(path) && readFileSync(path, 'utf8') === hash && results.every((result) => existsSync(result));
  if (isFresh) return false;
  await step();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, hash);
  return true;
}
