// Generated plans, formats x rates x curves x fades x what a person does to what sounds: the core's mix against the
// sum of stems x gains, every frame within 1e-6; and that each kind of fault, planted, is seen.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AudioEngine, EntryPlan, Fade } from '../../audio/engine.ts';
import { CURVES } from '../../audio/fade-curves.ts';
import { openNativeEngine } from '../../audio/native-engine.ts';
import { CODECS, type Codec, LOSSLESS, read, write } from '../support/media-files.ts';
import { compareMix } from '../support/mix-answer.ts';
import { MixModel } from '../support/mix-model.ts';
import { scratchFolder } from '../support/scratch.ts';
import { maxDifference, music, random } from '../support/signals.ts';

const folder = scratchFolder('acts');
const SECONDS = 1.7;
const RATES = [44_100, 48_000] as const;

interface File {
  readonly path: string;
  readonly stem: Float32Array;
}

const cache = new Map<string, File>();
/** A piece in a format; its stem at the working rate, which for PCM at its own rate is the source bit for bit. */
function fileOf(codec: Codec, fileRate: number, rate: number, seed: number): File {
  const own = codec === 'opus' ? 48_000 : fileRate;
  const key = `${codec}-${own}-${rate}-${seed}`;
  const known = cache.get(key);
  if (known) return known;
  const source = music(Math.round(SECONDS * own) + seed, own, seed);
  const path = write(folder, key, codec, own, source);
  const stem = read(path, rate);
  if (own === rate && LOSSLESS.includes(codec)) assert.equal(maxDifference(stem, source), 0, key);
  const file = { path, stem };
  cache.set(key, file);
  return file;
}

interface Case {
  readonly name: string;
  readonly rate: number;
  readonly files: readonly File[];
  readonly plans: readonly EntryPlan[];
  readonly act: (typeof ACTS)[number];
  readonly dice: () => number;
}

/** Both sides of a comparison, asked the same. */
class Stage {
  readonly got: Float32Array[] = [];
  readonly expected: Float64Array[] = [];
  readonly engine: AudioEngine;
  readonly model: MixModel;
  readonly files: readonly File[];

  constructor(rate: number, files: readonly File[]) {
    this.engine = openNativeEngine({
      rate,
      sink: { kind: 'manual' },
      playing: true,
      volume: 1,
      limiter: false,
    });
    this.model = new MixModel(rate);
    this.files = files;
  }
  async offer(plan: EntryPlan): Promise<void> {
    assert.equal((await this.engine.offer(plan)).outcome, 'accepted');
    this.model.offer(plan, this.files[plan.entry - 1]?.stem ?? new Float32Array());
  }
  pull(frames: number): void {
    if (frames <= 0) return;
    this.got.push(this.engine.pull(frames));
    this.expected.push(this.model.pull(frames));
  }
  /** Ramps take up to 10 ms of what is decoded: waits until that is there. */
  async decoded(): Promise<void> {
    const isThere = () =>
      this.engine
        .snapshot()
        .sounding.every((v) => v.bufferedFrames >= Math.min(2000, v.endFrame - v.atFrame));
    for (let i = 0; i < 50 && !isThere(); i++) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

type Act = (stage: Stage, plans: readonly EntryPlan[], dice: () => number) => Promise<void>;

/** To a random frame in the middle of the crossfade of A and B. */
async function intoCrossfade(stage: Stage, plans: readonly EntryPlan[], dice: () => number): Promise<void> {
  const [a, b] = plans as [EntryPlan, EntryPlan];
  stage.pull(
    a.endFrame - a.startFrame - b.overlapFrames + Math.floor(b.overlapFrames * (0.2 + 0.6 * dice())) - 1,
  );
  await stage.decoded();
}
async function intoFirst(stage: Stage, plans: readonly EntryPlan[], dice: () => number): Promise<void> {
  const [a, b] = plans as [EntryPlan, EntryPlan];
  stage.pull(Math.floor((a.endFrame - a.startFrame - b.overlapFrames) * (0.1 + 0.8 * dice())));
  await stage.decoded();
}
async function pauseAndResume(stage: Stage): Promise<void> {
  const rate = stage.engine.rate;
  await stage.engine.pause();
  stage.model.pause();
  stage.pull(3001);
  await stage.engine.play(rate / 4);
  stage.model.play(rate / 4);
}
async function skip(stage: Stage, reason: 'skipped' | 'removed', seconds: number): Promise<void> {
  const { sounding } = stage.engine.snapshot();
  const entry = (sounding.find((v) => v.role === 'outgoing') ?? sounding[0])?.entry ?? 0;
  const frames = Math.round(seconds * stage.engine.rate);
  assert.equal((await stage.engine.skip(entry, frames, reason)).outcome, 'accepted');
  stage.model.skip(frames);
}
async function seek(stage: Stage, dice: () => number): Promise<void> {
  const voice = stage.engine.snapshot().sounding.find((v) => v.role === 'current');
  assert.ok(voice);
  const target = voice.startFrame + Math.floor(dice() * (voice.endFrame - voice.startFrame - 2000));
  assert.equal((await stage.engine.seek(voice.entry, target)).outcome, 'accepted');
  stage.model.seek(target);
}
function volume(stage: Stage, to: number): void {
  stage.engine.setVolume(to);
  stage.model.setVolume(to);
}
/** A before/after pair of steps round the offer of B, one frame into A. */
const withNext =
  (
    reach: Act,
    act: (stage: Stage, dice: () => number, plans: readonly EntryPlan[]) => Promise<void> | void,
  ): Act =>
  async (stage, plans, dice) => {
    await stage.offer(plans[1] as EntryPlan);
    await reach(stage, plans, dice);
    await act(stage, dice, plans);
  };
async function late(stage: Stage, plans: readonly EntryPlan[], frames: number): Promise<void> {
  const [a, b] = plans as [EntryPlan, EntryPlan];
  stage.pull(a.endFrame - a.startFrame - frames - 1);
  await stage.decoded();
  const overlapFrames = Math.min(2 * frames, b.endFrame - b.startFrame);
  await stage.offer({
    ...b,
    overlapFrames,
    previousFadeOut: { frames: overlapFrames, curve: b.fadeIn.curve },
  });
  // It crossfades as far as there is something left: both sound now.
  assert.equal(stage.engine.snapshot().sounding.length, 2);
}

const ACTS: readonly { readonly name: string; readonly act: Act }[] = [
  { name: 'nothing', act: withNext(intoFirst, () => {}) },
  { name: 'pause and resume', act: withNext(intoFirst, pauseAndResume) },
  { name: 'pause and resume in the crossfade', act: withNext(intoCrossfade, pauseAndResume) },
  { name: 'skip', act: withNext(intoFirst, (stage) => skip(stage, 'skipped', 0.5)) },
  { name: 'override', act: withNext(intoFirst, (stage) => skip(stage, 'skipped', 2)) },
  { name: 'skip in the crossfade', act: withNext(intoCrossfade, (stage) => skip(stage, 'skipped', 0.5)) },
  { name: 'remove what sounds', act: withNext(intoFirst, (stage) => skip(stage, 'removed', 0.5)) },
  { name: 'seek', act: withNext(intoFirst, seek) },
  { name: 'seek in the crossfade', act: withNext(intoCrossfade, seek) },
  { name: 'volume', act: withNext(intoFirst, (stage, dice) => volume(stage, dice())) },
  { name: 'volume in the crossfade', act: withNext(intoCrossfade, (stage, dice) => volume(stage, dice())) },
  {
    name: 'another next before the transition',
    act: withNext(intoFirst, async (stage, dice, plans) => {
      assert.equal(stage.engine.withdraw(2), 'withdrawn');
      stage.model.withdraw();
      stage.pull(Math.floor(300 * dice()));
      await stage.decoded();
      await stage.offer(plans[2] as EntryPlan);
    }),
  },
  { name: 'a plan 1 s before the end', act: (stage, plans) => late(stage, plans, stage.engine.rate) },
  { name: 'a plan 0.2 s before the end', act: (stage, plans) => late(stage, plans, stage.engine.rate / 5) },
];

/** Fades against the overlap: as long, shorter, longer, none. */
const ARRANGEMENTS = [1, 0.4, 1.3, 0] as const;

function caseOf(index: number): Case {
  const dice = random(1000 + index);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(dice() * list.length)] as T;
  const rate = RATES[index % 2] as number;
  const act = ACTS[index % ACTS.length] as (typeof ACTS)[number];
  const codecs = [CODECS[index % CODECS.length] as Codec, pick(CODECS), pick(CODECS)];
  const fileRate = index % 3 === 0 ? (rate === 48_000 ? 44_100 : 48_000) : rate;
  const files = codecs.map((codec, i) => fileOf(codec, i === 2 ? rate : fileRate, rate, i + 1));
  const overlapFrames = Math.round(rate * (0.05 + 0.4 * dice()));
  const fade = (): Fade => ({ frames: Math.round(overlapFrames * pick(ARRANGEMENTS)), curve: pick(CURVES) });
  const plans = files.map(
    ({ path, stem }, i): EntryPlan => ({
      plan: i + 1,
      generation: 0,
      entry: i + 1,
      after: i === 0 ? null : 1,
      path,
      startFrame: Math.floor(dice() * 3000),
      endFrame: stem.length / 2 - Math.floor(dice() * 3000),
      gain: 0.3 + 0.7 * dice(),
      overlapFrames: i === 0 ? 0 : overlapFrames,
      fadeIn: fade(),
      fadeOut: fade(),
      previousFadeOut: i === 0 ? null : fade(),
    }),
  );
  return {
    name: `${index}: ${act.name}, ${codecs.join(' ')}, ${fileRate} at ${rate} Hz`,
    rate,
    files,
    plans,
    act,
    dice,
  };
}

async function played({
  rate,
  files,
  plans,
  act,
  dice,
}: Case): Promise<{ got: Float32Array; expected: Float64Array }> {
  const stage = new Stage(rate, files);
  await stage.offer(plans[0] as EntryPlan);
  stage.pull(1);
  await act.act(stage, plans, dice);
  stage.pull(Math.round(2.2 * SECONDS * rate));
  assert.equal(stage.engine.snapshot().sounding.length, 0, 'all of it has sounded');
  assert.equal(stage.engine.counters().underruns, 0);
  await stage.engine.close(0);
  const frames = stage.got.reduce((sum, part) => sum + part.length, 0);
  const got = new Float32Array(frames);
  const expected = new Float64Array(frames);
  let at = 0;
  for (const [i, part] of stage.got.entries()) {
    got.set(part, at);
    expected.set(stage.expected[i] ?? [], at);
    at += part.length;
  }
  return { got, expected };
}

const CASES = 210;
for (const act of ACTS) {
  test(`${CASES / ACTS.length} generated plans: ${act.name}`, async () => {
    for (let index = ACTS.indexOf(act); index < CASES; index += ACTS.length) {
      const each = caseOf(index);
      const { got, expected } = await played(each);
      assert.equal(compareMix(got, expected), null, each.name);
    }
  });
}

test('canary: a frame dropped, doubled, a gain off, another curve, a fade one frame late: each is seen', async () => {
  const each = caseOf(2);
  const { got, expected } = await played(each);
  assert.equal(compareMix(got, expected), null);
  const at = 2 * Math.floor(got.length / 6);
  const dropped = got.slice();
  dropped.copyWithin(at, at + 2);
  const doubled = got.slice();
  doubled.copyWithin(at + 2, at);
  for (const wrong of [dropped, doubled, got.map((x) => x * 1.0001)])
    assert.match(compareMix(wrong, expected) ?? '', /samples differ/);
  for (const over of [{ curve: 'exponential' }, { frames: 9001 }] as const) {
    const fadeIn: Fade = { frames: 9000, curve: 'linear' };
    const plain = await played({ ...caseOf(0), plans: caseOf(0).plans.map((plan) => ({ ...plan, fadeIn })) });
    const other = await played({
      ...caseOf(0),
      plans: caseOf(0).plans.map((plan) => ({ ...plan, fadeIn: { ...fadeIn, ...over } })),
    });
    assert.match(compareMix(other.got, plain.expected) ?? '', /samples differ/);
  }
});
