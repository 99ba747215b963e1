// A long captured play under everything at once: two cores loaded by others, JavaScript blocked, reads late, a stick that
// hangs for ever, crossfades between formats. Every frame that reaches the device is the computed one.
// `npm run proof:stress` is the hour with 60 crossfades (SEGUE_STRESS_MINUTES=60); by itself it plays one minute.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { EntryPlan } from '../../audio/engine.ts';
import { temporaryFolder } from '../support/daemon.ts';
import { media, succeed, write } from '../support/media-files.ts';
import { expectedMix } from '../support/mix.ts';
import { plant, plantingEnvironment } from '../support/plant.ts';
import { openVirtualDevice } from '../support/pulse.ts';
import { judgeStream } from '../support/stream-judge.ts';
import type { StressList, StressResult } from '../support/stress-player.ts';
import { noise } from '../support/tones.ts';

const RATE = 48_000;
const MINUTES = Number(process.env.SEGUE_STRESS_MINUTES ?? 0);
const IS_LONG = MINUTES > 0;
const FADE_S = IS_LONG ? 5 : 2;
const PIECE_S = IS_LONG ? 65 : 17;
const TRANSITIONS = IS_LONG ? MINUTES : 3;
const BLOCKS = IS_LONG ? Math.ceil(MINUTES / 3) : 3;
const CACHE_FRAMES = RATE;
/** What the server fetches ahead for its device, of half a second that it is given. */
const SERVER_FRAMES = RATE / 12;
const folder = temporaryFolder('stress');
after(() => folder.remove());

const SOURCES = [
  { codec: 'flac', rateHz: 48_000 },
  { codec: 'mp3', rateHz: 44_100 },
  { codec: 'flac', rateHz: 44_100 },
  { codec: 'opus', rateHz: 48_000 },
  { codec: 'wav32f', rateHz: 48_000 },
  { codec: 'aac', rateHz: 44_100 },
] as const;

function makeMusic(): { path: string; stem: Float32Array }[] {
  const music = join(folder.path, 'music');
  mkdirSync(music);
  return SOURCES.map(({ codec, rateHz }, index) => {
    const path = write(music, `${index}`, codec, rateHz, noise(PIECE_S * rateHz, index + 1, 0.3));
    const stem = succeed(media.decode(path, RATE)).samples;
    // No frame is silence: where the capture is silent the device was.
    return { path, stem };
  });
}

function makePlans(files: readonly { path: string; stem: Float32Array }[]): EntryPlan[] {
  const fade = { frames: FADE_S * RATE, curve: 'equal-power' } as const;
  const none = { frames: 0, curve: 'linear' } as const;
  return Array.from({ length: TRANSITIONS + 1 }, (_, index) => {
    const file = files[index % files.length] as { path: string; stem: Float32Array };
    return {
      plan: index + 1,
      generation: 1,
      entry: index + 1,
      after: index > 0 ? index : null,
      path: file.path,
      startFrame: 0,
      endFrame: file.stem.length / 2,
      gain: 1,
      overlapFrames: index > 0 ? fade.frames : 0,
      fadeIn: index > 0 ? fade : none,
      fadeOut: none,
      previousFadeOut: index > 0 ? fade : null,
    };
  });
}

/** Spread over the whole, each at a random moment of its share. Seeded. */
function moments(count: number, overMs: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, (_, index) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.round(((index + 0.1 + (0.8 * state) / 0x7fffffff) * overMs) / count);
  });
}

/** Samples of a raw capture, read as they are asked for. */
function openCapture(path: string) {
  const file = openSync(path, 'r');
  const frames = Math.floor(statSync(path).size / 8);
  const pages = new Map<number, Float32Array>();
  const page = (index: number) => {
    let found = pages.get(index);
    if (!found) {
      const bytes = Buffer.alloc(8 * CACHE_FRAMES);
      readSync(file, bytes, 0, bytes.length, index * bytes.length);
      found = new Float32Array(bytes.buffer, bytes.byteOffset, 2 * CACHE_FRAMES);
      pages.set(index, found);
      if (pages.size > 8) pages.delete(pages.keys().next().value as number);
    }
    return found;
  };
  return {
    frames,
    at: (frame: number, side: number) =>
      page(Math.floor(frame / CACHE_FRAMES))[2 * (frame % CACHE_FRAMES) + side] ?? 0,
    close: () => closeSync(file),
  };
}

/** Waits until the last half second of a capture that goes on is silent: then all that was played is in it. */
async function silence(path: string): Promise<void> {
  const tail = Buffer.alloc(4 * RATE);
  const file = openSync(path, 'r');
  const until = Date.now() + 30_000;
  for (let size = -1; Date.now() < until; ) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const now = statSync(path).size;
    readSync(file, tail, 0, tail.length, Math.max(0, now - tail.length));
    if (now > size && size >= 0 && tail.every((byte) => byte === 0)) break;
    size = now;
  }
  closeSync(file);
}

/** The whole answer from the answers of neighbours: each pair by itself, one after the other. */
function answerOf(plans: readonly EntryPlan[], stems: readonly Float32Array[]) {
  const starts: number[] = [];
  let at = 0;
  for (const plan of plans) {
    at -= plan.overlapFrames;
    starts.push(at);
    at += plan.endFrame;
  }
  let pair = -1;
  let samples: Float64Array = new Float64Array();
  let from = 0;
  const load = (index: number) => {
    pair = index;
    const first = plans[index] as EntryPlan;
    const second = plans[index + 1];
    const both = second
      ? [first, { ...second, fadeOut: plans[index + 2]?.previousFadeOut ?? second.fadeOut }]
      : [first];
    const own = both.map((plan) => stems[(plan.entry - 1) % stems.length] as Float32Array);
    samples = expectedMix([{ ...first, overlapFrames: 0 }, ...both.slice(1)], own).samples;
    from = starts[index] ?? 0;
  };
  return {
    frames: at,
    at(frame: number, side: number): number {
      // A pair answers from the end of the fade that began it to the end of its first.
      let index = Math.max(0, pair);
      const begins = (k: number) => (k === 0 ? 0 : (starts[k] ?? 0) + (plans[k]?.overlapFrames ?? 0));
      while (index + 1 < plans.length && frame >= begins(index + 1)) index++;
      while (index > 0 && frame < begins(index)) index--;
      if (index !== pair) load(index);
      return samples[2 * (frame - from) + side] ?? 0;
    },
  };
}

/** Seconds that the host of this machine gave to others while something here wanted to run, of all cores together. */
function stolenS(): number {
  const ticks = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/ +/)[8] ?? '0';
  return Number(ticks) / 100;
}

async function play(list: StressList, environment: NodeJS.ProcessEnv): Promise<StressResult> {
  const file = join(folder.path, 'list.json');
  writeFileSync(file, JSON.stringify(list));
  const player = spawn(process.execPath, ['--import', 'tsx', 'test/support/stress-player.ts', file], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  player.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const code = await new Promise((resolve) => player.once('close', resolve));
  assert.equal(code, 0, 'the player ended well');
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as StressResult;
}

test(`${TRANSITIONS} crossfades under load: every captured frame is the computed one`, async () => {
  const files = makeMusic();
  const plans = makePlans(files);
  const answer = answerOf(
    plans,
    files.map(({ stem }) => stem),
  );
  const lengthMs = (answer.frames / RATE) * 1000;
  const hanging = join(folder.path, 'music', 'stick.flac');
  writeFileSync(hanging, 'x'.repeat(100_000));
  plant('hang', hanging);
  const slowFile = join(folder.path, 'slow');
  const device = await openVirtualDevice(RATE);
  const raw = join(folder.path, 'capture.raw');
  const to = openSync(raw, 'w');
  const words = ['-d', 'segue.monitor', '--format=float32le', `--rate=${RATE}`, '--channels=2', '--raw'];
  const recorder = spawn('parec', [...words, '--latency-msec=200', '--verbose'], {
    env: device.environment,
    stdio: ['ignore', to, 'pipe'],
  });
  // Whether it was itself too slow to take what was heard.
  let overruns = 0;
  recorder.stderr?.on('data', (chunk: Buffer) => {
    overruns += chunk.toString().match(/overrun/gi)?.length ?? 0;
  });
  // Whether they may is another matter: recorder and server are not what is proven, and on an appliance the server has its
  // priority from rtkit.
  for (const pid of [recorder.pid, device.pid()])
    spawnSync('chrt', ['--all-tasks', '--rr', '--pid', '1', String(pid)], { stdio: 'ignore' });
  const load: ChildProcess[] = [];
  try {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    for (let core = 0; core < 2; core++)
      load.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
    const list: StressList = {
      rate: RATE,
      plans,
      blocksAtMs: moments(BLOCKS, lengthMs - 4000, 11),
      slowAtMs: moments(BLOCKS, lengthMs - 4000, 12),
      slowFile,
      // Given up after ten seconds; the piece before lasts longer.
      hanging: { path: hanging, before: Math.ceil(plans.length / 2) + 1 },
    };
    const stolenBeforeS = stolenS();
    const result = await play(list, {
      ...device.environment,
      ...plantingEnvironment(folder.path),
      SEGUE_SLOW: slowFile,
    });
    const stolen = `${(stolenS() - stolenBeforeS).toFixed(1)} s stolen by the host`;
    for (const child of load) child.kill('SIGKILL');
    await silence(raw);
    recorder.kill('SIGTERM');
    await new Promise((resolve) => recorder.once('close', resolve));
    // Before an hour of sound is looked through.
    assert.equal(result.sink, 'PulseAudio: default', `${stolen}: ${JSON.stringify(result)}`);
    assert.equal(result.crossfades, TRANSITIONS);
    assert.deepEqual([result.blocks, result.slowReads, result.givenUp], [BLOCKS, BLOCKS, 1]);
    const capture = openCapture(raw);
    let offset = 0;
    while (offset < capture.frames && capture.at(offset, 0) === 0 && capture.at(offset, 1) === 0) offset++;
    const verdict = judgeStream(capture.at, capture.frames, answer.at, answer.frames, offset, RATE);
    capture.close();
    const minutes = (lengthMs / 60_000).toFixed(1);
    const told = `${minutes} minutes, ${stolen}: ${JSON.stringify(result)}; captured: ${JSON.stringify(verdict)}; overruns of the recorder: ${overruns}`;
    console.log(`#told ${told}`);
    assert.equal(result.underruns, 0, told);
    assert.deepEqual([verdict.repeatedFrames, verdict.wrongFrames], [0, 0], told);
    // The device's own faults are told apart: each time its server ran dry, which it says, at most what it had fetched.
    const lost = verdict.places.filter(({ what }) => what === 'lost');
    assert.ok(lost.length <= result.xruns, told);
    assert.ok(
      lost.every(({ frames }) => frames <= SERVER_FRAMES),
      told,
    );
    assert.equal(verdict.comparedFrames + verdict.lostFrames, answer.frames, told);
  } finally {
    for (const child of load) child.kill('SIGKILL');
    recorder.kill('SIGKILL');
    closeSync(to);
    await device.close();
  }
});
