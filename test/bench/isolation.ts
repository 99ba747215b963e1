// `npm run bench -- isolation [--runs 3]`: JavaScript blocked for 2 s while playing, through the same virtual device:
// naudiodon fed from JavaScript beside our callback. What was captured is searched for silence and lost frames.
import { spawn } from 'node:child_process';
import { openVirtualDevice, type VirtualDevice } from '../support/pulse.ts';
import { quantile, table } from './support/table.ts';

const RATE_HZ = 48_000;
const BLOCK_S = 2;
/** The player plays a ramp: each frame says which one it is. */
const SECONDS = 8;

interface Outcome {
  readonly silentS: number;
  readonly lostFrames: number;
  readonly xruns: number | null;
}

function play(device: VirtualDevice, player: string): Promise<{ xruns: number | null }> {
  return new Promise((resolve, reject) => {
    const args = [
      '--import',
      'tsx',
      `test/bench/support/${player}.ts`,
      String(RATE_HZ),
      String(SECONDS),
      String(BLOCK_S),
    ];
    const child = spawn(process.execPath, args, {
      env: device.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.on('close', (code) => {
      // naudiodon prints lines of its own on stdout, also after ours.
      const line = output.split('\n').findLast((text) => text.startsWith('{'));
      if (code !== 0 || line === undefined)
        reject(new Error(`${player} ended with ${code}: ${errors.slice(-800)}`));
      else resolve(JSON.parse(line));
    });
  });
}

/** Frame n of the ramp is (n+1) / 2^20: exact in float, and unique for 21 s at 48 kHz. */
function judge(captured: Float32Array): { silentS: number; lostFrames: number } {
  let first = -1;
  let last = -1;
  let silent = 0;
  let pending = 0;
  const seen = new Set<number>();
  for (let n = 0; n < captured.length / 2; n++) {
    const index = Math.round((captured[2 * n] ?? 0) * 2 ** 20) - 1;
    if (index < 0) {
      if (first >= 0) pending++;
      continue;
    }
    if (first < 0) first = index;
    silent += pending;
    pending = 0;
    last = Math.max(last, index);
    seen.add(index);
  }
  return { silentS: silent / RATE_HZ, lostFrames: last - first + 1 - seen.size };
}

async function measure(player: string): Promise<Outcome> {
  const device = await openVirtualDevice(RATE_HZ);
  try {
    const recording = await device.record();
    const { xruns } = await play(device, player);
    return { ...judge(await recording.stop()), xruns };
  } finally {
    await device.close();
  }
}

async function run(args: string[]): Promise<void> {
  const runs = Number(args.includes('--runs') ? args[args.indexOf('--runs') + 1] : 3);
  const rows: (string | number)[][] = [];
  for (const [player, words] of [
    ['isolation-naudiodon', 'naudiodon fed from JavaScript'],
    ['isolation-core', "the core's own callback"],
  ] as const) {
    const outcomes: Outcome[] = [];
    for (let at = 0; at < runs; at++) outcomes.push(await measure(player));
    const median = (of: (outcome: Outcome) => number) => quantile(outcomes.map(of), 0.5);
    const worst = (of: (outcome: Outcome) => number) => Math.max(...outcomes.map(of));
    rows.push([
      words,
      median((o) => o.silentS).toFixed(3),
      worst((o) => o.silentS).toFixed(3),
      median((o) => o.lostFrames),
      worst((o) => o.lostFrames),
      outcomes.some((o) => o.xruns !== null) ? worst((o) => o.xruns ?? 0) : '–',
    ]);
  }
  console.log(
    `JavaScript blocked for ${BLOCK_S} s while ${SECONDS} s play; ${runs} runs a side; PulseAudio null sink at ${RATE_HZ} Hz`,
  );
  table(['', 'silence s, median', 'worst', 'frames lost, median', 'worst', 'xruns told'], rows);
}

export const bench = {
  name: 'isolation',
  summary: 'JavaScript blocked for 2 s: frames lost by naudiodon and by our callback',
  isOfWaiting: true,
  run,
};
