// A PulseAudio server for tests, with whatever devices a test needs: reached in its own protocol and, through ALSA's pulse
// plugin, by its devices' names; recorded bit for bit from a sink's monitor. Everything lives in one temporary folder.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Recording {
  /** Stops and returns what was captured: interleaved stereo float at the sink's rate. */
  stop(): Promise<Float32Array>;
  /** When the first frame was played, on the clock of performance.now(); the longer it records the nearer. */
  beganMs(): number;
  /** How often the recorder was too slow, and lost what was heard. */
  overruns(): number;
}

export interface PulseServer {
  pid(): number;
  /** For the process under test: only this server's devices exist there. */
  readonly environment: NodeJS.ProcessEnv;
  /** `latencyMs`: how far ahead the sink is rendered at most while it is recorded. */
  record(sink: string, rateHz: number, latencyMs?: number): Promise<Recording>;
  /** `pactl` with these words; what it printed. Throws where it fails. */
  control(...words: string[]): string;
  /** It dies at once, and comes back at the same place. */
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

const ended = (child: ChildProcess) =>
  new Promise<void>((resolve) =>
    child.exitCode !== null || child.signalCode ? resolve() : child.once('close', () => resolve()),
  );

/** `script`: loads the devices. `alsaDevices`: the sinks that ALSA knows by name, too; the first is its default.
 *  Throws with PulseAudio's own words if it does not come up within 10 s. */
export async function openPulseServer(
  script: readonly string[],
  alsaDevices: readonly string[],
): Promise<PulseServer> {
  const folder = mkdtempSync(join(tmpdir(), 'segue-pulse-'));
  const socket = join(folder, 'native');
  const protocol = `load-module module-native-protocol-unix auth-anonymous=1 socket=${socket}`;
  writeFileSync(join(folder, 'pulse.pa'), `${[protocol, ...script].join('\n')}\n`);
  const pcm = (device: string) => `{ type pulse server "unix:${socket}" device "${device}" }`;
  const named = alsaDevices.map((device) => `pcm.${device} ${pcm(device)}`);
  const first = pcm(alsaDevices[0] ?? '');
  writeFileSync(
    join(folder, 'asound.conf'),
    `pcm.!default ${first}\n${named.join('\n')}\nctl.!default ${first}\n`,
  );
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
    pid: () => server.pid ?? 0,
    environment,
    control(...words) {
      const result = spawnSync('pactl', words, { env: environment, encoding: 'utf8' });
      if (result.status !== 0) throw new Error(`pactl ${words.join(' ')}: ${result.stderr}`);
      return result.stdout.trim();
    },
    async kill() {
      server.kill('SIGKILL');
      await ended(server);
    },
    async start() {
      server = await start();
    },
    async record(sink, rateHz, latencyMs = 50) {
      const words = ['-d', `${sink}.monitor`, '--format=float32le', `--rate=${rateHz}`, '--channels=2'];
      const child = spawn('parec', [...words, `--latency-msec=${latencyMs}`, '--raw', '--verbose'], {
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let overruns = 0;
      child.stderr.on('data', (chunk: Buffer) => {
        overruns += chunk.toString().match(/overrun/gi)?.length ?? 0;
      });
      const chunks: Buffer[] = [];
      let beganMs = Number.POSITIVE_INFINITY;
      let frames = 0;
      await new Promise<void>((resolve, reject) => {
        child.once('error', reject);
        child.stdout.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          frames += chunk.byteLength / 8;
          // The chunk that was least under way says it best.
          beganMs = Math.min(beganMs, performance.now() - (frames / rateHz) * 1000);
          resolve();
        });
      });
      return {
        beganMs: () => beganMs,
        overruns: () => overruns,
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
