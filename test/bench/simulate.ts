// Bench: days of radio by the real rules on libraries that are made for it; "segue simulate" does the same on one's own.
// Target: a year of 58 tracks, and 30 days of 10,000, within a minute each, and no promise broken.
import { reportLines } from '../../daemon/cli/commands/simulate.ts';
import { simulate } from '../../daemon/simulate/simulate.ts';
import { openMemory } from '../support/database.ts';
import { moodyLibrary } from '../support/library.ts';
import type { Bench } from './run.ts';

const TARGET_S = 60;
const STATIONS = [
  { tracks: 58, artists: 18, days: 365 },
  { tracks: 10_000, artists: 1500, days: 30 },
];
const START_MS = Date.UTC(2026, 0, 1);

async function run(args: string[]): Promise<void> {
  const shortened = Number(args[0] ?? 1);
  for (const { tracks, artists, days } of STATIONS) {
    const { db } = moodyLibrary(openMemory(), tracks, artists);
    const before = process.cpuUsage();
    const startedMs = performance.now();
    const report = await simulate({ db, startMs: START_MS, days: Math.ceil(days / shortened), seed: 1 });
    const tookS = (performance.now() - startedMs) / 1000;
    const { user, system } = process.cpuUsage(before);
    console.log(`${tracks} tracks by ${artists} artists`);
    for (const line of reportLines(report)) console.log(`  ${line}`);
    const us = Math.round((user + system) / report.plays);
    const verdict = shortened > 1 ? '' : ` (target ${TARGET_S} s: ${tookS <= TARGET_S ? 'ok' : 'NO'})`;
    console.log(`  ${tookS.toFixed(1)} s${verdict}, ${us} CPU-\u00b5s a play\n`);
    db.close();
  }
}

export const bench: Bench = {
  name: 'simulate',
  summary:
    'days of radio by the real rules: how long they take, and what became of moods and cooldowns (argument: only that part of the days)',
  run,
};
