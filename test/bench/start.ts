// `npm run bench -- start [--times 30]`: from the request to the first frame given to the sink, in the core's own stream
// time, through the API of a real daemon on its null sink, whose period of 40 ms is part of it: an entry into silence,
// a skip to what is buffered, to what has just been asked for, and to any entry of the queue. A device adds its latency.
import { join } from 'node:path';
import type { EngineSnapshot, Meters } from '../../audio/engine.ts';
import { type Daemon, startDaemon, temporaryFolder } from '../support/daemon.ts';
import { benchLibrary } from './support/library.ts';
import { quantile, table } from './support/table.ts';

const RATE_HZ = 44_100;
const QUEUED = 8;

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

class Bench {
  readonly #daemon: Daemon;
  readonly #passages: readonly string[];
  #turn = 0;

  constructor(daemon: Daemon, passages: readonly string[]) {
    this.#daemon = daemon;
    this.#passages = passages;
  }

  audio(): Promise<{ meters: Meters; snapshot: EngineSnapshot }> {
    return this.#daemon.get('/audio');
  }

  async enqueue(where: 'next' | 'end' = 'end'): Promise<string> {
    const passage = this.#passages[this.#turn++ % this.#passages.length];
    const { status, body } = await this.#daemon.send<{ entries: string[] }>('POST', '/queue', {
      passage,
      where,
    });
    if (status !== 201) throw new Error(`It was not enqueued: ${JSON.stringify(body)}`);
    return body.entries[0] ?? '';
  }

  async ask(path: string, body: object = {}): Promise<void> {
    const { status, body: answer } = await this.#daemon.send('POST', path, body);
    if (status >= 300) throw new Error(`${path} was refused: ${JSON.stringify(answer)}`);
  }

  /** Milliseconds of stream time from before `act` to the first frame of the voice that it starts. */
  async timed(act: () => Promise<unknown>): Promise<number> {
    const { meters } = await this.audio();
    await act();
    for (let i = 0; i < 2000; i++) {
      const now = await this.audio();
      const begun = now.meters.voices.find(({ startedAtFrame }) => startedAtFrame >= meters.streamFrame);
      if (begun) return (1000 * (begun.startedAtFrame - meters.streamFrame)) / RATE_HZ;
      await sleep(5);
    }
    throw new Error('Nothing began within 10 s.');
  }

  async silence(): Promise<void> {
    await this.#daemon.send('DELETE', '/queue');
    if ((await this.audio()).meters.voices.length > 0) await this.ask('/skip');
    while ((await this.audio()).meters.voices.length > 0) await sleep(20);
  }

  /** Something plays alone, and what follows it is decoded. */
  async playing(following: number): Promise<readonly string[]> {
    await this.silence();
    await this.timed(() => this.enqueue());
    const entries: string[] = [];
    for (let i = 0; i < following; i++) entries.push(await this.enqueue());
    const isReady = ({ snapshot, meters }: { snapshot: EngineSnapshot; meters: Meters }) =>
      meters.voices.length === 1 && (following === 0 || (snapshot.next?.bufferedFrames ?? 0) > RATE_HZ);
    while (!isReady(await this.audio())) await sleep(10);
    // The throttle for skips that follow each other.
    await sleep(300);
    return entries;
  }
}

async function run(args: string[]): Promise<void> {
  const times = Number(args[args.indexOf('--times') + 1] ?? 30) || 30;
  const folder = temporaryFolder('bench-start');
  const daemon = await startDaemon({
    music: benchLibrary(join(folder.path, 'music')),
    state: join(folder.path, 'state'),
  });
  try {
    await daemon.until(
      'the import',
      () => daemon.get<{ status: { state: string } | null }>('/import'),
      (job) => job.status?.state === 'done',
      600_000,
    );
    await daemon.send('PUT', '/settings', { autoplay: false, skip_throttle_s: 0 });
    const found = await daemon.get<{ passages: { passage: string }[] }>('/library/search?q=piece&limit=100');
    const bench = new Bench(
      daemon,
      found.passages.map(({ passage }) => passage),
    );
    const cases: readonly [string, string, () => Promise<number>][] = [
      [
        'an entry into silence',
        '100',
        async () => bench.silence().then(() => bench.timed(() => bench.enqueue())),
      ],
      [
        'skip, next buffered',
        '100',
        async () => bench.playing(1).then(() => bench.timed(() => bench.ask('/skip'))),
      ],
      [
        'skip, next just asked for',
        '1000',
        async () => {
          await bench.playing(0);
          return bench.timed(() => Promise.all([bench.enqueue('next'), bench.ask('/skip')]));
        },
      ],
      [
        'skip to any entry of the queue',
        '2000',
        async () => {
          const last = (await bench.playing(QUEUED)).at(-1);
          return bench.timed(async () => {
            await bench.ask(`/queue/${last}/move`, { where: 'next' });
            await bench.ask('/skip');
          });
        },
      ],
    ];
    const rows: string[][] = [];
    for (const [what, target, measure] of cases) {
      const values: number[] = [];
      for (let i = 0; i < times; i++) values.push(await measure());
      const [median, p95, worst] = [0.5, 0.95, 1].map((q) => quantile(values, q).toFixed(0));
      rows.push([what, median ?? '', p95 ?? '', worst ?? '', target]);
    }
    console.log(
      `${times} times each, ms of stream time to the first frame; 0: the very next period of 40 ms`,
    );
    table(['', 'median', 'p95', 'worst', 'target'], rows);
  } finally {
    await daemon.stop();
    folder.remove();
  }
}

export const bench = {
  name: 'start',
  summary:
    'from the request to the first frame at the sink: enqueue, skip buffered or not, any entry ([--times N])',
  isOfWaiting: true,
  run,
};
