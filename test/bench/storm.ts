// `npm run bench -- storm [--seconds 60] [--rate 100] [--panels 10] [--sink pulse]`: a storm of what people do, over HTTP,
// at a daemon that plays: how long each answer takes from the moment at which its request was due, what was lost, and
// whether the music noticed. Played to nobody, or to a virtual sound device of its own.
import { join } from 'node:path';
import { startDaemon, temporaryFolder } from '../support/daemon.ts';
import { openVirtualDevice } from '../support/pulse.ts';
import { runStorm, STORM_KINDS } from '../support/storm.ts';
import { judgeStorm } from '../support/storm-judge.ts';
import { commitMs } from './support/commits.ts';
import { benchLibrary } from './support/library.ts';
import { cpuSeconds } from './support/process-cost.ts';
import { quantile, table } from './support/table.ts';

const PASSAGES = 16;

async function run(args: string[]): Promise<void> {
  const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const seconds = Number(option('--seconds') ?? 60);
  const perSecond = Number(option('--rate') ?? 100);
  const panels = Number(option('--panels') ?? 10);
  const folder = temporaryFolder('bench-storm');
  const state = join(folder.path, 'state');
  const music = benchLibrary(join(folder.path, 'music'));
  const device = option('--sink') === 'pulse' ? await openVirtualDevice() : null;
  const daemon = await startDaemon({
    state,
    music,
    timeoutMs: 30_000,
    ...(device && { sink: 'auto', environment: device.environment }),
  });
  try {
    await daemon.until(
      'the import is over',
      () => daemon.get<{ counts: { passages: number }; status: { state: string } | null }>('/import'),
      ({ counts, status }) => counts.passages === PASSAGES && status?.state === 'done',
      120_000,
    );
    await daemon.send('PUT', '/settings', { trace_persist: 'all' });
    const beforeS = cpuSeconds(daemon.pid);
    const storm = await runStorm(daemon, { seconds, perSecond, panels, passages: PASSAGES });
    const spentS = cpuSeconds(daemon.pid) - beforeS;
    const { counters, output } = await daemon.get<{
      counters: { underruns: number; xruns: number };
      output: { sink: string };
    }>('/audio');
    await daemon.stop();
    const verdict = judgeStorm(state, storm.acknowledged);
    const commits = await commitMs(folder.path, 500, 10);
    const row = (name: string, tookMs: number[]) => [
      name,
      tookMs.length,
      ...[0.5, 0.99, 1].map((share) => quantile(tookMs, share).toFixed(1)),
    ];
    console.log(`${seconds} s of ${perSecond} a second, ${panels} panels; ms from due to answered`);
    table(
      ['', 'requests', 'p50', 'p99', 'most'],
      [
        ...STORM_KINDS.map((kind) => row(kind, [...(storm.tookMs.get(kind) ?? [])])),
        row('all of them (target of p99: 50)', [...storm.tookMs.values()].flat()),
        row('one commit, nobody else asking', commits),
      ],
    );
    console.log(
      `\nrefused or without an answer: ${storm.failed.length} ${storm.failed.slice(0, 3).join('; ')}`,
    );
    console.log(
      `acknowledged ${storm.acknowledged.length}; not in the trace ${verdict.notInTrace.length}, ` +
        `twice in it ${verdict.twiceInTrace.length}, not in the database ${verdict.notInDatabase.length}`,
    );
    console.log(
      `${verdict.flows} flows, ${verdict.records} records, ${verdict.activations} activations, ` +
        `${verdict.activatedTwice.length} of them twice`,
    );
    console.log(
      `sound to ${output.sink}: ${counters.underruns} underruns, ${counters.xruns} xruns; panels: ` +
        `${storm.panels.connected} stayed, ${storm.panels.upToDate} up to date, ${storm.panels.events} events`,
    );
    console.log(`processor: ${((100 * spentS) / seconds).toFixed(1)} % of a core, the sound included`);
  } finally {
    await daemon.kill();
    await device?.close();
    folder.remove();
  }
}

export const bench = {
  name: 'storm',
  summary: '100 changes a second over HTTP while it plays: how long answers take, and what is lost',
  isOfWaiting: true,
  run,
};
