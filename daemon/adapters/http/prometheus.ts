// Counters of sound and panel as Prometheus text (version 0.0.4); the engine writes those of its rules. Pure.
import type { HubCounts } from './hub.ts';
import type { AudioStats } from './shapes.ts';

export interface Measured {
  readonly audio: AudioStats;
  readonly hub: HubCounts;
  readonly isHealthy: boolean;
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Callback times: bucket i counts those below 2^i microseconds; Prometheus wants them running and in seconds. */
function callbackHistogramLines(buckets: readonly number[]): string[] {
  const name = 'segue_audio_callback_seconds';
  let total = 0;
  const lines = buckets.map((count, i) => {
    total += count;
    return `${name}_bucket{le="${2 ** i / 1e6}"} ${total}`;
  });
  return [
    `# TYPE ${name} histogram`,
    ...lines,
    `${name}_bucket{le="+Inf"} ${total}`,
    `${name}_count ${total}`,
  ];
}

function audioLines({ counters, snapshot, memory }: AudioStats): string[] {
  const gauge = (name: string, value: number) => [`# TYPE segue_${name} gauge`, `segue_${name} ${value}`];
  const { callbackHistogram, ...plain } = counters;
  const lines = [
    ...gauge('resident_bytes', memory.rss),
    ...gauge('heap_used_bytes', memory.heapUsed),
    ...gauge('audio_playing', Number(snapshot.playing)),
  ];
  for (const [key, value] of Object.entries(plain))
    if (typeof value === 'number' || typeof value === 'boolean')
      lines.push(`# TYPE segue_audio_${snake(key)} untyped`, `segue_audio_${snake(key)} ${Number(value)}`);
  return [...lines, ...callbackHistogramLines(callbackHistogram)];
}

export function prometheusText({ audio, hub, isHealthy }: Measured): string {
  return [
    '# TYPE segue_up gauge',
    'segue_up 1',
    '# TYPE segue_healthy gauge',
    `segue_healthy ${Number(isHealthy)}`,
    '# TYPE segue_panel_clients gauge',
    `segue_panel_clients ${hub.clients}`,
    '# TYPE segue_panel_events_total counter',
    `segue_panel_events_total ${hub.events}`,
    '# TYPE segue_panel_clients_dropped_total counter',
    `segue_panel_clients_dropped_total ${hub.dropped}`,
    ...audioLines(audio),
    '',
  ].join('\n');
}
