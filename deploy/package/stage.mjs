// Lays out what goes into one package: `node deploy/package/stage.mjs ARCH VERSION TREE [KEY.pem ...]`, run by package.sh when
// everything is built. TREE is made anew. The same inputs give the same tree, times too (SOURCE_DATE_EPOCH).
import { execFileSync } from 'node:child_process';
import { createHash, createPublicKey } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { controlOf, MAINTAINER } from './control.mjs';
import { copyrightOf } from './copyright.mjs';
import { dependsOf, nodeLibrary } from './depends.mjs';
import { bashCompletionOf, commandsOf, manualOf } from './manual.mjs';
import { filesOf, modulesOf, readJson } from './modules.mjs';

const [arch, version, tree, ...keys] = process.argv.slice(2);
const root = process.cwd();
const built = join('build/package');
const sysroot = join(built, `sysroot-${arch}`);
const epochS = Number(process.env.SOURCE_DATE_EPOCH);
const lib = join(tree, 'usr/lib/segue');

function put(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}
function write(to, text) {
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, text);
}
function* under(folder, below = '') {
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(below, entry.name);
    yield path;
    if (entry.isDirectory()) yield* under(folder, path);
  }
}
const isFile = (path) => lstatSync(path).isFile();
function putAll(from, to, isWanted = () => true) {
  for (const path of under(from))
    if (isFile(join(from, path)) && isWanted(path)) put(join(from, path), join(to, path));
}

rmSync(tree, { recursive: true, force: true });

// Segue itself, at the places where its parts look for each other in a checkout.
putAll('dist', join(lib, 'dist'), (path) => !path.endsWith('.map'));
for (const name of ['segue.node', 'segue-lua.node', 'segue-cover'])
  put(join(built, `native-${arch}`, name), join(lib, 'build/native', name));
for (const folder of ['rules', 'scripts']) putAll(join('deploy', folder), join(lib, 'deploy', folder));
const command = readFileSync('deploy/segue.mjs', 'utf8').replace('#!/usr/bin/env node', '#!/usr/bin/node');
write(join(lib, 'deploy/segue.mjs'), command);
const { name, description, license, type } = readJson('package.json');
write(
  join(lib, 'package.json'),
  `${JSON.stringify({ name, version, description, license, private: true, type }, null, 2)}\n`,
);

// What it needs of npm.
const modules = modulesOf(root);
for (const folder of modules)
  for (const path of filesOf(folder)) put(join(folder, path), join(lib, relative(root, folder), path));
for (const [module, addon] of [
  ['better-sqlite3', 'better_sqlite3'],
  ['naudiodon', 'naudiodon'],
  ['segfault-handler', 'segfault-handler'],
])
  put(
    join(built, `addons-${arch}`, module, `build/Release/${addon}.node`),
    join(lib, 'node_modules', module, `build/Release/${addon}.node`),
  );
const binaries = [...under(lib)]
  .map((path) => join(lib, path))
  .filter((path) => path.endsWith('.node') || path.endsWith('/segue-cover'));
for (const path of binaries) execFileSync('llvm-strip-22', ['--strip-unneeded', path]);

// The system's side.
putAll('deploy/package/root', tree);
const units = join(tree, 'usr/lib/systemd/system');
putAll('deploy/systemd', units);
// Of the package itself, and so nobody's to turn on or off: they do nothing unless an update was interrupted.
mkdirSync(join(units, 'multi-user.target.wants'));
for (const unit of ['segue-update.service', 'segue-update-judge.service'])
  symlinkSync(`../${unit}`, join(units, 'multi-user.target.wants', unit));
mkdirSync(join(tree, 'usr/bin'), { recursive: true });
symlinkSync('../lib/segue/deploy/segue.mjs', join(tree, 'usr/bin/segue'));
const doc = join(tree, 'usr/share/doc/segue');
write(join(doc, 'copyright'), copyrightOf(root, modules));
const changelog = `segue (${version}) trixie; urgency=medium\n\n  * See NEWS.gz.\n\n -- ${MAINTAINER}  ${new Date(epochS * 1000).toUTCString().replace('GMT', '+0000')}\n`;
write(join(doc, 'changelog.gz'), gzipSync(changelog, { level: 9 }));
write(join(doc, 'NEWS.gz'), gzipSync(readFileSync('CHANGELOG.md'), { level: 9 }));
const commands = await commandsOf('dist');
const manual = manualOf(commands, { version, epochS });
write(join(tree, 'usr/share/man/man1/segue.1.gz'), gzipSync(manual, { level: 9 }));
write(join(tree, 'usr/share/bash-completion/completions/segue'), bashCompletionOf(commands));
for (const folder of ['rules', 'scripts']) {
  mkdirSync(join(doc, 'examples'), { recursive: true });
  symlinkSync(`../../../../lib/segue/deploy/${folder}`, join(doc, 'examples', folder));
}
for (const key of keys) {
  const pem = readFileSync(key, 'utf8');
  if (pem.includes('PRIVATE') || createPublicKey(pem).asymmetricKeyType !== 'ed25519')
    throw new Error(`${key} is not a public ed25519 key: node deploy/sign.mjs makes one.`);
  write(join(tree, 'usr/share/segue/update-keys.d', basename(key)), pem);
}

// The package's own part.
const paths = [...under(tree)];
const kib = paths.reduce(
  (sum, path) => sum + (isFile(join(tree, path)) ? Math.ceil(lstatSync(join(tree, path)).size / 1024) : 1),
  0,
);
const files = paths.filter((path) => isFile(join(tree, path)));
const digest = (path) =>
  createHash('md5')
    .update(readFileSync(join(tree, path)))
    .digest('hex');
const debian = join(tree, 'DEBIAN');
putAll('deploy/package/debian', debian);
write(
  join(debian, 'control'),
  controlOf({
    version,
    arch,
    kib,
    depends: ['nodejs (>= 20.19)', nodeLibrary(sysroot), ...dependsOf(binaries, sysroot)],
  }),
);
write(join(debian, 'md5sums'), files.map((path) => `${digest(path)}  ${path}\n`).join(''));
write(
  join(debian, 'conffiles'),
  files
    .filter((path) => path.startsWith('etc/'))
    .map((path) => `/${path}\n`)
    .join(''),
);

const EXECUTABLE = /(^DEBIAN\/(postinst|prerm|postrm|preinst)|segue-cover|deploy\/segue\.mjs)$/;
for (const path of ['', ...under(tree)]) {
  const full = join(tree, path);
  const entry = lstatSync(full);
  if (!entry.isSymbolicLink()) chmodSync(full, entry.isDirectory() || EXECUTABLE.test(path) ? 0o755 : 0o644);
  lutimesSync(full, epochS, epochS);
}
