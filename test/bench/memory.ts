// `npm run bench -- memory [--passages 10000] [--minutes 3] [--music DIR]`: the memory of a daemon that plays, by what it is
// for, with a large library whose every passage is a real file with a flavor of its own; nothing is imported meanwhile. And
// the most that it took on the way there, while it read that library.
import { join } from 'node:path';
import type { MemoryParts } from '../../daemon/adapters/http/shapes.ts';
import { startDaemon, temporaryFolder } from '../support/daemon.ts';
import { fillDatabase, manyFiles } from '../support/large-library.ts';
import { benchLibrary } from './support/library.ts';
import { memory } from './support/process-cost.ts';
import { table } from './support/table.ts';

const SAMPLE_MS = 200;
const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function run(args: string[]): Promise<void> {
  const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const count = Number(option('--passages') ?? 10_000);
  const minutes = Number(option('--minutes') ?? 3);
  const scratch = temporaryFolder('bench-memory');
  const music = join(scratch.path, 'music');
  const state = join(scratch.path, 'state');
  manyFiles(option('--music') ?? benchLibrary(join(scratch.path, 'pieces')), music, count);
  fillDatabase(state, music, count);
  const daemon = await startDaemon({ music, state });
  const most = { residentMb: 0, anonymousMb: 0 };
  const sampling = setInterval(() => {
    const now = memory(daemon.pid);
    most.residentMb = Math.max(most.residentMb, now.residentMb);
    most.anonymousMb = Math.max(most.anonymousMb, now.anonymousMb);
  }, SAMPLE_MS);
  try {
    await daemon.until(
      'playing',
      () => daemon.get<{ current: object | null }>('/status'),
      (status) => status.current !== null,
      60_000,
    );
    await sleep(minutes * 60_000);
    const { residentBytes, anonymousBytes, parts } = await daemon.get<MemoryParts>('/memory');
    const { plays } = await daemon.get<{ plays: object[] }>('/history');
    const imported = await daemon.get<{ status: object | null }>('/import');
    const mb = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
    console.log(`${count} passages, ${minutes} minutes of playing, ${plays.length} plays`);
    console.log(`import: ${JSON.stringify(imported.status)}`);
    table(
      ['part', 'resident MiB', 'anonymous MiB'],
      [
        ...parts.map((each) => [each.part, mb(each.residentBytes), mb(each.anonymousBytes)]),
        ['all of it (targets: 120, 45)', mb(residentBytes), mb(anonymousBytes)],
        ['the most since the start', most.residentMb.toFixed(1), most.anonymousMb.toFixed(1)],
      ],
    );
  } finally {
    clearInterval(sampling);
    await daemon.stop();
    scratch.remove();
  }
}

export const bench = {
  name: 'memory',
  summary:
    'memory of a daemon that plays from 10,000 passages, by part ([--passages N] [--minutes M] [--music DIR])',
  run,
};
