// `npm run bench -- covers [--times 20] [--side 3000]`: how long a cover takes from the order to the sized picture, and the most
// memory of the process that makes it. By the program and the way the daemon has; what the daemon keeps is left out.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COVER_SIZES } from '../../daemon/adapters/derived/cover-sizes.ts';
import { coverSpawner } from '../../daemon/adapters/derived/spawn-cover.ts';
import { temporaryFolder } from '../support/daemon.ts';
import { png } from '../support/png.ts';
import { random } from '../support/signals.ts';
import { quantile, table } from './support/table.ts';

const PROGRAM = 'build/native/segue-cover';
const size = coverSpawner(PROGRAM);

async function sized(path: string, longerSide: number): Promise<Buffer> {
  const answer = await size({ path, size: longerSide, keepBytes: 0 }).answer;
  if (answer === null || typeof answer === 'string') throw new Error(`${path}: ${answer}`);
  return answer.jpeg;
}

/** Looked at again and again until it ends: what it has taken by then. Not timed, since looking takes a processor. */
function mostBytes(path: string, longerSide: number): Promise<number> {
  const input = openSync(path, 'r');
  const child = spawn(PROGRAM, [String(longerSide), '0'], { stdio: [input, 'ignore', 'ignore'], env: {} });
  closeSync(input);
  let most = 0;
  let isOver = false;
  child.once('exit', () => {
    isOver = true;
  });
  return new Promise((resolve) => {
    const look = () => {
      if (isOver) return resolve(most);
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        most = Math.max(most, 1024 * Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0));
      } catch {
        // It has just ended.
      }
      setImmediate(look);
    };
    look();
  });
}

export const bench = {
  name: 'covers',
  summary: 'a large picture made smaller: time and memory, by size',
  isOfWaiting: true,
  async run(args: string[]) {
    const option = (name: string, otherwise: number) =>
      args.includes(name) ? Number(args[args.indexOf(name) + 1]) : otherwise;
    const times = option('--times', 20);
    const side = option('--side', 3000);
    const folder = temporaryFolder('bench-covers');
    const dice = random(1);
    // Waves and grain: as much to decode as a photograph has.
    const whole = join(folder.path, 'whole.png');
    const wave = (at: number) => 128 + 90 * Math.sin(at) + 30 * (dice() - 0.5);
    writeFileSync(
      whole,
      png(side, (x, y) => [wave(20 * x), wave(31 * y + 9 * x), wave(80 * (x + y))]),
    );
    const jpeg = join(folder.path, 'whole.jpg');
    writeFileSync(jpeg, await sized(whole, side));
    const rows: (string | number)[][] = [];
    for (const path of [jpeg, whole])
      for (const longerSide of COVER_SIZES) {
        const takenMs: number[] = [];
        let bytes = 0;
        for (let n = 0; n < times; n++) {
          const startedMs = performance.now();
          bytes = (await sized(path, longerSide)).length;
          takenMs.push(performance.now() - startedMs);
        }
        const most = await mostBytes(path, longerSide);
        const from = `${path.endsWith('.jpg') ? 'JPEG' : 'PNG'} of ${(statSync(path).size / 1e6).toFixed(1)} MB`;
        const [p50, worst] = [quantile(takenMs, 0.5).toFixed(0), Math.max(...takenMs).toFixed(0)];
        rows.push([`${from}, ${longerSide}`, p50, worst, (most / 1e6).toFixed(1), (bytes / 1024).toFixed(1)]);
      }
    table([`${side} × ${side} to`, 'ms p50', 'worst', 'most MB', 'KiB'], rows);
    folder.remove();
  },
};
