// A machine whose kernel has sound cards, for what a machine without cannot show: QEMU, emulated throughout, with Debian's own
// kernel, on the host's files. x86-64 hosts only. Needs the packages named below; says so where they are missing.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const PACKAGES = ['qemu-system-x86', 'busybox-static', 'cpio', 'kmod', 'alsa-utils'];
const MODULES = [
  'virtio_pci',
  '9pnet_virtio',
  '9p',
  'overlay',
  'snd-aloop',
  'snd-hda-intel',
  'snd-hda-codec-generic',
];

function run(command: string, args: readonly string[], cwd = '.'): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(
    `${command} ${args.join(' ')}: ${stderr || String(error)}\nThis proof needs: apt-get install -y --no-install-recommends ${PACKAGES.join(' ')}`,
  );
}

/** The newest kernel that Debian has for this machine, unpacked into `folder`; its version. */
function unpackKernel(folder: string): string {
  const kernels = () =>
    existsSync(join(folder, 'lib/modules')) ? readdirSync(join(folder, 'lib/modules')) : [];
  if (kernels().length === 0) {
    mkdirSync(folder, { recursive: true });
    const name = /linux-image-[\d.]\S+/.exec(run('apt-cache', ['depends', 'linux-image-amd64']))?.[0];
    if (!name)
      throw new Error('Debian offers no linux-image-amd64: run apt-get update, on an x86-64 machine.');
    run('apt-get', ['download', name], folder);
    const file = readdirSync(folder).find((each) => each.endsWith('.deb')) ?? '';
    run('dpkg', ['-x', file, '.'], folder);
    rmSync(join(folder, file));
  }
  return kernels()[0] ?? '';
}

/** The first file system of the guest: busybox, the modules it needs, and init. Returns its path. */
function packFirstFiles(folder: string, kernel: string, version: string): string {
  const root = join(folder, 'root');
  rmSync(root, { recursive: true, force: true });
  for (const name of ['bin', 'proc', 'sys', 'dev', 'mnt']) mkdirSync(join(root, name), { recursive: true });
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  copyFileSync(join(import.meta.dirname, 'init'), join(root, 'init'));
  run('depmod', ['-b', kernel, version]);
  const modules = join('lib/modules', version);
  for (const name of MODULES) {
    const listed = run('modprobe', ['-d', kernel, '-S', version, '--show-depends', name]);
    for (const [, path = ''] of listed.matchAll(/^insmod (\S+)/gm))
      cpSync(path, join(root, path.slice(path.indexOf(modules))));
  }
  for (const name of ['modules.order', 'modules.builtin', 'modules.builtin.modinfo'])
    copyFileSync(join(kernel, modules, name), join(root, modules, name));
  run('depmod', ['-b', root, version]);
  const packed = resolve(folder, 'first.cpio');
  run('sh', ['-c', `chmod +x init && find . | cpio -o -H newc --quiet > '${packed}'`], root);
  return packed;
}

/** Runs a shell command in the guest, in this folder, showing what it says. Resolves with its exit code. */
export function runInGuest(command: string): Promise<number> {
  const folder = 'build/guest';
  const kernel = join(folder, 'kernel');
  const version = unpackKernel(kernel);
  const first = packFirstFiles(folder, kernel, version);
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const script = `export PATH=${path} HOME=/tmp; cd '${process.cwd()}'; ${command}`;
  const words = `console=ttyS0 quiet panic=-1 segue.run=${Buffer.from(script).toString('base64')}`;
  const args = [
    // Its clock counts instructions, one a nanosecond: however busy this machine is, the guest is never late.
    ...['-accel', 'tcg,thread=single', '-icount', 'shift=0,sleep=off', '-cpu', 'max', '-smp', '1'],
    ...['-m', '1024', '-nographic', '-no-reboot'],
    ...['-kernel', join(kernel, 'boot', `vmlinuz-${version}`), '-initrd', first, '-append', words],
    ...['-virtfs', 'local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap'],
    ...['-audiodev', 'none,id=none', '-device', 'intel-hda', '-device', 'hda-output,audiodev=none'],
  ];
  return new Promise((done, fail) => {
    const guest = spawn('qemu-system-x86_64', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    guest.stdout.on('data', (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    });
    guest.on('error', fail);
    guest.on('close', () => done(Number(/guest ended with (\d+)/.exec(output)?.[1] ?? -1)));
  });
}
