// A process of its own for the stress proof: plays a long list of plans through the sound device with the core alone, while
// JavaScript is blocked, reads are slow and a stick hangs. Argument: a JSON file with a StressList; prints a StressResult.
import { readFileSync, writeFileSync } from 'node:fs';
import type { EntryPlan } from '../../audio/engine.ts';
import { openNativeEngine } from '../../audio/native-engine.ts';

export interface StressList {
  readonly rate: number;
  readonly plans: readonly EntryPlan[];
  /** Milliseconds after the first entry began, rising: JavaScript blocked for 2 s; the next read of music half a second
   *  late. */
  readonly blocksAtMs: readonly number[];
  readonly slowAtMs: readonly number[];
  /** Whoever reads music next removes it and waits (plant.c). */
  readonly slowFile: string;
  /** A file that never opens, and the entry that takes its place once the core has given it up. */
  readonly hanging: { readonly path: string; readonly before: number };
}

export interface StressResult {
  readonly startedAtFrames: readonly number[];
  readonly crossfades: number;
  readonly blocks: number;
  readonly slowReads: number;
  readonly givenUp: number;
  readonly underruns: number;
  readonly xruns: number;
  readonly leakedSources: number;
  readonly worstCallbackUs: number;
  readonly sink: string;
  /** When the device was lost, ms after the first entry began, and why. */
  readonly losses: readonly string[];
}

const BLOCK_MS = 2000;

async function main(file: string): Promise<StressResult> {
  const list = JSON.parse(readFileSync(file, 'utf8')) as StressList;
  const { plans, hanging } = list;
  const startedAtFrames: number[] = [];
  let crossfades = 0;
  let blocks = 0;
  let slowReads = 0;
  let givenUp = 0;
  let begunMs = 0;
  const losses: string[] = [];
  const alive = setInterval(() => {}, 1000);
  const engine = openNativeEngine({
    rate: list.rate,
    sink: { kind: 'portaudio', device: null },
    playing: true,
    volume: 1,
    limiter: true,
  });
  // The virtual device loses some frames as it wakes: it hears silence first.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await new Promise<void>((resolve) => {
    const offer = (plan: EntryPlan | undefined) => plan && void engine.offer(plan);
    const begin = () => {
      for (const atMs of list.blocksAtMs)
        setTimeout(() => {
          blocks++;
          const until = Date.now() + BLOCK_MS;
          while (Date.now() < until);
        }, atMs);
      for (const atMs of list.slowAtMs)
        setTimeout(() => {
          slowReads++;
          writeFileSync(list.slowFile, '');
        }, atMs);
    };
    engine.onEvent((event) => {
      if (event.type === 'voiceStarted') {
        if (startedAtFrames.length === 0) {
          begunMs = Date.now();
          begin();
        }
        startedAtFrames.push(event.frame);
        const next = plans[plans.findIndex(({ entry }) => entry === event.entry) + 1];
        if (next?.entry === hanging.before)
          offer({ ...next, plan: next.plan + 100_000, entry: next.entry + 100_000, path: hanging.path });
        else offer(next);
      }
      if (event.type === 'voiceFailed') {
        givenUp++;
        offer(plans.find(({ entry }) => entry === hanging.before));
      }
      if (event.type === 'crossfadeStarted') crossfades++;
      if (event.type === 'streamLost') {
        losses.push(`${Date.now() - begunMs}: ${event.message}`);
        // Nothing more will be captured: whoever waits is told at once.
        resolve();
      }
      if (event.type === 'voiceEnded') {
        engine.acknowledge([event.ended.entry]);
        if (event.ended.entry === plans.at(-1)?.entry) resolve();
      }
    });
    offer(plans[0]);
  });
  await new Promise((resolve) => setTimeout(resolve, 800));
  const { underruns, xruns, leakedSources, worstCallbackUs } = engine.counters();
  const { sink } = engine.snapshot();
  await engine.close();
  clearInterval(alive);
  return {
    startedAtFrames,
    crossfades,
    blocks,
    slowReads,
    givenUp,
    underruns,
    xruns,
    leakedSources,
    worstCallbackUs,
    sink,
    losses,
  };
}

console.log(JSON.stringify(await main(process.argv[2] ?? '')));
// A thread that hangs in a read that never returns would keep the process.
process.exit(0);
