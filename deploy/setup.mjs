// Sets a checkout up, from nothing: system packages, npm packages, the native addon, TypeScript, the panel.
// `node deploy/setup.mjs --for start|test|package`. Run by npm before start and test; does nothing, quickly, when nothing
// changed. Uses only node: modules. Never downloads anything but npm and Debian packages.
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePackages, headerPrefix } from './setup/packages.mjs';
import { hashOf, unlessStamped } from './setup/stamp.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const purpose = ['test', 'package', 'image'].find((each) => process.argv.includes(each)) ?? 'start';
const startedAt = Date.now();
const say = (text) => console.error(`segue setup: ${text}`);

/** Runs a program quietly; on failure its last lines are the message. */
function run(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolve(output)
        : reject(
            new Error(
              `${command} ${args.join(' ')} failed (${code}):\n${output.trim().split('\n').slice(-25).join('\n')}`,
            ),
          ),
    );
  });
}

/** node-gyp would download headers: the Node in use has its own. The configuration of the npm that started us
 *  (npm_config_*) is not passed on where it would interfere. */
function npmEnvironment() {
  const prefix = headerPrefix() ?? '/usr';
  return { npm_config_nodedir: prefix, npm_config_ignore_scripts: '', JOBS: String(availableParallelism()) };
}

/** The system's PortAudio in place of the one naudiodon brings (which has no arm64 build and its own ALSA). */
function useSystemPortAudio() {
  const target = 'node_modules/naudiodon/portaudio/bin';
  if (!existsSync(target)) return false;
  for (const folder of readdirSync('/usr/lib').map((name) => join('/usr/lib', name))) {
    const library = join(folder, 'libportaudio.so.2');
    if (!existsSync(library)) continue;
    mkdirSync(target, { recursive: true });
    copyFileSync(library, join(target, 'libportaudio.so.2'));
    return true;
  }
  return false;
}

async function installNodeModules() {
  say('installing npm packages');
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], npmEnvironment());
  say('compiling better-sqlite3 (about a minute, once)');
  // A commit waits for the data and the length of the log, not for the time of its last change as well.
  await run('npm', ['rebuild', 'better-sqlite3'], { ...npmEnvironment(), CFLAGS: '-DHAVE_FDATASYNC=1' });
  if (useSystemPortAudio()) {
    // GCC 14 no longer includes <string> by way of others, and naudiodon forgets to.
    const env = { ...npmEnvironment(), CXXFLAGS: '-include string' };
    await run('npm', ['rebuild', 'naudiodon', 'segfault-handler'], env).catch((error) => {
      rmSync('node_modules/naudiodon/build', { recursive: true, force: true });
      say(
        `naudiodon cannot be built here; the core lists the devices instead.\n${error.message.split('\n').slice(-3).join('\n')}`,
      );
    });
  }
}

async function buildAddon() {
  say('building the native core');
  const include = join(headerPrefix() ?? '/usr', 'include/node');
  await run('cmake', [
    '-S',
    'native',
    '-B',
    'build/native',
    '-DCMAKE_BUILD_TYPE=Release',
    '-DSEGUE_ADDON=ON',
    `-DNODE_INCLUDE=${include}`,
    `-DNODE_ADDON_API=${join(root, 'node_modules/node-addon-api')}`,
  ]);
  await run('cmake', ['--build', 'build/native', '-j', String(availableParallelism())]);
}

async function buildTypeScript() {
  say('compiling TypeScript');
  for (const folder of ['audio', 'sync', 'daemon'])
    rmSync(join('dist', folder), { recursive: true, force: true });
  await run('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json']);
}

async function buildPanel() {
  say('building the panel');
  await run('node_modules/.bin/vite', ['build', 'daemon/panel', '--logLevel', 'warn']);
}

async function main() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Segue needs Node 20.19 or newer; this is ${process.versions.node}.`);
  }
  const problem = ensurePackages(purpose, say);
  if (problem) throw new Error(problem);
  const sources = ['daemon', 'audio', 'sync'];
  const did = [
    await unlessStamped(
      'npm',
      hashOf(['package-lock.json']),
      ['node_modules/.package-lock.json'],
      installNodeModules,
    ),
    // A package has its own, built for its processor.
    purpose !== 'package' &&
      (await unlessStamped(
        'addon',
        hashOf(['native', 'package-lock.json']),
        ['build/native/segue.node', 'build/native/segue-lua.node', 'build/native/segue-cover'],
        buildAddon,
      )),
    await unlessStamped(
      'tsc',
      hashOf([...sources, 'tsconfig.json', 'package-lock.json']),
      ['dist/daemon/main.js'],
      buildTypeScript,
    ),
    await unlessStamped(
      'panel',
      hashOf(['daemon/panel', 'package-lock.json']),
      ['dist/panel/index.html'],
      buildPanel,
    ),
  ].some(Boolean);
  if (did) say(`ready after ${((Date.now() - startedAt) / 1000).toFixed(0)} s`);
}

main().catch((error) => {
  say(error.message);
  process.exit(1);
});
