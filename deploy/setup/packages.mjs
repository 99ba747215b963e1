// Which Debian packages Segue needs, and how to get them: by apt when root or through sudo, else by telling the
// person the one line to run. Uses only node: modules, because it runs before node_modules exists.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** To build and to play. */
const FOR_START = [
  'g++',
  'make',
  'cmake',
  'pkg-config',
  'python3',
  'libavformat-dev',
  'libavcodec-dev',
  'libavutil-dev',
  'libswresample-dev',
  'libswscale-dev',
  'libebur128-dev',
  'portaudio19-dev',
  'libportaudio2',
  'libasound2-dev',
  'libpulse-dev',
  'liblua5.4-dev',
];
/** To prove it as well: a virtual device, a browser, the sanitizers, and the peer of the benchmarks. */
const FOR_TEST = [
  'pulseaudio',
  'pulseaudio-utils',
  'libasound2-plugins',
  'chromium',
  'clang-22',
  'clang-tidy-22',
  'libclang-rt-22-dev',
  'llvm-22',
  'doctest-dev',
  'ninja-build',
  'systemd',
  'git',
];
/** To build packages for Debian 13, for other processors too. */
const FOR_PACKAGE = ['clang-22', 'lld-22', 'llvm-22', 'mmdebstrap', 'dpkg-dev', 'lintian', 'git'];
/** To build the card and to boot it. */
const FOR_IMAGE = [
  'mmdebstrap',
  'qemu-user-static',
  'binfmt-support',
  'qemu-system-arm',
  'dosfstools',
  'mtools',
  'fdisk',
  'e2fsprogs',
  'device-tree-compiler',
  'zstd',
  'openssh-client',
  'git',
];
const LISTS = {
  start: FOR_START,
  test: [...FOR_START, ...FOR_TEST],
  package: [...FOR_START, ...FOR_PACKAGE],
  image: [...FOR_START, ...FOR_IMAGE],
};

/** Where this Node keeps its headers: the prefix, or null. */
export function headerPrefix() {
  const prefix = dirname(dirname(realpathSync(process.execPath)));
  return existsSync(join(prefix, 'include/node/node_api.h')) ? prefix : null;
}

function missingOf(names) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholders
  const format = '${Package} ${db:Status-Status}\n';
  const asked = spawnSync('dpkg-query', ['-W', '-f', format, ...names], {
    encoding: 'utf8',
  });
  if (asked.error) return names;
  const installed = new Set(
    asked.stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return names.filter((name) => !installed.has(name));
}

/** Installs what is missing for 'start', 'test', 'package' or 'image'. Returns null, or the sentence that says what to do. */
export function ensurePackages(purpose, say) {
  const wanted = [...LISTS[purpose]];
  if (!headerPrefix()) wanted.push('libnode-dev');
  const missing = missingOf(wanted);
  if (missing.length === 0) return null;
  const asRoot = process.getuid?.() === 0;
  const bySudo = !asRoot && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  const line = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (!existsSync('/etc/debian_version')) {
    return `These packages are missing (Debian's names): ${missing.join(' ')}. Install them and run this again.`;
  }
  if (!asRoot && !bySudo)
    return `Some system packages are missing. Run this line, then try again:\n  sudo apt-get update && sudo ${line}`;
  say(`installing ${missing.length} system packages: ${missing.join(' ')}`);
  const sudo = bySudo ? ['sudo', '-n'] : [];
  for (const step of ['apt-get update', line]) {
    const [command, ...args] = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', ...step.split(' ')];
    const ran = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
    // An update that fails half (one mirror of several) may still leave what is needed: the install decides.
    if (ran.status !== 0 && step !== 'apt-get update') {
      return `apt could not install them:\n${(ran.stderr ?? '').trim().split('\n').slice(-6).join('\n')}\nRun it by hand:\n  sudo ${line}`;
    }
  }
  const still = missingOf(missing);
  return still.length ? `apt did not install: ${still.join(' ')}` : null;
}

/** Debian's release number, for messages. */
export function debianRelease() {
  return existsSync('/etc/debian_version')
    ? readFileSync('/etc/debian_version', 'utf8').trim()
    : 'not Debian';
}
