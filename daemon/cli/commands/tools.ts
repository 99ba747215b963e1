// render, bench: tools that need no daemon.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command, ExitCode } from '../command.ts';
import { fail, type Io } from '../io.ts';

/** What an installed Segue can measure runs here; the others are part of the checkout. */
async function bench(io: Io, words: readonly string[]): Promise<ExitCode> {
  const [wanted, ...args] = words;
  // Loaded when it is asked for: it brings the native core with it.
  const { BENCHES } = await import('../../bench/index.ts');
  const own = BENCHES.find(({ name }) => name === wanted);
  if (own !== undefined) {
    await own.run(args, io.out);
    return 0;
  }
  const root = ['../../../', '../../../../']
    .map((up) => fileURLToPath(new URL(up, import.meta.url)))
    .find((folder) => existsSync(`${folder}test/bench/run.ts`));
  if (root === undefined)
    return fail(io, {
      code: 'NOT_FOUND',
      message: `Installed are ${BENCHES.map(({ name }) => `segue bench ${name}`).join(' and ')}; the others run from a checkout of Segue: npm run bench.`,
    });
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'test/bench/run.ts', ...words], {
      cwd: root,
      stdio: 'inherit',
    });
    child.on('error', (error) => resolve(fail(io, { code: 'FAILED', message: error.message })));
    child.on('close', (code) => resolve(code === 0 ? 0 : 1));
  });
}

export const toolCommands: readonly Command[] = [
  {
    name: 'render',
    args: 'PLAN.json --out mix.wav|--hash [--stems DIR]',
    summary: 'Mix a plan through the real core into a float WAV',
    details:
      'The plan: {rate, globalCrossfadeS, defaultCurve, loudness, limiter, volume, passages: [{file, startS, fadeInS, leadInS, leadOutS, fadeOutS, endS, fadeInCurve, fadeOutCurve, gainDb}]}; only the files are needed, relative to the plan. Prints first frame, last frame and overlap of each. --hash writes no file, but the SHA-256 of the frames. --stems writes each voice as decoded and resampled, before gains.',
    words: [1, 6],
    passesArguments: true,
    async run(io, { words }) {
      // Loaded when it is asked for: it brings the native core with it.
      const { runRender } = await import('../render.ts');
      return runRender(words, io);
    },
  },
  {
    name: 'bench',
    args: '[name] [arguments]...',
    summary: 'Measure this machine: render or decode anywhere, the others in a checkout',
    words: [0, 50],
    passesArguments: true,
    run: (io, { words }) => bench(io, words),
  },
];
