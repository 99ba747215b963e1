// `npm run bench -- play [--minutes 5] [--codec flac] [--music DIR] [--rate HZ] [--null]`: Segue beside Debian's mpd, crossfade 5, on
// the same files at the same time, each through a virtual device of its own of the same kind, at the rate of the files so that
// nobody has to resample (--null: both into their null outputs; --rate 48000: a device of that rate): CPU seconds a minute
// playing and idle, that of the device's server apart, memory by part, underruns, callback times. FLAC, MP3, Opus by turns.
import { join, resolve } from 'node:path';
import type { MemoryParts } from '../../daemon/adapters/http/shapes.ts';
import { type Daemon, startDaemon, temporaryFolder } from '../support/daemon.ts';
import { openVirtualDevice } from '../support/pulse.ts';
import { type BenchCodec, benchLibrary } from './support/library.ts';
import { type Mpd, startMpd } from './support/mpd.ts';
import { cpuSeconds, memory } from './support/process-cost.ts';
import { table } from './support/table.ts';

/** Of both sides. */
const CROSSFADE_S = 5;
const IDLE_S = 20;
const RATES_HZ = { flac: 44_100, mp3: 44_100, opus: 48_000 };
const CODECS: readonly BenchCodec[] = ['flac', 'mp3', 'opus'];

interface AudioStats {
  readonly snapshot: { sink: string };
  readonly counters: {
    underruns: number;
    xruns: number;
    frames: number;
    periods: number;
    worstCallbackUs: number;
    periodUs: number;
    callbackHistogram: number[];
  };
}

interface Side {
  readonly pid: number;
  idlePerMinute: number;
  playingPerMinute: number;
  /** Of the device's server, which resamples for those who do not. */
  serverPerMinute: number;
}

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
const option = (args: string[], name: string) =>
  args.includes(name) ? args[args.indexOf(name) + 1] : undefined;

async function startSegue(
  music: string,
  state: string,
  environment: NodeJS.ProcessEnv | undefined,
): Promise<Daemon> {
  const segue = await startDaemon({ music, state, ...(environment ? { sink: 'auto', environment } : {}) });
  // MPD crossfades every pair for as long as it is told; so does Segue for this.
  const set = await segue.send('PUT', '/settings', { crossfade_s: CROSSFADE_S, content_points: false });
  if (set.status !== 200) throw new Error(`The settings were refused: ${JSON.stringify(set.body)}`);
  await segue.until(
    'playing',
    () => segue.get<{ current: object | null }>('/status'),
    (status) => status.current !== null,
    60_000,
  );
  await segue.until(
    'the import',
    () => segue.get<{ status: { state: string } | null }>('/import'),
    (job) => job.status?.state === 'done',
    600_000,
  );
  return segue;
}

/** CPU seconds a minute of each, over `ms`. */
async function spent(pids: readonly number[], ms: number): Promise<number[]> {
  const from = pids.map(cpuSeconds);
  const startedAt = performance.now();
  await sleep(ms);
  const minutes = (performance.now() - startedAt) / 60_000;
  return pids.map((pid, index) => (cpuSeconds(pid) - (from[index] ?? 0)) / minutes);
}

function report(segue: Side, mpd: Side | null, isMpdPlaying: boolean): void {
  const row = (name: string, side: Side, extra: string) => {
    const { residentMb, anonymousMb, fileMb } = memory(side.pid);
    return [
      name,
      side.playingPerMinute.toFixed(3),
      side.idlePerMinute.toFixed(3),
      side.serverPerMinute.toFixed(3),
      ...[residentMb, anonymousMb, fileMb].map((mb) => mb.toFixed(1)),
      extra,
    ];
  };
  const rows = [row('segue', segue, '')];
  if (mpd) {
    rows.push(row('mpd', mpd, isMpdPlaying ? '' : 'NOT PLAYING'));
    rows.push([
      'ratio segue / mpd',
      (segue.playingPerMinute / mpd.playingPerMinute).toFixed(2),
      '',
      '',
      '',
      '',
      '',
      '',
    ]);
    const withServer = (side: Side) => side.playingPerMinute + side.serverPerMinute;
    const ratio = (withServer(segue) / withServer(mpd)).toFixed(2);
    rows.push(['ratio with their servers', ratio, '', '', '', '', '', '']);
  }
  const columns = [
    'playing CPU-s/min',
    'idle CPU-s/min',
    'server CPU-s/min',
    'resident MB',
    'anonymous MB',
    'file MB',
    '',
  ];
  table(['', ...columns], rows);
  if (!mpd) console.log('mpd and mpc are not installed: apt-get install mpd mpc gives the other side.');
}

async function reportAudio(segue: Daemon, before: AudioStats): Promise<void> {
  const after = await segue.get<AudioStats>('/audio');
  const grown = (key: 'underruns' | 'xruns' | 'frames') => after.counters[key] - before.counters[key];
  const { worstCallbackUs, periodUs } = after.counters;
  console.log(
    `${after.snapshot.sink}: underruns ${grown('underruns')}, xruns ${grown('xruns')}, frames ${grown('frames')}, worst callback ${worstCallbackUs} µs of a period of ${periodUs} µs`,
  );
  const histogram = after.counters.callbackHistogram.map(
    (count, bucket) => count - (before.counters.callbackHistogram[bucket] ?? 0),
  );
  const total = histogram.reduce((sum, count) => sum + count, 0);
  table(
    ['callbacks below µs', 'number', '%'],
    histogram.flatMap((count, bucket) =>
      count ? [[2 ** bucket, count, ((100 * count) / total).toFixed(2)]] : [],
    ),
  );
}

async function reportMemory(segue: Daemon): Promise<void> {
  const { parts } = await segue.get<MemoryParts>('/memory');
  const mb = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  console.log('\nSegue, memory by part:');
  table(
    ['part', 'resident MB', 'anonymous MB'],
    parts.map(({ part, residentBytes, anonymousBytes }) => [part, mb(residentBytes), mb(anonymousBytes)]),
  );
}

async function measure(music: string, folder: string, minutes: number, rateHz: number | null): Promise<void> {
  const devices = rateHz === null ? [] : [await openVirtualDevice(rateHz), await openVirtualDevice(rateHz)];
  const segue = await startSegue(music, join(folder, 'state'), devices[0]?.environment);
  const environment = devices[1]?.environment;
  const mpd: Mpd | null = await startMpd(
    join(folder, 'mpd'),
    music,
    environment ? { environment, output: 'pulse' } : {},
  );
  const pids = mpd ? [segue.pid, mpd.pid] : [segue.pid];
  await segue.send('POST', '/pause');
  await sleep(5000);
  const idle = await spent(pids, 1000 * IDLE_S);
  await segue.send('POST', '/play');
  for (const words of ['add /', 'random on', 'repeat on', `crossfade ${CROSSFADE_S}`, 'play'])
    mpd?.mpc(...words.split(' '));
  // Both have started and filled their buffers.
  await sleep(10_000);
  const before = await segue.get<AudioStats>('/audio');
  const servers = devices.map((device) => device.pid());
  const playing = await spent([...pids, ...servers], 60_000 * minutes);
  const side = (index: number): Side => ({
    pid: pids[index] ?? 0,
    idlePerMinute: idle[index] ?? 0,
    playingPerMinute: playing[index] ?? 0,
    serverPerMinute: playing[pids.length + index] ?? 0,
  });
  report(side(0), mpd ? side(1) : null, mpd?.mpc('status').includes('[playing]') ?? false);
  await reportAudio(segue, before);
  await reportMemory(segue);
  mpd?.stop();
  await segue.stop();
  for (const device of devices) await device.close();
}

async function run(args: string[]): Promise<void> {
  const minutes = Number(option(args, '--minutes') ?? 5);
  const isNull = args.includes('--null');
  const named = option(args, '--music');
  const only = option(args, '--codec');
  const codecs = CODECS.filter((codec) => only === undefined || codec === only);
  if (codecs.length === 0) throw new Error(`--codec takes one of ${CODECS.join(', ')}.`);
  for (const codec of named ? [null] : codecs) {
    const folder = temporaryFolder('bench');
    const music = codec === null ? resolve(named ?? '') : benchLibrary(join(folder.path, 'music'), codec);
    const rateHz = Number(option(args, '--rate') ?? RATES_HZ[codec ?? 'flac']);
    const device = isNull ? 'null outputs' : `a PulseAudio null sink at ${rateHz} Hz each`;
    console.log(`\n${codec ?? music}: ${minutes} minutes, crossfade ${CROSSFADE_S} s both, ${device}`);
    await measure(music, folder.path, minutes, isNull ? null : rateHz);
    folder.remove();
  }
}

export const bench = {
  name: 'play',
  summary:
    'playing FLAC, MP3 and Opus beside mpd through the same kind of device: CPU, memory by part, callbacks',
  run,
};
