// audio stats, audio memory: what the audio core measures and counts, and what the daemon's memory is for, in words.
import type { AudioStats, MemoryParts } from '../answers.ts';
import type { Args, Command, ExitCode } from '../command.ts';
import { type Io, show } from '../io.ts';
import { bar, clock, table } from '../words.ts';
import { audioTestCommand } from './audio-test.ts';

const WATCH_MS = 1000;
const MIB = 1024 * 1024;
/** What the bar of a level spans. */
const FLOOR_DB = -60;

const toDb = (linear: number) => 20 * Math.log10(linear);
const db = (linear: number) => (linear > 0 ? toDb(linear).toFixed(1) : '-inf');

function levelRows({ channels }: AudioStats['meters']): string[][] {
  return channels.map(({ peak, heldPeak, rms }, i) => [
    `  ${i === 0 ? 'left' : 'right'}`,
    `rms ${db(rms)}`,
    `peak ${db(peak)}`,
    `held ${db(heldPeak)} dBFS`,
    bar(rms > 0 ? 1 - toDb(rms) / FLOOR_DB : 0, 30),
  ]);
}

function voiceRows({ meters, snapshot, output }: AudioStats): string[][] {
  const at = (frames: number) => clock((1000 * frames) / output.rateHz);
  const { next } = snapshot;
  return [
    ...meters.voices.map((voice) => [
      `  e${voice.entry}`,
      voice.role,
      `${voice.bufferedFrames} frames`,
      `at ${at(voice.atFrame - voice.startFrame)} of ${at(voice.endFrame - voice.startFrame)}`,
    ]),
    ...(next === null ? [] : [[`  e${next.entry}`, 'next', `${next.bufferedFrames} frames`]]),
  ];
}

function histogramLines({ counters: { callbackHistogram }, callback }: AudioStats): string[] {
  const most = Math.max(1, ...callbackHistogram);
  const rows = callbackHistogram.flatMap((n, i) =>
    n === 0 ? [] : [[`  < ${2 ** i} µs`, String(n), bar(n / most, 30)]],
  );
  if (rows.length === 0) return [];
  return [
    `callback times: ${callbackWords(callback)}, ${(100 * callback.shareOfCore).toFixed(2)} % of a core`,
    ...table(rows),
  ];
}

function callbackWords({ p50BelowUs, p99BelowUs, worstUs }: AudioStats['callback']): string {
  return `half below ${p50BelowUs} µs, 99 of 100 below ${p99BelowUs} µs, the worst ${worstUs} µs`;
}

function statsLines(stats: AudioStats): string[] {
  const { counters, snapshot, memory, meters, output } = stats;
  const { callbackHistogram, ...plain } = counters;
  const voices = voiceRows(stats);
  const latency = output.askedLatencyS === null ? '' : `, latency asked ${output.askedLatencyS} s`;
  return [
    `sink ${output.sink}, ${output.rateHz} Hz${latency}, ${snapshot.playing ? 'playing' : 'paused'}, stream at frame ${snapshot.streamFrame}`,
    'levels of the last 100 ms, peak held for 1.5 s',
    ...table(levelRows(meters)),
    ...(voices.length === 0 ? [] : ['voices and their rings', ...table(voices)]),
    ...histogramLines(stats),
    'counters',
    ...table(Object.entries(plain).map(([name, value]) => [`  ${name}`, String(value)])),
    `memory ${(memory.rss / MIB).toFixed(1)} MiB resident, ${(memory.heapUsed / MIB).toFixed(1)} MiB of it JavaScript's heap`,
  ];
}

/** For a log or a pipe: the moving part of it in one line. */
function watchLine({ counters, snapshot, callback, meters, output, memory }: AudioStats): string {
  const [left, right] = meters.channels;
  const voices = meters.voices.map(
    ({ entry, atFrame, startFrame }) => `e${entry} ${clock((1000 * (atFrame - startFrame)) / output.rateHz)}`,
  );
  return [
    new Date().toLocaleTimeString('en-GB'),
    snapshot.playing ? 'playing' : 'paused',
    voices.join(' + ') || 'nothing',
    `rms ${db(left.rms)} ${db(right.rms)}`,
    `peak ${db(left.heldPeak)} ${db(right.heldPeak)} dBFS`,
    callbackWords(callback),
    `underruns ${counters.underruns}`,
    `xruns ${counters.xruns}`,
    `${(memory.rss / MIB).toFixed(1)} MiB`,
  ].join('  ');
}

async function audioStats(io: Io, { options }: Args): Promise<ExitCode> {
  const isWatching = options.watch === true;
  for (;;) {
    const reply = await io.client.get<AudioStats>('/api/v1/audio');
    if (isWatching && io.columns !== null && !io.isJson) io.out('\x1b[2J\x1b[H');
    const code = show(io, reply, isWatching && io.columns === null ? watchLine : statsLines);
    if (code !== 0 || !isWatching) return code;
    await io.sleep(WATCH_MS);
  }
}

const mib = (bytes: number) => (bytes / MIB).toFixed(1);

function memoryLines({ residentBytes, anonymousBytes, parts }: MemoryParts): string[] {
  return table([
    ['resident', 'anonymous', 'MiB'],
    ...parts.map((each) => [mib(each.residentBytes), mib(each.anonymousBytes), each.part]),
    [mib(residentBytes), mib(anonymousBytes), 'all of it'],
  ]);
}

export const audioCommands: readonly Command[] = [
  {
    name: 'audio stats',
    args: '[--watch]',
    summary: 'The audio core: levels, voices, callback times, counters',
    details: 'With --watch until Ctrl-C: a page on a terminal, a line each second where the output is piped.',
    options: { watch: { summary: 'again every second' } },
    words: [0, 0],
    run: audioStats,
  },
  audioTestCommand,
  {
    name: 'audio memory',
    args: '',
    summary: "The daemon's memory by what it is for: Node, JavaScript, libraries, rings",
    words: [0, 0],
    run: async (io) => show(io, await io.client.get<MemoryParts>('/api/v1/memory'), memoryLines),
  },
];
