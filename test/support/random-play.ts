// Performs a random script: the real core, pulled by hand, beside the model of test/support/mix-model.ts, both asked the
// same at the same frames.
import type { EngineEvent, EntryPlan, SoundingVoice } from '../../audio/engine.ts';
import { openNativeEngine } from '../../audio/native-engine.ts';
import { type Heard, MixModel } from './mix-model.ts';
import type { Act, Script } from './random-scripts.ts';

/** A file and its decoded frames at the working rate. */
export interface Source {
  readonly path: string;
  readonly stem: Float32Array;
}

export interface Performance {
  readonly rate: number;
  /** What the core gave, and what the model says, interleaved stereo. */
  readonly got: Float32Array;
  readonly expected: Float64Array;
  readonly plans: readonly EntryPlan[];
  /** What the core and the model say became of each voice, in the order of their ends. */
  readonly heard: readonly Heard[];
  readonly expectedHeard: readonly Heard[];
  /** Stream frames at which somebody did something: what sounded may ring out beside what sounds, for 10 ms. */
  readonly actedAt: readonly number[];
  readonly underruns: number;
}

export interface Stage {
  readonly rate: number;
  readonly limiter: boolean;
  readonly sources: readonly Source[];
}

/** Plays a script to its end. What a script asks for where it makes no sense (a pause in a pause) is passed over. */
export function perform(script: Script, stage: Stage): Promise<Performance> {
  return new Performing(script, stage).run();
}

const BLOCK_FRAMES = 20_000;
/** Ramps take up to 10 ms of what is decoded: that much must be there before an act. */
const RAMP_FRAMES = 2000;

class Performing {
  readonly #script: Script;
  readonly #stage: Stage;
  readonly #model: MixModel;
  readonly #engine;
  readonly #plans: EntryPlan[] = [];
  readonly #got: Float32Array[] = [];
  readonly #expected: Float64Array[] = [];
  readonly #heard: Heard[] = [];
  readonly #actedAt: number[] = [];
  #pulled = 0;
  #offered = 0;
  #next: EntryPlan | null = null;
  #planId = 0;
  #delay = 0;
  #isPlaying = true;
  #fault: string | null = null;

  constructor(script: Script, stage: Stage) {
    this.#script = script;
    this.#stage = stage;
    const { rate, limiter } = stage;
    this.#model = new MixModel(rate);
    this.#engine = openNativeEngine({ rate, sink: { kind: 'manual' }, playing: true, volume: 1, limiter });
    this.#engine.onEvent((event) => this.#note(event));
  }

  async run(): Promise<Performance> {
    try {
      await this.#offerNext();
      for (const act of this.#script.acts) {
        await this.#perform(act);
        this.#delay--;
        await this.#offerNext();
      }
      this.#delay = Number.NEGATIVE_INFINITY;
      if (!this.#isPlaying) await this.#perform({ act: 'resume', frames: 11_025 });
      const most = this.#script.passages.reduce((sum, { lengthFrames }) => sum + lengthFrames, 0);
      for (let pulled = 0; ; pulled += BLOCK_FRAMES) {
        if (pulled > most + 5 * BLOCK_FRAMES) throw new Error(this.#fault ?? 'It does not come to its end.');
        await this.#offerNext();
        const isOver = this.#offered === this.#script.passages.length && this.#next === null;
        if (isOver && this.#engine.snapshot().sounding.length === 0) break;
        this.#pull(BLOCK_FRAMES);
      }
      // What rings out has 10 ms at most.
      this.#pull(1000);
      return {
        rate: this.#stage.rate,
        got: joined(Float32Array, this.#got),
        expected: joined(Float64Array, this.#expected),
        plans: this.#plans,
        heard: this.#heard,
        expectedHeard: this.#model.heard,
        actedAt: this.#actedAt,
        underruns: this.#engine.counters().underruns,
      };
    } finally {
      await this.#engine.close(0);
    }
  }

  #note(event: EngineEvent): void {
    if (event.type === 'voiceStarted' && event.entry === this.#next?.entry) this.#next = null;
    if (event.type === 'voiceFailed') this.#fault = event.message;
    if (event.type !== 'voiceEnded') return;
    const { entry, startedAtFrame, endedAtFrame, heardFrames, atFrame } = event.ended;
    this.#heard.push({ entry, startedAtFrame, endedAtFrame, heardFrames, atFrame });
  }

  #pull(frames: number): void {
    this.#got.push(this.#engine.pull(frames));
    this.#pulled += frames;
    this.#expected.push(this.#model.pull(frames));
  }

  async #offerNext(): Promise<void> {
    const passage = this.#script.passages[this.#offered];
    if (!passage || this.#next || this.#delay > 0) return;
    const source = this.#stage.sources[passage.source] as Source;
    const { startFrame, lengthFrames, source: _, delayActs: __, ...rest } = passage;
    const plan: EntryPlan = {
      plan: ++this.#planId,
      generation: 0,
      entry: this.#offered + 1,
      after: this.#offered === 0 ? null : this.#offered,
      path: source.path,
      startFrame,
      endFrame: startFrame + lengthFrames,
      ...rest,
    };
    this.#offered++;
    this.#plans.push(plan);
    this.#delay += this.#script.passages[this.#offered]?.delayActs ?? 0;
    await this.#offer(plan);
  }

  async #offer(plan: EntryPlan): Promise<void> {
    this.#next = plan;
    this.#actedAt.push(this.#pulled);
    await this.#decoded();
    const { outcome } = await this.#engine.offer(plan);
    if (outcome !== 'accepted') throw new Error(`Entry ${plan.entry} was offered too late.`);
    this.#model.offer(
      plan,
      this.#stage.sources.find(({ path }) => path === plan.path)?.stem ?? new Float32Array(),
    );
  }

  async #decoded(): Promise<void> {
    const isThere = () =>
      this.#engine
        .snapshot()
        .sounding.every((v) => v.bufferedFrames >= Math.min(RAMP_FRAMES, v.endFrame - v.atFrame));
    for (let i = 0; i < 2000 && !isThere(); i++) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  /** It waits for the outgoing one alone, which a seek ends: which of the two comes first is the decoder's affair. */
  #isNextDue({ endFrame, atFrame }: SoundingVoice): boolean {
    return this.#next !== null && endFrame - atFrame <= this.#next.overlapFrames;
  }

  async #perform(act: Act): Promise<void> {
    if (act.act === 'pull') return this.#pull(act.frames);
    this.#actedAt.push(this.#pulled);
    await this.#decoded();
    const { sounding } = this.#engine.snapshot();
    const current = sounding.find(({ role }) => role === 'current');
    if (act.act === 'pause' && this.#isPlaying) {
      this.#isPlaying = false;
      await this.#engine.pause();
      this.#model.pause();
    } else if (act.act === 'resume' && !this.#isPlaying) {
      this.#isPlaying = true;
      await this.#engine.play(act.frames);
      this.#model.play(act.frames);
    } else if (act.act === 'skip' && current) {
      const entry = (act.reason === 'skipped' ? current : (sounding.find((v) => v !== current) ?? current))
        .entry;
      if ((await this.#engine.skip(entry, act.frames, act.reason)).outcome === 'accepted')
        this.#model.skip(act.frames);
    } else if (act.act === 'seek' && current && !this.#isNextDue(current)) {
      const length = current.endFrame - current.startFrame;
      const target = current.startFrame + Math.floor(act.share * length);
      if ((await this.#engine.seek(current.entry, target)).outcome === 'accepted') this.#model.seek(target);
    } else if (act.act === 'volume') {
      this.#engine.setVolume(act.volume);
      this.#model.setVolume(act.volume);
    } else if (act.act === 'withdraw' && this.#next) {
      const plan = this.#next;
      if (this.#engine.withdraw(plan.entry) !== 'withdrawn') return;
      this.#model.withdraw();
      this.#pull(100);
      await this.#offer({ ...plan, plan: ++this.#planId });
    } else if (act.act === 'replan' && this.#next) {
      const { overlapFrames, previousFadeOut } = act;
      const { generation } = this.#next;
      await this.#offer({
        ...this.#next,
        plan: ++this.#planId,
        generation: generation + 1,
        overlapFrames,
        previousFadeOut,
      });
    }
  }
}

function joined<A extends Float32Array | Float64Array>(
  Kind: new (length: number) => A,
  parts: readonly A[],
): A {
  const all = new Kind(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
