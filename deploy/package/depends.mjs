// The Debian packages that built files need, and from which version on: by their DT_NEEDED entries and undefined symbols, and what
// the libraries' own packages in the sysroot say of theirs (symbols and shlibs files; deb-symbols(5), deb-shlibs(5)). Run by
// stage.mjs. It is what dpkg-shlibdeps does, which looks into the system it runs on alone.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const readelf = (...words) =>
  execFileSync('llvm-readelf-22', words, { encoding: 'utf8', maxBuffer: 1 << 28 });

/** What a file asks of others: the names of libraries, and symbols as `name@VERSION` or `name`. */
function wantsOf(file) {
  const dynamic = readelf('-d', file);
  const needed = [...dynamic.matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(([, name]) => name);
  const runPath = /\((?:RPATH|RUNPATH)\).*\[(.+)\]/.exec(dynamic)?.[1];
  if (runPath !== undefined) throw new Error(`${file} looks for libraries in ${runPath}.`);
  const symbols = symbolsOf(file).filter(({ isDefined }) => !isDefined);
  return { needed, symbols };
}

function symbolsOf(file) {
  return readelf('--dyn-syms', '-W', file)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => /^\d+:$/.test(words[0]) && words[7] !== undefined)
    .map((words) => ({ name: words[7], isDefined: words[6] !== 'UND', isWeak: words[4] === 'WEAK' }));
}

/** A module is linked though nobody has what it calls, and then does not load: each call must be found in the libraries that it
 *  names, or in Node. */
function assertResolved(file, { needed, symbols }, sysroot) {
  const folders = readdirSync(join(sysroot, 'usr/lib')).filter((name) => name.endsWith('-linux-gnu'));
  const [folder] = folders.map((name) => join(sysroot, 'usr/lib', name));
  // Node, and what it lets addons call of its own libraries.
  const node = readdirSync(folder).filter((name) => /^(libnode\.so\.\d+|libuv\.so\.1)$/.test(name));
  const offered = new Set();
  for (const library of [...needed, ...node])
    for (const { name, isDefined } of symbolsOf(join(folder, library)))
      if (isDefined) offered.add(name.replace('@@', '@')).add(name.replace(/@.*/, ''));
  const missing = symbols.filter(({ name, isWeak }) => !isWeak && !offered.has(name));
  if (missing.length > 0) throw new Error(`${file} calls what nobody has: ${missing[0].name}.`);
}

/** library -> how to depend on it: {package, templates, since: symbol -> [version, template]}. */
function symbolsIn(text) {
  const libraries = new Map();
  let library;
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('*') || line.startsWith('#')) continue;
    const words = line.trim().split(/\s+/);
    if (line.startsWith('|')) library.templates.push(line.slice(1).trim());
    else if (line.startsWith(' ')) library.since.set(words[0], [words[1], Number(words[2] ?? 0)]);
    else {
      library = { templates: [words.slice(1).join(' ')], since: new Map() };
      libraries.set(words[0], library);
    }
  }
  return libraries;
}

/** All that the packages of a sysroot tell: library -> templates and symbols; of those without symbols, their shlibs. */
function librariesOf(sysroot) {
  const info = join(sysroot, 'var/lib/dpkg/info');
  const libraries = new Map();
  for (const name of readdirSync(info)) {
    const text = readFileSync(join(info, name), 'utf8');
    if (name.endsWith('.symbols'))
      for (const [library, facts] of symbolsIn(text)) libraries.set(library, facts);
  }
  for (const name of readdirSync(info).filter((each) => each.endsWith('.shlibs'))) {
    for (const line of readFileSync(join(info, name), 'utf8').split('\n')) {
      const [, library, version, depends] = /^(?!udeb:)(\S+) (\S+) (.+)$/.exec(line) ?? [];
      if (library === undefined) continue;
      for (const file of [`${library}.so.${version}`, `${library}-${version}.so`])
        if (!libraries.has(file)) libraries.set(file, { templates: [depends], since: new Map() });
    }
  }
  return libraries;
}

const isNewer = (a, b) => {
  try {
    execFileSync('dpkg', ['--compare-versions', a, 'gt', b]);
    return true;
  } catch {
    return false;
  }
};

/** Dependencies of `files`, sorted, as in a control file. Throws where a library belongs to no package of the sysroot. */
export function dependsOf(files, sysroot) {
  const libraries = librariesOf(sysroot);
  /** template -> least version, or null. */
  const found = new Map();
  for (const file of files) {
    const wants = wantsOf(file);
    assertResolved(file, wants, sysroot);
    const { needed, symbols } = wants;
    for (const name of needed) {
      const library = libraries.get(name);
      if (library === undefined)
        throw new Error(`${file} needs ${name}, which no package of the sysroot has.`);
      // What it has of it without symbols at all still is needed.
      const used = symbols
        .map(({ name: symbol }) => library.since.get(symbol) ?? library.since.get(`${symbol}@Base`))
        .filter((each) => each !== undefined);
      for (const [version, index] of used.length > 0 ? used : [[null, 0]]) {
        const template = library.templates[index];
        const before = found.get(template);
        if (before === undefined || before === null || (version !== null && isNewer(version, before)))
          found.set(template, version);
      }
    }
  }
  return [...found]
    .map(([template, version]) =>
      template.replace('#MINVER#', version === null ? '' : `(>= ${version})`).trim(),
    )
    .sort();
}

/** The package of Debian's Node for whose machine code interface addons were built: they hold with that one alone. */
export function nodeLibrary(sysroot) {
  const header = join(sysroot, 'usr/include/node/node_version.h');
  if (!existsSync(header)) throw new Error(`There is no ${header}.`);
  const [, version] = /#define NODE_MODULE_VERSION (\d+)/.exec(readFileSync(header, 'utf8'));
  return `libnode${version}`;
}
