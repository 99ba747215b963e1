// `npm run bench -- play [--minutes 10] [--music DIR]`: Segue on its null sink beside Debian's mpd (null output,
// crossfade 5) on the same files at the same time: CPU seconds a minute, memory by part, underruns, callback times.
import { join, resolve } from 'node:path';
import type { MemoryParts } from '../../daemon/adapters/http/shapes.ts';
import { startDaemon, temporaryFolder } from '../support/daemon.ts';
import { benchLibrary } from './support/library.ts';
import { startMpd } from './support/mpd.ts';
import { cpuSeconds, memory } from './support/process-cost.ts';
import { table } from './support/table.ts';

/** Of both sides. */
const CROSSFADE_S = 5;

interface AudioStats {
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

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
const option = (args: string[], name: string) =>
  args.includes(name) ? args[args.indexOf(name) + 1] : undefined;

async function run(args: string[]): Promise<void> {
  const minutes = Number(option(args, '--minutes') ?? 10);
  const folder = temporaryFolder('bench');
  const named = option(args, '--music');
  const music = named ? resolve(named) : benchLibrary(join(folder.path, 'music'));
  const segue = await startDaemon({ music, state: join(folder.path, 'state') });
  // MPD crossfades every pair for as long as it is told; so does Segue for this.
  const wanted = { crossfade_s: CROSSFADE_S, content_points: false };
  const set = await segue.send('PUT', '/settings', wanted);
  if (set.status !== 200) throw new Error(`crossfade_s was refused: ${JSON.stringify(set.body)}`);
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
  const mpd = await startMpd(join(folder.path, 'mpd'), music);
  const idleFrom = mpd ? cpuSeconds(mpd.pid) : 0;
  await sleep(5000);
  const idlePerMinute = mpd ? (cpuSeconds(mpd.pid) - idleFrom) * 12 : 0;
  for (const words of ['add /', 'random on', 'repeat on', `crossfade ${CROSSFADE_S}`, 'play'])
    mpd?.mpc(...words.split(' '));
  // Both have started, imported and filled their buffers.
  await sleep(10_000);
  const from = { segue: cpuSeconds(segue.pid), mpd: mpd ? cpuSeconds(mpd.pid) : 0, at: Date.now() };
  const before = (await segue.get<AudioStats>('/audio')).counters;
  for (let minute = 0; minute < minutes; minute += 0.5) {
    await sleep(Math.min(30_000, minutes * 60_000));
    process.stdout.write('.');
  }
  process.stdout.write('\n');
  const elapsed = (Date.now() - from.at) / 60_000;
  const after = (await segue.get<AudioStats>('/audio')).counters;
  const history = await segue.get<{ plays: object[] }>('/history?limit=100');
  const rows: (string | number)[][] = [];
  const add = (name: string, pid: number, cpu: number, extra: string) => {
    const used = memory(pid);
    rows.push([
      name,
      (cpu / elapsed).toFixed(3),
      used.residentMb.toFixed(1),
      used.anonymousMb.toFixed(1),
      used.fileMb.toFixed(1),
      extra,
    ]);
  };
  const segueCpu = cpuSeconds(segue.pid) - from.segue;
  add('segue', segue.pid, segueCpu, `${history.plays?.length ?? 0} plays`);
  if (mpd) {
    const mpdCpu = cpuSeconds(mpd.pid) - from.mpd;
    add(
      'mpd',
      mpd.pid,
      mpdCpu,
      `${mpd.mpc('status').includes('[playing]') ? 'playing' : 'NOT PLAYING'}, idle ${idlePerMinute.toFixed(3)}`,
    );
    rows.push(['ratio segue / mpd', (segueCpu / mpdCpu).toFixed(2), '', '', '', '']);
  }
  console.log(`${elapsed.toFixed(2)} minutes of playing, crossfade ${CROSSFADE_S} s both, ${music}`);
  table(['', 'CPU-s a minute', 'resident MB', 'anonymous MB', 'file MB', ''], rows);
  if (!mpd) console.log('mpd and mpc are not installed: apt-get install mpd mpc gives the other side.');
  const { parts } = await segue.get<MemoryParts>('/memory');
  console.log('\nSegue, memory by part:');
  table(
    ['part', 'resident MB', 'anonymous MB'],
    parts.map(({ part, residentBytes, anonymousBytes }) => [
      part,
      (residentBytes / 2 ** 20).toFixed(1),
      (anonymousBytes / 2 ** 20).toFixed(1),
    ]),
  );
  console.log(
    `\nunderruns ${after.underruns - before.underruns}, xruns ${after.xruns - before.xruns}, frames ${after.frames - before.frames}, worst callback ${after.worstCallbackUs} µs of a period of ${after.periodUs} µs`,
  );
  console.log('callback times:');
  const total = after.callbackHistogram.reduce((sum, count) => sum + count, 0);
  table(
    ['below µs', 'callbacks', '%'],
    after.callbackHistogram.flatMap((count, bucket) =>
      count ? [[2 ** bucket, count, ((100 * count) / total).toFixed(2)]] : [],
    ),
  );
  mpd?.stop();
  await segue.stop();
  folder.remove();
}

export const bench = {
  name: 'play',
  summary: 'ten minutes of playing beside mpd: CPU, memory by part, callback times',
  run,
};
