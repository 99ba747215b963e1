// audio stats: what the audio core counts, in words.
import type { AudioStats } from '../answers.ts';
import type { Args, Command, ExitCode } from '../command.ts';
import { type Io, show } from '../io.ts';
import { bar, table } from '../words.ts';

const WATCH_MS = 1000;
const MIB = 1024 * 1024;

function histogramLines(histogram: readonly number[]): string[] {
  const most = Math.max(1, ...histogram);
  const rows = histogram.flatMap((n, i) =>
    n === 0 ? [] : [[`  < ${2 ** i} µs`, String(n), bar(n / most, 30)]],
  );
  return rows.length === 0 ? [] : ['callback times', ...table(rows)];
}

function statsLines({ counters, snapshot, memory }: AudioStats): string[] {
  const { callbackHistogram, ...plain } = counters;
  const rings = [
    ...snapshot.sounding.map((voice) => [`  e${voice.entry}`, voice.role, `${voice.bufferedFrames} frames`]),
    ...(snapshot.next === null
      ? []
      : [[`  e${snapshot.next.entry}`, 'next', `${snapshot.next.bufferedFrames} frames`]]),
  ];
  return [
    `sink ${snapshot.sink}, ${snapshot.playing ? 'playing' : 'paused'}, stream at frame ${snapshot.streamFrame}`,
    ...table(Object.entries(plain).map(([name, value]) => [`  ${name}`, String(value)])),
    ...(rings.length === 0 ? [] : ['rings', ...table(rings)]),
    ...histogramLines(callbackHistogram),
    `memory ${(memory.rss / MIB).toFixed(1)} MiB resident, ${(memory.heapUsed / MIB).toFixed(1)} MiB of it JavaScript's heap`,
  ];
}

async function audioStats(io: Io, { options }: Args): Promise<ExitCode> {
  for (;;) {
    const reply = await io.client.get<AudioStats>('/api/v1/audio');
    if (options.watch === true && io.columns !== null && !io.isJson) io.out('\x1b[2J\x1b[H');
    const code = show(io, reply, statsLines);
    if (code !== 0 || options.watch !== true) return code;
    await io.sleep(WATCH_MS);
  }
}

export const audioCommands: readonly Command[] = [
  {
    name: 'audio stats',
    args: '[--watch]',
    summary: 'Counters of the audio core: callback times, underruns, rings',
    options: { watch: { summary: 'again every second' } },
    words: [0, 0],
    run: audioStats,
  },
];
