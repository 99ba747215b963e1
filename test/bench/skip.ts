// `npm run bench -- skip [--times 40]`: from the request to the first frame of the next passage, heard at the device:
// POST /api/v1/skip beside mpd's `next`, each through its local socket, by the same virtual device, listened to as it
// plays. Both times contain the recorder's own delay. Segue skips with its fade of 0.5 s, mpd has none.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { mediaTools } from '../../audio/addon.ts';
import { startDaemon, temporaryFolder } from '../support/daemon.ts';
import { openVirtualDevice, type VirtualDevice } from '../support/pulse.ts';
import { startMpd } from './support/mpd.ts';
import { quantile, table } from './support/table.ts';

const RATE_HZ = 48_000;
const SECONDS = 90;
/** One tone each; neighbours in the queue always differ. */
const TONES_HZ = [400, 800, 1600, 3200];
/** 2.5 ms: a whole number of periods of every tone, so that each hears only its own. */
const WINDOW_FRAMES = 120;
/** -82 dB of the tone: a fade is heard by its first window, not when it has become loud. */
const HEARD = 1e-10;
const REST_MS = 1500;

interface Playing {
  readonly current: { readonly title: string } | null;
  readonly next: readonly { readonly title: string }[];
}

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

function writeTones(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const hz of TONES_HZ) {
    const samples = new Float32Array(2 * SECONDS * RATE_HZ);
    for (let n = 0; n < samples.length / 2; n++) {
      const value = 0.25 * Math.sin((2 * Math.PI * hz * n) / RATE_HZ);
      samples[2 * n] = value;
      samples[2 * n + 1] = value;
    }
    const path = join(folder, `tone-${hz}.flac`);
    const tags = { title: `${hz}`, artist: `${hz}` };
    const written = mediaTools().encode({ path, codec: 'flac', rateHz: RATE_HZ, samples, tags });
    if ('error' in written) throw new Error(written.message);
  }
}

/** Power of a tone in a window of the left channel. */
function power(samples: Float32Array, from: number, hz: number): number {
  let re = 0;
  let im = 0;
  for (let n = 0; n < WINDOW_FRAMES; n++) {
    const angle = (2 * Math.PI * hz * n) / RATE_HZ;
    const value = samples[2 * (from + n)] ?? 0;
    re += value * Math.cos(angle);
    im += value * Math.sin(angle);
  }
  return (re * re + im * im) / WINDOW_FRAMES ** 2;
}

/** Hears which tones sound, as they sound. */
class Listener {
  readonly #child;
  #rest = new Uint8Array();
  #silentHz: number[] = [];
  #beganMs = 0;
  #heard: ((atMs: number) => void) | null = null;
  sounding: number[] = [];

  constructor(device: VirtualDevice) {
    const args = ['-d', 'segue.monitor', '--format=float32le', `--rate=${RATE_HZ}`, '--channels=2', '--raw'];
    this.#child = spawn('parec', [...args, '--latency-msec=2'], {
      env: device.environment,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#child.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  /** When the first of the tones that do not sound now begins. */
  next(): Promise<number> {
    this.#silentHz = TONES_HZ.filter((hz) => !this.sounding.includes(hz));
    return new Promise((resolve) => {
      this.#heard = resolve;
    });
  }

  stop(): void {
    this.#child.kill();
  }

  #take(chunk: Buffer): void {
    const arrivedMs = performance.now();
    const bytes = Buffer.concat([this.#rest, chunk]);
    const frames = Math.floor(bytes.length / 8 / WINDOW_FRAMES) * WINDOW_FRAMES;
    const samples = new Float32Array(new Uint8Array(bytes.subarray(0, 8 * frames)).buffer);
    this.#rest = bytes.subarray(8 * frames);
    for (let at = 0; at < frames; at += WINDOW_FRAMES) {
      const before = this.sounding;
      this.sounding = TONES_HZ.filter((hz) => power(samples, at, hz) > HEARD);
      const atMs = arrivedMs - ((frames - at) / RATE_HZ) * 1000;
      const fresh = this.sounding.filter((hz) => this.#silentHz.includes(hz));
      if (!fresh.some((hz) => before.includes(hz))) this.#beganMs = atMs;
      // A cut sounds like every tone for one window: what goes on has begun.
      else if (this.#heard) {
        this.#heard(this.#beganMs);
        this.#heard = null;
      }
    }
  }
}

/** Milliseconds from each request to the first frame of the next, as heard. */
async function measure(
  device: VirtualDevice,
  times: number,
  skip: () => Promise<unknown>,
): Promise<number[]> {
  const listener = new Listener(device);
  while (listener.sounding.length !== 1) await sleep(50);
  const delays: number[] = [];
  for (let n = 0; n < times; n++) {
    await sleep(REST_MS + 37 * (n % 7));
    const heard = listener.next();
    const askedMs = performance.now();
    await skip();
    delays.push((await heard) - askedMs);
    process.stdout.write('.');
  }
  listener.stop();
  return delays;
}

/** Over a connection that stays, written as it is: neither a client's library nor a program's start is what is measured. */
async function asked(control: Socket, request: string, good: RegExp): Promise<void> {
  const answer = new Promise<Buffer>((resolve, reject) => {
    control.once('data', resolve);
    control.once('error', reject);
  });
  control.write(request);
  const text = String(await answer);
  if (!good.test(text)) throw new Error(`The skip was refused: ${text}`);
}

async function measureSegue(music: string, state: string, times: number): Promise<number[]> {
  const device = await openVirtualDevice(RATE_HZ);
  const segue = await startDaemon({ music, state, sink: 'auto', environment: device.environment });
  try {
    // The tones are four, and each has to follow each.
    await segue.send('PUT', '/settings', { skip_throttle_s: 0 });
    await segue.until(
      'a next passage',
      () => segue.get<Playing>('/status'),
      ({ current, next }) => current !== null && next.length > 0,
      60_000,
    );
    await segue.until(
      'the import',
      () => segue.get<{ status: { state: string } | null }>('/import'),
      (job) => job.status?.state === 'done',
      60_000,
    );
    // What was queued while the library had one passage is that passage again.
    for (let round = 0; round < 20; round++) {
      const { current, next } = await segue.get<Playing>('/status');
      if (current?.title !== next[0]?.title) break;
      await segue.send('POST', '/skip');
      await sleep(REST_MS);
    }
    const control = connect(join(state, 'run', 'segued.sock'));
    const head = ['POST /api/v1/skip HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'];
    const request = `${[...head, 'Content-Length: 2'].join('\r\n')}\r\n\r\n{}`;
    const delays = await measure(device, times, () => asked(control, request, /^HTTP\/1\.1 200 /));
    control.destroy();
    return delays;
  } finally {
    await segue.stop();
    await device.close();
  }
}

async function measureMpd(music: string, folder: string, times: number): Promise<number[] | null> {
  const device = await openVirtualDevice(RATE_HZ);
  try {
    const mpd = await startMpd(folder, music, { environment: device.environment });
    if (!mpd) return null;
    for (const words of ['add /', 'repeat on', 'play']) mpd.mpc(...words.split(' '));
    const control = connect(join(folder, 'socket'));
    await new Promise((resolve) => control.once('data', resolve));
    const delays = await measure(device, times, () => asked(control, 'next\n', /^OK\n/));
    control.destroy();
    mpd.stop();
    return delays;
  } finally {
    await device.close();
  }
}

async function run(args: string[]): Promise<void> {
  const times = Number(args.includes('--times') ? args[args.indexOf('--times') + 1] : 40);
  const folder = temporaryFolder('skip');
  const music = join(folder.path, 'music');
  writeTones(music);
  const rows: (string | number)[][] = [];
  const add = (name: string, delays: number[] | null) => {
    const at = (q: number) => (delays ? quantile(delays, q).toFixed(1) : 'not installed');
    rows.push([name, at(0.5), at(0.95), at(1)]);
  };
  add('segue', await measureSegue(music, join(folder.path, 'state'), times));
  add('mpd', await measureMpd(music, join(folder.path, 'mpd'), times));
  console.log(
    `\n${times} skips a side, ms from the request to the first frame of the next heard at the device`,
  );
  table(['', 'p50', 'p95', 'worst'], rows);
  folder.remove();
}

export const bench = {
  name: 'skip',
  summary: 'from the request to the next passage as heard at the device, beside mpd',
  isOfWaiting: true,
  run,
};
