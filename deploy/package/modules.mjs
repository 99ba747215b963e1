// Which npm packages an installed Segue needs, and which of their files: what JavaScript reads at run time, and nothing of what was
// needed to build it. Run by stage.mjs. Only looks; copies nothing.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Dependencies of others that only their installation uses. */
const TO_BUILD = new Set(['prebuild-install', 'nan', 'node-addon-api']);
/** Folders of published packages that no program in Node loads. `browser` has the same again, for browsers. */
const UNREAD = new Set([
  ...['node_modules', 'build', 'deps', 'portaudio', 'scratch', '.github', 'browser', 'bin'],
  ...['test', 'tests', 'doc', 'docs', 'example', 'examples', 'benchmark', 'benchmarks'],
]);
const READ = /\.(js|cjs|mjs|json)$/;
const UNREAD_FILE =
  /(^|\/)(\.[^/]+|example\.js|bin\.mjs|test\.js|tsconfig[^/]*\.json|package-lock\.json|bower\.json|component\.json)$/;

export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Where Node would find `name` from a package in `from`. */
function find(name, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name);
    if (existsSync(join(path, 'package.json'))) return path;
    if (folder === dirname(folder)) return null;
  }
}

/** Folders of all packages that `root` needs at run time, itself not, in order of path. Throws where one is missing. */
export function modulesOf(root) {
  const found = new Set();
  const visit = (folder) => {
    const { dependencies = {}, optionalDependencies = {} } = readJson(join(folder, 'package.json'));
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      if (TO_BUILD.has(name)) continue;
      const path = find(name, folder);
      if (path === null) throw new Error(`${name}, which ${folder} needs, is not installed: npm ci.`);
      if (found.has(path)) continue;
      found.add(path);
      visit(path);
    }
  };
  visit(root);
  return [...found].sort();
}

/** The files of a package, relative to its folder, that are read at run time. */
export function filesOf(folder) {
  const files = [];
  const visit = (below) => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = join(below, entry.name);
      if (entry.isDirectory()) {
        if (!UNREAD.has(entry.name)) visit(path);
      } else if (READ.test(path) && !UNREAD_FILE.test(path)) files.push(path);
    }
  };
  visit('');
  return files.sort();
}

/** The texts of a package's licence (and notices), or none. */
export function licencesOf(folder) {
  return readdirSync(folder)
    .filter((name) => /^(licen[cs]e|copying|notice)/i.test(name))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8').trim());
}
