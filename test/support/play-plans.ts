// A process of its own that plays a list of plans through the sound device with the core alone (no daemon), and
// optionally blocks JavaScript in the middle. Argument: a JSON file with a PlayList; prints a PlayResult.
import { readFileSync } from 'node:fs';
import type { Answer, AudioEngine, EngineEvent, EntryPlan, SinkChoice } from '../../audio/engine.ts';
import { openNativeEngine } from '../../audio/native-engine.ts';
import { sinkNamed } from '../../audio/sink-names.ts';

/** What a person does, `atMs` after the first entry began. */
export type Act = { readonly atMs: number } & (
  | { readonly type: 'skip'; readonly entry: number; readonly fadeFrames: number }
  | { readonly type: 'pause' }
  | { readonly type: 'play'; readonly rampFrames: number }
  | { readonly type: 'testTone'; readonly rampFrames: number }
  | { readonly type: 'seek'; readonly entry: number; readonly frame: number }
  | { readonly type: 'switch'; readonly sink: SinkChoice }
);

export interface PlayList {
  readonly rate: number;
  /** Null or absent: the default device. */
  readonly device?: string | null;
  readonly acts?: readonly Act[];
  readonly plans: readonly EntryPlan[];
  /** Blocks JavaScript for `forMs`, `beforeMs` before the transition after the given entry begins. */
  readonly block: { readonly entry: number; readonly beforeMs: number; readonly forMs: number } | null;
}

export interface PlayResult {
  readonly events: readonly EngineEvent[];
  readonly sink: string;
  /** Where each act took effect, in frames of the stream. */
  readonly answers: readonly Answer[];
  /** What each switch came to: the sink's name, or why it did not. */
  readonly switches: readonly string[];
  readonly underruns: number;
  readonly xruns: number;
}

async function perform(
  engine: AudioEngine,
  acts: readonly Act[],
  answers: Answer[],
  switches: string[],
): Promise<void> {
  let at = 0;
  for (const act of acts) {
    await new Promise((resolve) => setTimeout(resolve, act.atMs - at));
    at = act.atMs;
    if (act.type === 'skip') answers.push(await engine.skip(act.entry, act.fadeFrames, 'skipped'));
    if (act.type === 'pause') answers.push(await engine.pause());
    if (act.type === 'play') answers.push(await engine.play(act.rampFrames));
    if (act.type === 'testTone') answers.push(await engine.testTone(act.rampFrames));
    if (act.type === 'seek') answers.push(await engine.seek(act.entry, act.frame));
    if (act.type === 'switch') {
      const result = await engine.switchSink(act.sink);
      switches.push(result.ok ? result.sink : result.message);
    }
  }
}

async function main(file: string): Promise<PlayResult> {
  const { rate, plans, block, device = null, acts = [] } = JSON.parse(readFileSync(file, 'utf8')) as PlayList;
  const events: EngineEvent[] = [];
  const answers: Answer[] = [];
  const switches: string[] = [];
  // The engine does not keep the process alive by itself.
  const alive = setInterval(() => {}, 1000);
  const engine = openNativeEngine({
    rate,
    sink: sinkNamed(device, 0.1),
    playing: true,
    volume: 1,
    limiter: true,
  });
  // The virtual device loses some frames as it wakes: it hears silence first.
  await new Promise((resolve) => setTimeout(resolve, 800));
  await new Promise<void>((resolve) => {
    const offer = (index: number) => {
      const plan = plans[index];
      if (plan) void engine.offer(plan);
    };
    engine.onEvent((event) => {
      events.push(event);
      if (event.type === 'voiceStarted') {
        const index = plans.findIndex((plan) => plan.entry === event.entry);
        offer(index + 1);
        if (index === 0) void perform(engine, acts, answers, switches);
        const plan = plans[index];
        if (plan && block?.entry === event.entry) scheduleBlock(plan, plans[index + 1]);
      }
      if (event.type === 'voiceEnded' && event.ended.entry === plans.at(-1)?.entry) resolve();
    });
    const scheduleBlock = (plan: EntryPlan, next: EntryPlan | undefined) => {
      const playedMs = ((plan.endFrame - plan.startFrame - (next?.overlapFrames ?? 0)) / rate) * 1000;
      setTimeout(
        () => {
          const until = Date.now() + (block?.forMs ?? 0);
          while (Date.now() < until);
        },
        playedMs - (block?.beforeMs ?? 0),
      );
    };
    offer(0);
  });
  await new Promise((resolve) => setTimeout(resolve, 400));
  const { underruns, xruns } = engine.counters();
  const { sink } = engine.snapshot();
  await engine.close();
  clearInterval(alive);
  return { events, sink, answers, switches, underruns, xruns };
}

console.log(JSON.stringify(await main(process.argv[2] ?? '')));
process.exit(0);
