// Power cuts of the booted card image. `npm run image:powercuts`, after `npm run image`.
// First: the plug pulled SEGUE_CUTS times (20) at random moments while it imports, enqueues, likes, sets and backs up, every other
// time while it is updated, too; each time it comes back playing with all that it had acknowledged. Then: the log of everything that one such run wrote to the card is cut at
// SEGUE_REPLAYS points (200), and of what no flush had made safe any part is lost; each time the file system is repaired as at a
// start, the database is sound, and nothing acknowledged before is missing.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { Status } from '../../daemon/adapters/http/shapes.ts';
import { builtImage, type Guest, makeGuest } from '../support/guest.ts';
import { writeMusic } from '../support/music.ts';
import { otherVersion } from '../support/package.ts';
import { apply, readWriteLog, survivors } from '../support/write-log.ts';

const CUTS = Number(process.env.SEGUE_CUTS ?? 20);
const REPLAYS = Number(process.env.SEGUE_REPLAYS ?? 200);
const SEED = Number(process.env.SEGUE_SEED ?? 20_261_130);
/** The third partition, as pi-image/build.sh lays it out. */
const DATA_AT = (2048 + (192 + 1024) * 2048) * 512;
const CARD_BYTES = 2 * 1024 ** 3;
const TRACKS = 8;

const folder = mkdtempSync(join(tmpdir(), 'segue-cuts-'));
after(() => {
  if (process.env.SEGUE_KEEP === undefined) rmSync(folder, { recursive: true, force: true });
  else console.log(`kept: ${folder}`);
});

function randomFrom(seed: number): () => number {
  let value = seed >>> 0;
  return () => {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
    return value / 2 ** 32;
  };
}

/** What a person was told is kept, and how much of the log had been written then. */
interface Acknowledged {
  readonly what: 'entry' | 'like' | 'setting';
  readonly value: number;
  readonly atByte: number;
}

/** What is not in a database of what was acknowledged; the latest setting alone must hold, or a later one. */
function missing(
  db: Database.Database,
  told: readonly Acknowledged[],
  possible: readonly number[],
): Acknowledged[] {
  const entries = new Set(
    db.prepare('SELECT id FROM queue UNION SELECT entry FROM plays').pluck().all() as number[],
  );
  const likes = db.prepare("SELECT count(*) FROM likes WHERE kind = 'like'").pluck().get() as number;
  const setting = Number(
    db.prepare("SELECT value FROM settings WHERE key = 'crossfade_s'").pluck().get() ?? -1,
  );
  const lost = told.filter(({ what, value }) => what === 'entry' && !entries.has(value));
  const mostLikes = told.filter(({ what }) => what === 'like').at(-1);
  if (mostLikes && likes < mostLikes.value) lost.push(mostLikes);
  const lastSetting = told.filter(({ what }) => what === 'setting').at(-1);
  if (lastSetting && setting !== lastSetting.value && !possible.includes(setting)) lost.push(lastSetting);
  return lost;
}

/** Does what people do, until `ended`; notes what was acknowledged and when. */
async function bustle(
  guest: Guest,
  random: () => number,
  ended: () => boolean,
  log: () => number,
  told: Acknowledged[],
) {
  const note = (what: Acknowledged['what'], value: number) => told.push({ what, value, atByte: log() });
  let likes = told.filter(({ what }) => what === 'like').at(-1)?.value ?? 0;
  while (!ended()) {
    try {
      const passage = `p${1 + Math.floor(random() * TRACKS)}`;
      const kind = random();
      if (kind < 0.5) {
        const { entries } = await guest.send<{ entries: string[] }>('POST', '/queue', {
          passage,
          where: 'end',
        });
        for (const id of entries) note('entry', Number(id.slice(1)));
      } else if (kind < 0.65) {
        await guest.send('POST', `/passages/${passage}/like`, { person: `somebody ${likes}` });
        note('like', ++likes);
      } else if (kind < 0.85) {
        const crossfade_s = Math.floor(random() * 10);
        await guest.send('PUT', '/settings', { crossfade_s });
        note('setting', crossfade_s);
      } else if (kind < 0.92) await guest.send('POST', '/skip');
      else if (kind < 0.96) await guest.send('POST', '/import');
      else await guest.send('POST', '/backups');
    } catch (error) {
      // Full: what waited is played; and once the plug is pulled nobody answers.
      if (ended()) return;
      if (/QUEUE_FULL/.test(String(error))) {
        await guest.send('DELETE', '/queue').catch(() => {});
        for (let i = told.length - 1; i >= 0; i--) if (told[i]?.what === 'entry') told.splice(i, 1);
      }
      await sleep(200);
    }
  }
}

const plays = (guest: Guest) =>
  guest.until(
    'it plays',
    () => guest.get<Status>('/status'),
    ({ playing, current }) => playing && (current?.positionMs ?? 0) > 0,
    900_000,
  );

async function withMusic(name: string, more: { writeLog?: string } = {}): Promise<Guest> {
  const guest = await makeGuest({
    ...{
      image: builtImage(),
      folder: join(folder, name),
      machine: 'virt' as const,
      cardBytes: CARD_BYTES,
      ...more,
    },
  });
  await guest.boot();
  const music = join(folder, 'music');
  writeMusic(music, TRACKS, 20);
  const tar = spawnSync('tar', ['-C', music, '-c', '.'], { maxBuffer: 1 << 30 }).stdout;
  const { code, err } = await guest.ssh('tar -C /data/music -x --no-same-owner', tar);
  assert.equal(code, 0, err);
  await guest.send('POST', '/import');
  await guest.until(
    'the import',
    () => guest.get<{ status: { state: string } | null }>('/import'),
    ({ status }) => status?.state === 'done',
    900_000,
  );
  await plays(guest);
  return guest;
}

test(`the plug pulled ${CUTS} times: it comes back playing, and nothing acknowledged is lost`, {
  skip: CUTS === 0 && 'none asked for',
}, async () => {
  const random = randomFrom(SEED);
  const guest = await withMusic('cuts');
  const told: Acknowledged[] = [];
  const debs = join(folder, 'debs');
  mkdirSync(debs);
  for (let cut = 1; cut <= CUTS; cut++) {
    const isUpdating = cut % 2 === 0;
    if (isUpdating) {
      // Installing takes a minute or two under emulation, and so does waiting for it to be ready.
      const deb = otherVersion('arm64', `0.9.${cut}`, debs);
      await guest.ssh('cat > /data/home/next.deb', readFileSync(deb));
      void guest.ssh('sudo segue update --unsigned /data/home/next.deb');
    }
    const until = Date.now() + 3000 + random() * (isUpdating ? 150_000 : 12_000);
    const doing = bustle(
      guest,
      random,
      () => Date.now() > until,
      () => 0,
      told,
    );
    await sleep(until - Date.now());
    await guest.kill();
    await doing;
    await guest.boot();
    await plays(guest);
    // An update that was cut off ends by itself: in either version, and nothing is left begun.
    await guest.until(
      'no update to be under way',
      () => guest.ssh('sudo test -e /var/cache/segue/update.json'),
      ({ code }) => code === 1,
      600_000,
    );
    await plays(guest);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholders
    const { out: version } = await guest.ssh("dpkg-query -W -f '${Version} ${db:Status-Status}' segue");
    assert.match(version, / installed$/);
    const { out: copied } = await guest.ssh(
      `sudo node -e '
        const db = require("/usr/lib/segue/node_modules/better-sqlite3")("/var/lib/segue/segue.db", { readonly: true });
        const all = (sql) => db.prepare(sql).pluck().all();
        console.log(JSON.stringify({ sound: db.pragma("integrity_check", { simple: true }), entries: all("SELECT id FROM queue UNION SELECT entry FROM plays"), likes: all("SELECT count(*) FROM likes")[0] }));'`,
    );
    const { sound, entries, likes } = JSON.parse(copied) as {
      sound: string;
      entries: number[];
      likes: number;
    };
    assert.equal(sound, 'ok');
    const known = new Set(entries);
    const lost = told.filter(({ what, value }) => what === 'entry' && !known.has(value));
    assert.deepEqual(lost, []);
    assert.ok(likes >= (told.filter(({ what }) => what === 'like').at(-1)?.value ?? 0));
    console.log(
      `  cut ${cut}${isUpdating ? ' in an update' : ''}: ${version}, ${told.length} acknowledged so far, nothing lost`,
    );
  }
  assert.ok(told.length > CUTS, 'hardly anything was acknowledged: this proves nothing');
  await guest.kill();
});

test(`the log of what was written cut at ${REPLAYS} points`, {
  skip: REPLAYS === 0 && 'none asked for',
}, async () => {
  const random = randomFrom(SEED + 1);
  const writeLog = join(folder, 'writes');
  const guest = await withMusic('logged', { writeLog });
  const told: Acknowledged[] = [];
  const until = Date.now() + 120_000;
  const from = statSync(writeLog).size;
  await bustle(
    guest,
    random,
    () => Date.now() > until,
    () => statSync(writeLog).size,
    told,
  );
  await guest.kill();
  const possible = told.filter(({ what }) => what === 'setting').map(({ value }) => value);

  const writes = readWriteLog(writeLog);
  // The card as it was when it was put in, and from there on each write.
  const fresh = await makeGuest({
    image: builtImage(),
    folder: join(folder, 'fresh'),
    machine: 'virt',
    cardBytes: CARD_BYTES,
  });
  const bytes = CARD_BYTES - DATA_AT;
  const [sure, tried, out] = ['sure.img', 'tried.img', 'out'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  execFileSync('dd', [
    `if=${fresh.card}`,
    `of=${sure}`,
    'bs=1M',
    `skip=${DATA_AT / 1048576}`,
    'conv=sparse',
    'status=none',
  ]);
  const log = openSync(writeLog, 'r');
  const disk = openSync(sure, 'r+');
  const first = writes.findIndex(({ endsAt }) => endsAt > from);
  let applied = 0;
  let repaired = 0;
  for (let k = 1; k <= REPLAYS; k++) {
    const count = first + Math.round(((writes.length - first) * k) / REPLAYS);
    const left = survivors(writes, count, () => random() < 0.5);
    const safe = writes.slice(0, count).findLastIndex(({ flush }) => flush);
    for (; applied < safe; applied++) apply(log, writes[applied] as never, disk, DATA_AT, bytes);
    execFileSync('cp', ['--sparse=always', sure, tried]);
    const copy = openSync(tried, 'r+');
    for (const index of left) if (index >= applied) apply(log, writes[index] as never, copy, DATA_AT, bytes);
    closeSync(copy);
    const fsck = spawnSync('e2fsck', ['-p', tried], { encoding: 'utf8' });
    assert.ok((fsck.status ?? 9) <= 1, `cut ${k}: ${fsck.stdout}${fsck.stderr}`);
    if (fsck.status === 1) repaired++;
    rmSync(out, { recursive: true, force: true });
    execFileSync('mkdir', ['-p', out]);
    execFileSync('debugfs', ['-R', `rdump /segue ${out}`, tried], { stdio: 'ignore' });
    const db = new Database(join(out, 'segue', 'segue.db'));
    assert.equal(db.pragma('integrity_check', { simple: true }), 'ok', `cut ${k}`);
    assert.deepEqual(db.pragma('foreign_key_check'), [], `cut ${k}`);
    const cutAt = writes[count - 1]?.endsAt ?? 0;
    const before = told.filter(({ atByte }) => atByte <= cutAt);
    assert.deepEqual(missing(db, before, possible), [], `cut ${k} of ${before.length} acknowledged`);
    db.close();
  }
  closeSync(log);
  closeSync(disk);
  const later = writes.length - first;
  console.log(
    `  ${later} writes, ${told.length} acknowledged, ${REPLAYS} cuts, of which ${repaired} had the file system repaired`,
  );
  assert.ok(told.length > 20, 'hardly anything was acknowledged: this proves nothing');
  assert.ok(readFileSync(writeLog).length > 0);
});
