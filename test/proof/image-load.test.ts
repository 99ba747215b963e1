// The card at work, booted as in image.test.ts, with a library of 10,000 tracks: the memory of every process, its processor time beside
// Debian's mpd with the same files through the same sound card, and what an hour of untouched play writes to the card.
// `npm run image:load`, after `npm run package` and `npm run image`. SEGUE_MINUTES: of untouched play, 60; SEGUE_CPU_MINUTES: of each
// side, 3; SEGUE_TRACKS: of the library, 10,000. mpd comes from Debian's mirror and is not installed: it runs from its own folder.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Status } from '../../daemon/adapters/http/shapes.ts';
import { benchLibrary } from '../bench/support/library.ts';
import { builtImage, type Guest, makeGuest } from '../support/guest.ts';
import { usualMemory } from '../support/guest-memory.ts';
import { fillDatabase, manyFiles } from '../support/large-library.ts';

/** As long as music is. */
const SECONDS = 240;
const TRACKS = Number(process.env.SEGUE_TRACKS ?? 10_000);
const MINUTES = Number(process.env.SEGUE_MINUTES ?? 60);
const CPU_MINUTES = Number(process.env.SEGUE_CPU_MINUTES ?? 3);
const SECTOR = 512;
const MIB = 1024 ** 2;
const folder = mkdtempSync(join(tmpdir(), 'segue-load-'));
let guest: Guest;

const text = async (command: string, input?: string | Buffer) => {
  const { code, out, err } = await guest.ssh(command, input, 900_000);
  assert.equal(code, 0, `${command}: ${out}\n${err}`);
  return out;
};
const plays = () =>
  guest.until(
    'it plays',
    () => guest.get<Status>('/status'),
    ({ playing, current }) => playing && (current?.positionMs ?? 0) > 0,
    900_000,
  );
const tar = (from: string) => execFileSync('tar', ['-C', from, '-c', '.'], { maxBuffer: 2 ** 31 - 1 });

before(async () => {
  const [pieces, music, state] = ['pieces', 'music', 'state'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  // The rate of QEMU's sound card: each side would convert in its own way, and emulated floating point is dear.
  benchLibrary(pieces, 'flac', SECONDS, 48_000);
  manyFiles(pieces, music, TRACKS);
  mkdirSync(state);
  fillDatabase(state, music, TRACKS, '/data/music');
  guest = await makeGuest({
    image: builtImage(),
    folder: join(folder, 'guest'),
    machine: 'virt',
    soundFile: join(folder, 'sound.wav'),
  });
  await guest.boot();
  await text('sudo systemctl stop segue');
  await text('tar -C /data/music -x --no-same-owner', tar(music));
  await text('sudo tar -C /var/lib/segue -x --no-same-owner', tar(state));
  await text('sudo chown -R segue:segue /var/lib/segue && sudo systemctl start --no-block segue');
  await plays();
  await guest.until(
    'the look at all files to be over',
    () => guest.get<{ status: { state: string } | null }>('/import'),
    ({ status }) => status?.state === 'done',
    1_800_000,
  );
  const [row] = JSON.parse(
    await text(
      `sudo node -e 'console.log(JSON.stringify(require("/usr/lib/segue/node_modules/better-sqlite3")("/var/lib/segue/segue.db", { readonly: true }).prepare("SELECT count(*) AS passages FROM passages p JOIN files f ON f.id = p.file WHERE f.state = ?").all("ok")))'`,
    ),
  ) as [{ passages: number }];
  assert.equal(row.passages, TRACKS);
});
after(async () => {
  await guest?.kill();
  rmSync(folder, { recursive: true, force: true });
});

test(`memory of every process, playing from ${TRACKS} tracks`, async () => {
  // What the look at the files took has been given back.
  await sleep(60_000);
  const { used, daemon, table } = await usualMemory(guest);
  console.log(`${table}\n  used by everything: ${used} MiB`);
  assert.ok(used <= 230, `${used} MiB are used`);
  assert.ok((daemon?.Rss ?? 999) <= 120, JSON.stringify(daemon));
  assert.ok((daemon?.Anonymous ?? 999) <= 45, JSON.stringify(daemon));
});

/** Processor time of a unit, of a minute of playing, in seconds; told by thread, too. */
async function cpuOf(unit: string): Promise<number> {
  const group = `/sys/fs/cgroup/system.slice/${unit}`;
  const used = async () => Number(/usage_usec (\d+)/.exec(await text(`cat ${group}/cpu.stat`))?.[1]) / 1e6;
  const threads = async () => {
    const told = await text(
      `for process in $(cat ${group}/cgroup.procs); do sudo cat /proc/$process/task/*/stat; done`,
    );
    return told
      .trim()
      .split('\n')
      .map((line) => {
        const [, id = '', name = '', rest = ''] = /^(\d+) \((.*)\) (.*)$/.exec(line) ?? [];
        const [user, system] = rest.split(' ').slice(11, 13).map(Number);
        return { id, name, ticks: (user ?? 0) + (system ?? 0) };
      });
  };
  const [before, threadsBefore, from] = [await used(), await threads(), Date.now()];
  await sleep(CPU_MINUTES * 60_000);
  const aMinute = 60_000 / (Date.now() - from);
  const seconds = ((await used()) - before) * aMinute;
  const known = new Map(threadsBefore.map(({ id, ticks }) => [id, ticks]));
  const byName = new Map<string, number>();
  for (const { id, name, ticks } of await threads())
    byName.set(name, (byName.get(name) ?? 0) + ((ticks - (known.get(id) ?? 0)) / 100) * aMinute);
  const table = [...byName].filter(([, each]) => each >= 0.01).sort(([, a], [, b]) => b - a);
  console.log(
    `  ${unit}, s a minute, by thread (without those that ended): ${table.map(([name, each]) => `${name} ${each.toFixed(2)}`).join(', ')}`,
  );
  return seconds;
}

/** mpd and the libraries it needs, from Debian's packages for the card's processor. */
function mpdFolder(): string {
  const root = join('build/image/mpd-arm64');
  if (!existsSync(join(root, 'usr/bin/mpd'))) {
    const mirror =
      process.env.SEGUE_MIRROR ??
      execFileSync('sh', ['-c', "apt-get indextargets --format '$(REPO_URI)' 'Label: Debian' | head -n 1"], {
        encoding: 'utf8',
      }).trim();
    rmSync(root, { recursive: true, force: true });
    const words = [
      '--quiet',
      '--variant=extract',
      '--arch=arm64',
      '--include=mpd,mpc',
      'trixie',
      root,
      mirror,
    ];
    execFileSync('mmdebstrap', words, { stdio: 'inherit' });
  }
  const to = join(folder, 'mpd');
  mkdirSync(join(to, 'lib'), { recursive: true });
  const library = join(root, 'usr/lib/aarch64-linux-gnu');
  const places = [library, ...readdirSync(library).map((name) => join(library, name))];
  const find = (name: string) => places.map((place) => join(place, name)).find((path) => existsSync(path));
  const taken = new Set<string>();
  const take = (path: string) => {
    const needed = execFileSync('readelf', ['-d', path], { encoding: 'utf8' }).matchAll(/NEEDED.*\[(.+)\]/g);
    for (const [, name = ''] of needed) {
      const found = taken.has(name) ? undefined : find(name);
      taken.add(name);
      // The card's own C library is the same.
      if (found === undefined || /^(libc|libm|ld-linux.*|libpthread|libdl|librt)\.so/.test(name)) continue;
      copyFileSync(realpathSync(found), join(to, 'lib', name));
      take(found);
    }
  };
  for (const program of ['mpd', 'mpc']) {
    copyFileSync(join(root, 'usr/bin', program), join(to, program));
    take(join(to, program));
  }
  return to;
}

test('processor time beside mpd with the same files and the same sound card', {
  skip: CPU_MINUTES === 0 && 'none asked for',
}, async () => {
  const segue = await cpuOf('segue.service');
  console.log(`  Segue: ${segue.toFixed(2)} s of processor a minute`);
  const stats = await text('segue audio stats');
  console.log(stats.replace(/^/gm, '  '));
  const { sink } = await guest.get<Status>('/status');
  const programs = mpdFolder();
  await text('mkdir -p /data/home/mpd && tar -C /data/home/mpd -x --no-same-owner', tar(programs));
  await text('sudo systemctl stop segue');
  const config = [
    'music_directory "/data/music"',
    'db_file "/data/home/mpd/database"',
    'bind_to_address "127.0.0.1"',
    ...['audio_output {', 'type "alsa"', 'name "card"', 'device "plughw:0"', 'mixer_type "none"', '}'],
    'auto_update "no"',
  ].join('\n');
  await text('cat > /data/home/mpd/mpd.conf', `${config}\n`);
  const at = '/data/home/mpd';
  await text(
    `sudo systemd-run --quiet --unit=mpd-proof --uid=owner -p SupplementaryGroups=audio -E LD_LIBRARY_PATH=${at}/lib ${at}/mpd --no-daemon ${at}/mpd.conf`,
  );
  const mpc = (words: string) => text(`LD_LIBRARY_PATH=${at}/lib ${at}/mpc ${words}`);
  await guest.until(
    'mpd',
    () => guest.ssh(`LD_LIBRARY_PATH=${at}/lib ${at}/mpc status`),
    ({ code }) => code === 0,
    180_000,
  );
  // A hundred are enough to play from.
  for (let id = 1; id <= 20; id++) await mpc(`--wait update ${id}.flac`);
  await mpc('listall | LD_LIBRARY_PATH=/data/home/mpd/lib /data/home/mpd/mpc add');
  for (const words of ['crossfade 5', 'repeat on', 'play']) await mpc(words);
  const playing = await guest.until(
    'mpd to play',
    () => mpc('status'),
    (said) => /\[playing\]/.test(said),
    120_000,
  );
  console.log(playing.replace(/^/gm, '  '));
  await sleep(10_000);
  const mpd = await cpuOf('mpd-proof.service');
  assert.match(await mpc('status'), /\[playing\]/);
  await text('sudo systemctl stop mpd-proof; sudo systemctl start --no-block segue');
  await plays();
  console.log(
    `  ${basename(sink)}: Segue ${segue.toFixed(2)} s of processor a minute, mpd ${mpd.toFixed(2)} s: × ${(segue / mpd).toFixed(2)}`,
  );
  assert.ok(segue / mpd <= 1.5, `× ${segue / mpd}`);
});

test(`what ${MINUTES} minutes of untouched play write to the card`, {
  skip: MINUTES === 0 && 'none asked for',
}, async () => {
  // The backup that is made every week is no part of it; what the tests before have written settles.
  await guest.send('POST', '/backups');
  await text('sync');
  await sleep(60_000);
  const written = async () =>
    Number((await text('sync; cat /sys/block/vda/stat')).trim().split(/ +/)[6]) * SECTOR;
  const [before, from] = [await written(), Date.now()];
  await sleep(MINUTES * 60_000);
  const bytes = (await written()) - before;
  const hours = (Date.now() - from) / 3_600_000;
  const aDay = (bytes / hours) * 24;
  console.log(
    `  ${(bytes / MIB).toFixed(2)} MiB in ${(hours * 60).toFixed(1)} minutes: ${(aDay / MIB).toFixed(1)} MiB a day`,
  );
  assert.ok(aDay <= 5e6, `${aDay} bytes a day`);
});
