// The mix of the real core, rendered, against the analytic answer: every frame within 1e-6, the length exact.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { CURVES } from '../../audio/fade-curves.ts';
import { runRender } from '../../daemon/cli/render.ts';
import { type Codec, read, write } from '../support/media-files.ts';
import { answerTo, compareMix, type PlannedMix, type PlannedPassage } from '../support/mix-answer.ts';
import { scratchFolder } from '../support/scratch.ts';
import { maxDifference, music } from '../support/signals.ts';

const folder = scratchFolder('mix');
const RATES = [44_100, 48_000] as const;
const LENGTHS_S = [3.1, 2.7, 4.003];

interface File {
  readonly path: string;
  readonly samples: Float32Array;
}

/** Three pieces at a rate, FLAC, WAV and ALAC, and what they hold. */
const filesAt = new Map(
  RATES.map((rate) => [
    rate,
    (['flac', 'wav16', 'alac'] as readonly Codec[]).map((codec, i): File => {
      const samples = music(Math.round((LENGTHS_S[i] ?? 0) * rate), rate, i + 1);
      return { path: write(folder, `piece-${i}-${rate}`, codec, rate, samples), samples };
    }),
  ]),
);

interface Rendered {
  readonly mix: Float32Array;
  readonly stems: readonly Float32Array[];
  readonly told: {
    readonly frames: number;
    readonly passages: readonly { firstFrame: number; lastFrame: number; overlapFrames: number }[];
  };
}

let renders = 0;
async function render(plan: PlannedMix & { limiter?: boolean }, paths: readonly string[]): Promise<Rendered> {
  const name = join(folder, `render-${renders++}`);
  const passages = plan.passages.map((passage, i) => ({ file: basename(paths[i] ?? ''), ...passage }));
  writeFileSync(`${name}.json`, JSON.stringify({ limiter: false, ...plan, passages }));
  const lines: string[] = [];
  const io = {
    isJson: true,
    out: (line: string) => lines.push(line),
    err: (line: string) => lines.push(line),
  };
  const code = await runRender([`${name}.json`, '--out', `${name}.wav`, '--stems', `${name}-stems`], io);
  assert.equal(code, 0, lines.join('\n'));
  const stems = paths.map((path, i) => {
    const stem = basename(path).replace(/\.[^.]+$/, '');
    return read(join(`${name}-stems`, `${String(i + 1).padStart(2, '0')}-${stem}.wav`), plan.rate);
  });
  return { mix: read(`${name}.wav`, plan.rate), stems, told: JSON.parse(lines[0] ?? '') };
}

/** Renders, and checks mix, stems, length and timeline. */
async function prove(plan: PlannedMix, files: readonly File[]): Promise<Float32Array> {
  const answer = answerTo(
    plan,
    files.map(({ samples }) => samples),
  );
  const { mix, stems, told } = await render(
    plan,
    files.map(({ path }) => path),
  );
  assert.equal(compareMix(mix, answer.samples), null);
  assert.equal(told.frames, answer.samples.length / 2);
  told.passages.forEach((row, i) => {
    const stem = stems[i] as Float32Array;
    assert.equal(row.firstFrame, answer.firstFrames[i]);
    assert.equal(row.overlapFrames, answer.overlaps[i]);
    assert.equal(row.lastFrame - row.firstFrame + 1, stem.length / 2);
  });
  return mix;
}

const base = (rate: number, passages: PlannedPassage[], over: Partial<PlannedMix> = {}): PlannedMix => ({
  rate,
  globalCrossfadeS: 0.8,
  defaultCurve: 'equal-power',
  passages,
  ...over,
});

const CASES: readonly { name: string; passages: PlannedPassage[]; globalCrossfadeS?: number }[] = [
  { name: 'null points', passages: [{}, {}, {}] },
  { name: 'null points, no crossfade: butt joined', passages: [{}, {}, {}], globalCrossfadeS: 0 },
  {
    name: 'null points, a crossfade longer than half of anything',
    passages: [{}, {}, {}],
    globalCrossfadeS: 60,
  },
  { name: 'unequal leads', passages: [{ leadOutS: 1.9 }, { leadInS: 0.5, leadOutS: 2.2 }, { leadInS: 2.9 }] },
  {
    name: 'leads inside fades',
    passages: [
      { leadOutS: 2.6, fadeOutS: 1.2 },
      { leadInS: 0.7, fadeInS: 1.3, leadOutS: 2.4, fadeOutS: 1.4 },
      { leadInS: 0.6, fadeInS: 2.2 },
    ],
  },
  {
    name: 'fades inside leads',
    passages: [
      { leadOutS: 2.0, fadeOutS: 2.9 },
      { leadInS: 1.1, fadeInS: 0.2, leadOutS: 1.7, fadeOutS: 2.5 },
      { leadInS: 1.0, fadeInS: 0.1 },
    ],
  },
  {
    name: 'zero overlaps with fades that are set',
    passages: [{ leadOutS: 3.1, fadeOutS: 2.0 }, { fadeInS: 1.0, leadOutS: 2.7 }, { leadInS: 0 }],
  },
  {
    name: 'parts of files, between frames, with gains',
    passages: [
      { startS: 0.33333, endS: 2.777777, gainDb: -3 },
      { startS: 0.1, endS: 2.600001, leadInS: 0.512345, gainDb: -7.5 },
      { startS: 1.000013, fadeInS: 1.000013, gainDb: 2 },
    ],
  },
  {
    name: 'first and last with fades of their own; fade-in and fade-out overlapping in one passage',
    passages: [
      { fadeInS: 1.5 },
      { fadeInS: 1.6, fadeOutS: 1.6, leadInS: 1.6, leadOutS: 1.7 },
      { fadeOutS: 1.5 },
    ],
  },
  {
    name: 'a start that would make three sound is moved to the end of the last but one',
    passages: [{ leadOutS: 1.0 }, { leadOutS: 0.1 }, { leadInS: 2.6 }],
    globalCrossfadeS: 60,
  },
];

for (const rate of RATES) {
  const files = filesAt.get(rate) as File[];
  for (const { name, passages, globalCrossfadeS = 0.8 } of CASES) {
    test(`${name}, ${rate} Hz`, async () => {
      await prove(base(rate, passages, { globalCrossfadeS }), files);
    });
  }
  for (const curve of CURVES) {
    test(`curve ${curve}, on both sides and against another, ${rate} Hz`, async () => {
      const other = CURVES[(CURVES.indexOf(curve) + 1) % CURVES.length] ?? 'linear';
      const passages = [{}, { fadeInCurve: other }, { fadeInCurve: curve }];
      await prove(base(rate, passages, { defaultCurve: curve }), files);
    });
  }
  test(`volume is cubed, ${rate} Hz`, async () => {
    await prove(base(rate, [{}, {}], { volume: 0.6 }), files.slice(0, 2));
  });
  test(`stems of PCM at its own rate are the source, bit for bit, ${rate} Hz`, async () => {
    const span = { startS: 0.5, endS: 2.5 };
    const { stems } = await render(
      base(rate, [{}, span, {}]),
      files.map(({ path }) => path),
    );
    files.forEach(({ samples }, i) => {
      const expected = i === 1 ? samples.subarray(rate, 5 * rate) : samples;
      assert.equal(maxDifference(stems[i] as Float32Array, expected), 0);
    });
  });
}

test('resampled and lossy voices: the mix is the sum of their stems', async () => {
  for (const rate of RATES) {
    const other = rate === 44_100 ? 48_000 : 44_100;
    const codecs: Codec[] = other === 48_000 ? ['flac', 'opus', 'mp3'] : ['flac', 'vorbis', 'mp3'];
    const files = codecs.map((codec, i) => {
      const path = write(
        folder,
        `other-${codec}-${other}`,
        codec,
        other,
        music(3 * other + 17, other, i + 5),
      );
      return { path, samples: read(path, rate) };
    });
    await prove(base(rate, [{}, {}, {}]), files);
  }
});

test('the limiter leaves what is below -1 dBFS alone and bends what is above', async () => {
  const rate = 48_000;
  const files = (filesAt.get(rate) as File[]).slice(0, 2);
  const plan = base(rate, [{ gainDb: 9 }, { gainDb: 9 }]);
  const { mix } = await render(
    { ...plan, limiter: true },
    files.map(({ path }) => path),
  );
  const answer = answerTo(
    plan,
    files.map(({ samples }) => samples),
  );
  const threshold = 10 ** (-1 / 20);
  let bent = 0;
  const expected = answer.samples.map((x) => {
    if (Math.abs(x) <= threshold) return x;
    bent++;
    return (
      Math.sign(x) * (threshold + (1 - threshold) * Math.tanh((Math.abs(x) - threshold) / (1 - threshold)))
    );
  });
  assert.ok(bent > 100);
  assert.equal(compareMix(mix, expected), null);
});

test('canary: one frame late, one doubled, one dropped, another curve, a little louder: all are seen', async () => {
  const rate = 48_000;
  const files = (filesAt.get(rate) as File[]).slice(0, 2);
  const plan = base(rate, [{}, {}]);
  const mix = await prove(plan, files);
  const sources = files.map(({ samples }) => samples);
  const { samples: expected, firstFrames } = answerTo(plan, sources);
  const at = 2 * ((firstFrames[1] ?? 0) + 5000);

  const late = mix.slice();
  late.set(mix.subarray(at, mix.length - 2), at + 2);
  assert.match(compareMix(late, expected) ?? '', /samples differ, the first in frame/);
  const doubled = mix.slice();
  doubled.copyWithin(at, at - 2, at);
  assert.match(compareMix(doubled, expected) ?? '', /samples differ/);
  assert.match(compareMix(mix.subarray(0, mix.length - 2), expected) ?? '', /frames instead of/);
  const otherCurve = answerTo({ ...plan, defaultCurve: 'cosine' }, sources).samples;
  assert.match(compareMix(mix, otherCurve) ?? '', /samples differ/);
  assert.match(
    compareMix(
      mix.map((x) => x * 1.0001),
      expected,
    ) ?? '',
    /samples differ/,
  );
});
