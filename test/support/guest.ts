// The card image in a machine of QEMU: a copy of it for each guest, what is written on its first partition beforehand, the guest
// itself, and talk with it over SSH, HTTP and QEMU's own socket. Nothing of the image is changed for it but its copy.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where the first partition begins in the image, in bytes. */
const BOOT_AT = 2048 * 512;
const CARD_BYTES = 4 * 1024 ** 3;

export type Machine = 'virt' | 'raspi3ap';

export interface GuestOptions {
  readonly image: string;
  /** An empty folder of its own. */
  readonly folder: string;
  readonly machine: Machine;
  /** Laid over segue-setup.toml; an SSH key of the guest's own is added. */
  readonly setup?: string;
  /** A sound card on USB whose sound is written to a file. */
  readonly soundFile?: string;
  /** Every write to the card is recorded in this file (write-log.ts). */
  readonly writeLog?: string;
  /** How large the card is, in bytes: a power of two. Default 4 GiB. */
  readonly cardBytes?: number;
  /** Boots with this clock instead of the real one, and without a network for the clock. */
  readonly rtc?: string;
  /** A second network card, on this tap device of ours; virt alone. */
  readonly tap?: string;
  /** Further words for QEMU. */
  readonly more?: readonly string[];
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Guest {
  readonly card: string;
  readonly panelPort: number;
  boot(): Promise<void>;
  /** What the serial console said so far. */
  console(): string;
  /** A file for `ssh -F`, in which it is called "card". */
  readonly sshConfig: string;
  ssh(command: string, input?: string | Buffer, timeoutMs?: number): Promise<Ran>;
  get<T>(path: string): Promise<T>;
  send<T>(method: string, path: string, body?: object): Promise<T>;
  until<T>(what: string, ask: () => Promise<T>, done: (value: T) => boolean, timeoutMs: number): Promise<T>;
  /** QEMU's own commands (QMP). */
  qmp(execute: string, args?: object): Promise<unknown>;
  /** A file of the first partition, while the guest is off. */
  onTheCard(name: string): string;
  writeToCard(name: string, content: string): void;
  /** As if the plug were pulled. */
  kill(): Promise<void>;
  shutDown(): Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

const emulated: Readonly<Record<Machine, readonly string[]>> = {
  virt: [
    ...['-M', 'virt', '-cpu', 'cortex-a53', '-device', 'virtio-blk-pci,drive=card'],
    ...['-device', 'virtio-net-pci,netdev=net,romfile=', '-device', 'qemu-xhci,id=usb'],
  ],
  raspi3ap: ['-M', 'raspi3ap', '-device', 'usb-net,netdev=net'],
};
/** What an emulated board lacks. Facts: the power driver panics, and the watchdog ends QEMU as soon as it is bound. */
const emulatedWords: Readonly<Record<Machine, string>> = {
  virt: 'console=ttyAMA0',
  raspi3ap:
    'console=ttyAMA1,115200 console=ttyS1,115200 initcall_blacklist=bcm2835_power_driver_init systemd.watchdog_sec=0',
};

export async function makeGuest(options: GuestOptions): Promise<Guest> {
  const { folder, machine } = options;
  mkdirSync(folder, { recursive: true });
  const card = join(folder, 'card.img');
  execFileSync('cp', ['--sparse=always', options.image, card]);
  truncateSync(card, options.cardBytes ?? CARD_BYTES);
  const key = join(folder, 'key');
  rmSync(key, { force: true });
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'guest', '-f', key]);
  const [sshPort, panelPort] = [await freePort(), await freePort()];
  const fat = `${card}@@${BOOT_AT}`;
  const fromCard = (name: string, to: string) =>
    execFileSync('mcopy', ['-n', '-o', '-i', fat, `::/${name}`, to]);
  for (const name of ['vmlinuz', 'initrd.img', 'cmdline.txt', 'bcm2837-rpi-zero-2-w.dtb'])
    fromCard(name, join(folder, name));
  const sshConfig = join(folder, 'ssh_config');
  const sshLines = [
    ...['Host card', 'HostName 127.0.0.1', `Port ${sshPort}`, 'User owner', `IdentityFile ${key}`],
    ...['StrictHostKeyChecking no', 'UserKnownHostsFile /dev/null', 'LogLevel ERROR'],
  ];
  writeFileSync(sshConfig, `${sshLines.join('\n')}\n`);
  let qemu: ChildProcess | null = null;
  const over: ChildProcess[] = [];

  function onTheCard(name: string): string {
    const to = join(folder, 'read');
    fromCard(name, to);
    return readFileSync(to, 'utf8');
  }
  function writeToCard(name: string, content: string): void {
    const from = join(folder, 'written');
    writeFileSync(from, content);
    execFileSync('mcopy', ['-n', '-o', '-i', fat, from, `::/${name}`]);
  }
  const publicKey = readFileSync(`${key}.pub`, 'utf8').trim();
  writeToCard('segue-setup.toml', `${options.setup ?? ''}\n[ssh]\nkeys = [${JSON.stringify(publicKey)}]\n`);

  function drive(): string[] {
    const { writeLog } = options;
    if (writeLog === undefined)
      return [
        '-drive',
        `file=${card},format=raw,if=${machine === 'virt' ? 'none,id=card' : 'sd'},cache=writeback`,
      ];
    writeFileSync(writeLog, '');
    const nodes = [
      { driver: 'file', filename: card, 'node-name': 'file' },
      { driver: 'raw', file: 'file', 'node-name': 'raw' },
      { driver: 'file', filename: writeLog, 'node-name': 'log' },
      { driver: 'blklogwrites', file: 'raw', log: 'log', 'node-name': 'card' },
    ];
    return nodes.flatMap((node) => ['-blockdev', JSON.stringify(node)]);
  }

  async function boot(): Promise<void> {
    const words = readFileSync(join(folder, 'cmdline.txt'), 'utf8').trim().replace(' quiet', '');
    const sound = options.soundFile
      ? [
          '-audiodev',
          `wav,id=wav,path=${options.soundFile},out.frequency=48000`,
          '-device',
          'usb-audio,audiodev=wav,id=dac',
        ]
      : [];
    qemu = spawn(
      'qemu-system-aarch64',
      [
        ...emulated[machine],
        ...['-smp', '4', '-m', '512', '-accel', 'tcg,thread=multi', '-display', 'none', '-no-reboot'],
        ...drive(),
        ...[
          '-netdev',
          `user,id=net,hostfwd=tcp:127.0.0.1:${sshPort}-:22,hostfwd=tcp:127.0.0.1:${panelPort}-:5720${options.rtc ? ',restrict=on' : ''}`,
        ],
        ...['-kernel', join(folder, 'vmlinuz'), '-initrd', join(folder, 'initrd.img')],
        ...(machine === 'raspi3ap' ? ['-dtb', join(folder, 'bcm2837-rpi-zero-2-w.dtb')] : []),
        ...['-append', `${words} ${emulatedWords[machine]}`],
        ...[
          '-serial',
          `file:${join(folder, 'console')}`,
          '-qmp',
          `unix:${join(folder, 'qmp')},server=on,wait=off`,
        ],
        ...(options.rtc ? ['-rtc', `base=${options.rtc}`] : []),
        ...(options.tap
          ? [
              '-netdev',
              `tap,id=tap,ifname=${options.tap},script=no,downscript=no`,
              '-device',
              'virtio-net-pci,netdev=tap,romfile=,mac=52:54:00:77:00:02',
            ]
          : []),
        ...sound,
        ...(options.more ?? []),
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    over.push(qemu);
    await until(
      'SSH',
      () => ssh('true'),
      ({ code }) => code === 0,
      900_000,
    );
  }

  function ssh(command: string, input: string | Buffer = '', timeoutMs = 300_000): Promise<Ran> {
    return new Promise((resolve) => {
      const child = spawn(
        'ssh',
        ['-F', sshConfig, '-o', 'ConnectTimeout=60', '-o', 'BatchMode=yes', 'card', command],
        { timeout: timeoutMs, killSignal: 'SIGKILL' },
      );
      let [out, err] = ['', ''];
      child.stdout.on('data', (chunk) => {
        out += chunk;
      });
      child.stderr.on('data', (chunk) => {
        err += chunk;
      });
      child.stdin.on('error', () => {});
      child.stdin.end(input);
      child.on('close', (code) => resolve({ code: code ?? -1, out: out.trim(), err: err.trim() }));
    });
  }

  async function send<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`http://127.0.0.1:${panelPort}/api/v1${path}`, {
      method,
      signal: AbortSignal.timeout(60_000),
      ...(method === 'GET'
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as T;
  }

  async function until<T>(
    what: string,
    ask: () => Promise<T>,
    done: (value: T) => boolean,
    timeoutMs: number,
  ): Promise<T> {
    const from = Date.now();
    let last: unknown;
    for (;;) {
      try {
        const value = await ask();
        last = value;
        if (done(value)) return value;
      } catch (error) {
        last = String(error);
      }
      if (qemu?.exitCode !== null && qemu?.exitCode !== undefined)
        throw new Error(`${what}: the machine has ended. ${consoleText().slice(-2000)}`);
      if (Date.now() - from > timeoutMs)
        throw new Error(
          `${what}: not within ${timeoutMs / 1000} s. Last: ${JSON.stringify(last)}\n${consoleText().slice(-1500)}`,
        );
      await sleep(1000);
    }
  }

  function consoleText(): string {
    try {
      return readFileSync(join(folder, 'console'), 'utf8');
    } catch {
      return '';
    }
  }

  function qmp(execute: string, args: object = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const socket = createConnection(join(folder, 'qmp'));
      let text = '';
      socket.on('error', reject);
      socket.on('data', (chunk) => {
        text += chunk;
        for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
          const line = JSON.parse(text.slice(0, end)) as {
            QMP?: object;
            return?: unknown;
            error?: object;
            id?: number;
          };
          text = text.slice(end + 1);
          if (line.QMP)
            socket.write(
              `${JSON.stringify({ execute: 'qmp_capabilities' })}\n${JSON.stringify({ execute, arguments: args, id: 2 })}\n`,
            );
          else if (line.error) reject(new Error(JSON.stringify(line.error)));
          else if (line.id === 2) resolve(line.return);
          if (line.error || line.id === 2) socket.end();
        }
      });
    });
  }

  async function gone(within: number): Promise<boolean> {
    for (let waited = 0; waited < within; waited += 200) {
      if (qemu === null || qemu.exitCode !== null || qemu.signalCode !== null) return true;
      await sleep(200);
    }
    return false;
  }
  async function kill(): Promise<void> {
    qemu?.kill('SIGKILL');
    await gone(10_000);
    qemu = null;
  }
  async function shutDown(): Promise<void> {
    await ssh('sudo systemctl poweroff');
    if (!(await gone(180_000))) await kill();
    qemu = null;
  }
  process.once('exit', () => {
    for (const each of over) each.kill('SIGKILL');
  });

  return {
    card,
    panelPort,
    boot,
    console: consoleText,
    sshConfig,
    ssh,
    get: (path) => send('GET', path),
    send,
    until,
    qmp,
    onTheCard,
    writeToCard,
    kill,
    shutDown,
  };
}

/** A copy of a card to try things on. */
export function copyCard(from: string, to: string): void {
  copyFileSync(from, to);
}

/** The image that was built last, or a sentence that says what to do. */
export function builtImage(): string {
  const { stdout } = spawnSync('sh', ['-c', 'ls -t build/image/segue_*_zero2w.img 2>/dev/null | head -1'], {
    encoding: 'utf8',
  });
  const image = stdout.trim();
  if (image === '') throw new Error('There is no image yet. Run: npm run package && npm run image');
  return image;
}
