// `npm run bench -- card-writes [--passages 2000] [--seconds 60] [--plays 15]`: what playing writes to a card, read from the counter
// of a block device: an ext4 in a file behind a loop device, mounted as the card's /data is. Pieces are shorter than music, so that
// there are enough of them; the day is worked out for pieces of four minutes. Needs root, for the mount.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startDaemon, temporaryFolder } from '../support/daemon.ts';
import { fillDatabase, manyFiles } from '../support/large-library.ts';
import { benchLibrary } from './support/library.ts';
import { table } from './support/table.ts';

const SECTOR = 512;
const PLAYS_A_DAY = (24 * 60) / 4;
const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
const run = (program: string, ...words: string[]) =>
  execFileSync(program, words, { encoding: 'utf8' }).trim();

/** As /data is mounted on the card. */
function mountOptions(): string {
  const line = readFileSync('pi-image/root/etc/fstab', 'utf8')
    .split('\n')
    .find((each) => each.split(' ')[1] === '/data');
  const options = line?.split(' ')[3]?.split(',') ?? [];
  return options.filter((option) => !option.startsWith('x-')).join(',');
}

async function measure(args: string[]): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('Mounting needs root: run this with sudo.');
  const number = (name: string, usual: number) =>
    args.includes(name) ? Number(args[args.indexOf(name) + 1]) : usual;
  const passages = number('--passages', 2000);
  const seconds = number('--seconds', 60);
  const plays = number('--plays', 15);
  const scratch = temporaryFolder('bench-card');
  const [music, card, runtime, image] = ['music', 'card', 'runtime', 'card.img'].map((name) =>
    join(scratch.path, name),
  ) as [string, string, string, string];
  const state = join(card, 'segue');
  manyFiles(benchLibrary(join(scratch.path, 'pieces'), 'flac', seconds, 48_000), music, passages);
  run('truncate', '-s', '1G', image);
  run('mkfs.ext4', '-q', '-b', '4096', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image);
  const device = run('losetup', '--find', '--show', image);
  for (const folder of [card, runtime]) mkdirSync(folder);
  try {
    run('mount', '-o', mountOptions(), device, card);
    try {
      mkdirSync(state);
      fillDatabase(state, music, passages);
      // Where the position is mirrored is RAM on the card.
      const daemon = await startDaemon({ music, state, environment: { RUNTIME_DIRECTORY: runtime } });
      try {
        const written = () => {
          run('sync', '-f', card);
          const [, name] = /\/dev\/(\w+)/.exec(device) ?? [];
          return Number(readFileSync(`/sys/block/${name}/stat`, 'utf8').trim().split(/ +/)[6]) * SECTOR;
        };
        const sizes = () =>
          ['segue.db', 'segue.db-wal', 'trace.db', 'trace.db-wal'].map((name) => {
            const path = join(state, name);
            return [name, existsSync(path) ? statSync(path).size : 0] as const;
          });
        const heard = async () =>
          (await daemon.get<{ plays: { startedAtMs: number; playId: string }[] }>('/history?limit=100')).plays
            .length;
        // The backup that is made every week, the look at the files and the first choices are no part of it.
        await daemon.send('POST', '/backups', {});
        await daemon.until('two plays', heard, (count) => count >= 2, (3 * seconds + 60) * 1000);
        await sleep(30_000);
        const [before, sizesBefore, playsBefore] = [written(), new Map(sizes()), await heard()];
        await sleep(plays * seconds * 1000);
        const [bytes, played] = [written() - before, (await heard()) - playsBefore];
        const kb = (each: number) => (each / 1000).toFixed(1);
        const rows = sizes().map(([name, size]) => [
          `${name} has grown by`,
          kb((size - (sizesBefore.get(name) ?? 0)) / played),
        ]);
        console.log(`${passages} passages of ${seconds} s, ${played} plays`);
        table(
          ['kB a play', ''],
          [
            ...rows,
            ['written to the device', kb(bytes / played)],
            [
              'MB a day, pieces of 4 minutes (target: 5)',
              (((bytes / played) * PLAYS_A_DAY) / 1e6).toFixed(1),
            ],
          ],
        );
      } finally {
        await daemon.stop();
      }
    } finally {
      run('umount', card);
    }
  } finally {
    run('losetup', '--detach', device);
    scratch.remove();
  }
}

export const bench = {
  name: 'card-writes',
  summary: 'what playing writes to a card ([--passages N] [--seconds S] [--plays P]; needs root)',
  run: measure,
};
