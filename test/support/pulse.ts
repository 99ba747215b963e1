// A virtual sound device for tests: its own PulseAudio with a null sink, reached through ALSA's pulse plugin as the
// only PCM, and recorded bit for bit from the sink's monitor. Everything lives in one temporary folder.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Recording {
  /** Stops and returns what was captured: interleaved stereo float at the sink's rate. */
  stop(): Promise<Float32Array>;
}

export interface VirtualDevice {
  /** For the process under test: only this device exists there. */
  readonly environment: NodeJS.ProcessEnv;
  record(): Promise<Recording>;
  /** The server dies at once, and comes back at the same place. */
  unplug(): Promise<void>;
  plugIn(): Promise<void>;
  close(): Promise<void>;
}

const ended = (child: ChildProcess) =>
  new Promise<void>((resolve) =>
    child.exitCode !== null || child.signalCode ? resolve() : child.once('close', () => resolve()),
  );

/** Starts the device. Throws with PulseAudio's own words if it does not come up within 10 s. */
export async function openVirtualDevice(rateHz = 48_000): Promise<VirtualDevice> {
  const folder = mkdtempSync(join(tmpdir(), 'segue-pulse-'));
  const socket = join(folder, 'native');
  const script = [
    `load-module module-native-protocol-unix auth-anonymous=1 socket=${socket}`,
    `load-module module-null-sink sink_name=segue rate=${rateHz} format=float32le channels=2`,
    'set-default-sink segue',
  ];
  writeFileSync(join(folder, 'pulse.pa'), `${script.join('\n')}\n`);
  const pcm = `{ type pulse server "unix:${socket}" }`;
  writeFileSync(join(folder, 'asound.conf'), `pcm.!default ${pcm}\npcm.segue ${pcm}\nctl.!default ${pcm}\n`);
  const environment = {
    ...process.env,
    HOME: folder,
    XDG_RUNTIME_DIR: folder,
    PULSE_SERVER: `unix:${socket}`,
    ALSA_CONFIG_PATH: join(folder, 'asound.conf'),
  };
  const log = join(folder, 'pulse.log');
  const args = [
    '-n',
    '--daemonize=no',
    '--use-pid-file=no',
    '--exit-idle-time=-1',
    '--disable-shm=yes',
    `--log-target=file:${log}`,
    '-F',
    join(folder, 'pulse.pa'),
  ];
  const isUp = () => spawnSync('pactl', ['info'], { env: environment, stdio: 'ignore' }).status === 0;
  async function start(): Promise<ChildProcess> {
    rmSync(socket, { force: true });
    const started = spawn('pulseaudio', args, { env: environment, stdio: 'ignore' });
    const startedAt = Date.now();
    while (!isUp()) {
      if (started.exitCode !== null || Date.now() - startedAt > 10_000)
        throw new Error(`pulseaudio did not start: ${readFileSync(log, 'utf8')}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return started;
  }
  let server = await start();
  return {
    environment,
    async unplug() {
      server.kill('SIGKILL');
      await ended(server);
    },
    async plugIn() {
      server = await start();
    },
    async record() {
      const child = spawn(
        'parec',
        [
          '-d',
          'segue.monitor',
          '--format=float32le',
          `--rate=${rateHz}`,
          '--channels=2',
          '--latency-msec=50',
          '--raw',
        ],
        {
          env: environment,
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      );
      const chunks: Buffer[] = [];
      await new Promise<void>((resolve, reject) => {
        child.once('error', reject);
        child.stdout.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          resolve();
        });
      });
      return {
        async stop() {
          child.kill('SIGTERM');
          await ended(child);
          const bytes = Buffer.concat(chunks);
          const whole = bytes.byteLength - (bytes.byteLength % 8);
          return new Float32Array(new Uint8Array(bytes.subarray(0, whole)).buffer);
        },
      };
    },
    async close() {
      server.kill('SIGTERM');
      await ended(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
