// Counters of sound and panel as Prometheus text (version 0.0.4); the engine writes those of its rules. Pure.
import type { HubCounts } from './hub.ts';
import type { AudioStats } from './shapes.ts';

export interface Measured {
  readonly audio: AudioStats;
  readonly hub: HubCounts;
  readonly isHealthy: boolean;
}

type Counters = AudioStats['counters'];
type Kind = 'counter' | 'gauge';
/** `perSecond`: how many of its units make a second. */
type Described = readonly [name: string, kind: Kind, help: string, perSecond?: number];

const US = 1e6;

/** Every counter of the core but the callback times, which are one histogram. A new one does not compile without. */
const AUDIO: Record<Exclude<keyof Counters, 'callbackHistogram' | 'callbackTotalUs'>, Described> = {
  periods: ['periods_total', 'counter', 'Callbacks since the start.'],
  frames: ['frames_total', 'counter', 'Frames handed to the sink.'],
  underruns: ['underruns_total', 'counter', 'Times a ring ran empty.'],
  xruns: ['xruns_total', 'counter', 'Times the device ran dry.'],
  limitedFrames: ['limited_frames_total', 'counter', 'Frames that the limiter held back.'],
  recordsDropped: ['records_dropped_total', 'counter', 'Reports of the audio thread that found no room.'],
  concealedPackets: ['concealed_packets_total', 'counter', 'Damaged packets that were replaced.'],
  worstCallbackUs: ['worst_callback_seconds', 'gauge', 'The longest callback since the start.', US],
  periodUs: ['period_seconds', 'gauge', 'Time that one callback has.', US],
  realtime: ['realtime', 'gauge', 'Whether the audio thread has real-time scheduling.'],
  lockedArenaBytes: ['locked_arena_bytes', 'gauge', 'Memory of the audio thread that is locked.'],
  memoryLocked: ['memory_locked', 'gauge', 'Whether it could be locked.'],
  leakedSources: ['leaked_sources', 'gauge', 'Reads that hang for good.'],
};

function family(name: string, kind: Kind, help: string, value: number): string[] {
  return [`# HELP segue_${name} ${help}`, `# TYPE segue_${name} ${kind}`, `segue_${name} ${value}`];
}

/** Callback times: bucket i counts those below 2^i microseconds, the last all that are longer. Prometheus wants them
 *  running, and in seconds. */
function callbackLines({ callbackHistogram, callbackTotalUs }: Counters): string[] {
  const name = 'segue_audio_callback_seconds';
  let total = 0;
  const lines = callbackHistogram.map((count, i) => {
    total += count;
    const isLast = i === callbackHistogram.length - 1;
    return `${name}_bucket{le="${isLast ? '+Inf' : 2 ** i / 1e6}"} ${total}`;
  });
  return [
    `# HELP ${name} How long the callback took.`,
    `# TYPE ${name} histogram`,
    ...lines,
    `${name}_sum ${callbackTotalUs / 1e6}`,
    `${name}_count ${total}`,
  ];
}

function audioLines({ counters, snapshot, memory }: AudioStats): string[] {
  const lines = [
    ...family('resident_bytes', 'gauge', 'Memory of the daemon.', memory.rss),
    ...family('heap_used_bytes', 'gauge', "JavaScript's part of it.", memory.heapUsed),
    ...family('audio_playing', 'gauge', 'Whether it plays.', Number(snapshot.playing)),
  ];
  for (const [key, [name, kind, help, divisor = 1]] of Object.entries(AUDIO)) {
    const value = counters[key as keyof typeof AUDIO];
    if (value !== null) lines.push(...family(`audio_${name}`, kind, help, Number(value) / divisor));
  }
  return [...lines, ...callbackLines(counters)];
}

export function prometheusText({ audio, hub, isHealthy }: Measured): string {
  return [
    ...family('up', 'gauge', 'Always 1.', 1),
    ...family('healthy', 'gauge', 'Whether every check is in order.', Number(isHealthy)),
    ...family('panel_clients', 'gauge', 'Connected panels.', hub.clients),
    ...family('panel_events_total', 'counter', 'Live events.', hub.events),
    ...family('panel_clients_dropped_total', 'counter', 'Panels that fell behind.', hub.dropped),
    ...audioLines(audio),
    '',
  ].join('\n');
}
