// What goes wrong on the card, booted as in image.test.ts: the event loop and the audio thread hang, the sound card is away for a
// minute, Segue crashes again and again, an update is installed on a root that forgets, and there is neither clock nor network.
// `npm run image:faults`, after `npm run package` and `npm run image`; needs clang and the sysroot that the package was built with.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Status, Timeslots } from '../../daemon/adapters/http/shapes.ts';
import { builtImage, type Guest, makeGuest } from '../support/guest.ts';
import { writeMusic } from '../support/music.ts';
import { otherVersion } from '../support/package.ts';

const AWAY_MS = 60_000;
/** Long enough that what is looked at does not end meanwhile. */
const [TRACKS, SECONDS] = [6, 180];
const folder = mkdtempSync(join(tmpdir(), 'segue-faults-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const textOf = async (guest: Guest, command: string, input?: string | Buffer) => {
  const { code, out, err } = await guest.ssh(command, input);
  assert.equal(code, 0, `${command}: ${out}\n${err}`);
  return out;
};
const statusOf = (guest: Guest) => guest.get<Status>('/status');
const plays = (guest: Guest) =>
  guest.until(
    'it plays',
    () => statusOf(guest),
    ({ playing, current }) => playing && (current?.positionMs ?? 0) > 0,
    900_000,
  );

function madeMusic(): Buffer {
  const pieces = join(folder, 'music');
  writeMusic(pieces, TRACKS, SECONDS);
  return execFileSync('tar', ['-C', pieces, '-c', '.'], { maxBuffer: 1 << 30 });
}

/** A card that plays made music, its import over. */
async function withMusic(name: string, options: { soundFile?: string; rtc?: string }): Promise<Guest> {
  const guest = await makeGuest({
    image: builtImage(),
    folder: join(folder, name),
    machine: 'virt',
    setup: 'timezone = "Europe/Berlin"\n',
    ...options,
  });
  const from = Date.now();
  await guest.boot();
  await textOf(guest, 'tar -C /data/music -x --no-same-owner', madeMusic());
  await plays(guest);
  await guest.until(
    'the import to be over',
    () => guest.get<{ status: { state: string } | null }>('/import'),
    ({ status }) => status?.state === 'done',
    900_000,
  );
  console.log(`  ${name}: up, imported and playing after ${Math.round((Date.now() - from) / 1000)} s`);
  return guest;
}

let guest: Guest;
const text = (command: string, input?: string | Buffer) => textOf(guest, command, input);
const shown = async () =>
  Object.fromEntries(
    (await text('systemctl show segue -p NRestarts,MainPID,StatusText,WatchdogTimestampMonotonic'))
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  ) as Record<'NRestarts' | 'MainPID' | 'StatusText' | 'WatchdogTimestampMonotonic', string>;

before(async () => {
  guest = await withMusic('card', { soundFile: join(folder, 'sound.wav') });
});
after(() => guest?.kill());

/** In order, as a person would: what follows does not count as another crash. */
async function restartInOrder(): Promise<void> {
  await text('sudo systemctl restart segue');
  await plays(guest);
}

test('the sound card away for a minute is no reason to be restarted', async () => {
  const before = await statusOf(guest);
  const { MainPID, NRestarts } = await shown();
  await guest.qmp('device_del', { id: 'dac' });
  const fed = new Set<string>();
  for (const from = Date.now(); Date.now() - from < AWAY_MS; await sleep(3000)) {
    const { WatchdogTimestampMonotonic } = await shown();
    fed.add(WatchdogTimestampMonotonic);
  }
  const away = await statusOf(guest);
  assert.notEqual(away.sink, before.sink);
  await guest.qmp('device_add', { driver: 'usb-audio', audiodev: 'wav', id: 'dac' });
  const back = await guest.until(
    'the card again',
    () => statusOf(guest),
    ({ sink, playing }) => sink === before.sink && playing,
    180_000,
  );
  const now = await shown();
  assert.deepEqual([now.MainPID, now.NRestarts], [MainPID, NRestarts]);
  assert.ok(fed.size >= 4, `fed ${fed.size} times`);
  console.log(`  ${before.sink}; away: ${away.sink}, playing ${away.playing}; back: ${back.sink}`);
});

interface Hung {
  readonly before: Status;
  readonly hungAtMs: number;
  readonly restartedAtMs: number;
  readonly seenAtMs: number;
  readonly mirrored: readonly { atMs: number; entry: number; positionMs: number; savedAtMs: number }[];
  readonly after: Status;
}

test('an event loop that hangs: the music goes on until the watchdog, and within 2 s of there after it', async () => {
  await guest.send('POST', '/skip');
  await plays(guest);
  const script = readFileSync('test/proof/image/hang.mjs', 'utf8');
  const { out, err } = await guest.ssh(
    'sudo node --experimental-websocket --input-type=module -',
    script,
    600_000,
  );
  const facts = JSON.parse(out || 'null') as Hung | null;
  assert.ok(facts, err);
  const last = facts.mirrored.at(-1);
  assert.ok(last);
  const hungS = (facts.restartedAtMs - facts.hungAtMs) / 1000;
  // It played on: what was mirrored last is from shortly before the end.
  assert.ok(last.savedAtMs - facts.hungAtMs > 15_000, JSON.stringify(facts));
  const { current } = facts.after;
  assert.equal(Number(current?.entry.slice(1)), last.entry);
  const onMs = (current?.positionMs ?? 0) - last.positionMs;
  console.log(
    `  hung for ${hungS} s; on by ${onMs} ms, ${facts.seenAtMs - facts.restartedAtMs} ms after the restart`,
  );
  assert.ok(onMs > -2000 && onMs < 2000 + (facts.seenAtMs - facts.restartedAtMs), String(onMs));
});

test('an audio thread that hangs is ended by the watchdog, too', async () => {
  const freeze = join(folder, 'freeze');
  const sysroot = resolve('build/package/sysroot-arm64');
  const words = ['--target=aarch64-linux-gnu', `--sysroot=${sysroot}`, '-fuse-ld=lld', '-O1'];
  execFileSync('clang-22', [...words, '-o', freeze, 'test/proof/image/freeze.c']);
  await text('cat > /tmp/freeze && chmod +x /tmp/freeze', readFileSync(freeze));
  const { NRestarts, MainPID } = await shown();
  const said = await text(
    `sudo sh -c '/tmp/freeze ${MainPID} segue-audio > /tmp/frozen 2>&1 & sleep 3; cat /tmp/frozen'`,
  );
  assert.equal(said, 'frozen');
  const from = Date.now();
  const after = await guest.until('the restart', shown, (now) => now.NRestarts !== NRestarts, 120_000);
  console.log(`  restarted ${Math.round((Date.now() - from) / 1000)} s after it was frozen`);
  assert.equal(Number(after.NRestarts), Number(NRestarts) + 1);
  await plays(guest);
});

test('crashes in quick succession end in safe mode, playing; an orderly restart ends that', async () => {
  await restartInOrder();
  for (let crash = 1; crash <= 3; crash++) {
    const { NRestarts, MainPID } = await shown();
    await text(`sudo kill -KILL ${MainPID}`);
    await guest.until(
      `restart ${crash}`,
      shown,
      (now) => now.NRestarts !== NRestarts && now.MainPID !== '0' && now.StatusText !== '',
      180_000,
    );
    await plays(guest);
  }
  const { StatusText } = await guest.until(
    'its status',
    shown,
    (now) => /Plays/.test(now.StatusText),
    60_000,
  );
  assert.match(StatusText, /^Safe mode\. Plays .+ by .+\.$/);
  await restartInOrder();
  assert.doesNotMatch((await shown()).StatusText, /Safe mode/);
});

// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholder
const version = () => text("dpkg-query -W -f '${Version}' segue");

test('to-pi.sh installs over SSH, and says what plays', async () => {
  const words = ['deploy/to-pi.sh', '-F', guest.sshConfig, 'card'];
  const { stdout } = await promisify(execFile)('sh', words, { encoding: 'utf8' });
  assert.match(stdout, /Track \d+/);
  await plays(guest);
});

test('an update is there after the next start, too, though the root forgets', async () => {
  const before = await version();
  await text('segue settings set crossfade_s 7');
  mkdirSync(join(folder, 'debs'));
  const deb = otherVersion('arm64', '0.9.0', join(folder, 'debs'));
  await text('cat > /tmp/segue.deb', readFileSync(deb));
  const { code, out, err } = await guest.ssh('sudo segue update --unsigned /tmp/segue.deb', '', 600_000);
  assert.equal(code, 0, `${out}\n${err}`);
  assert.equal(await version(), '0.9.0');
  await guest.kill();
  await guest.boot();
  await plays(guest);
  assert.equal(await version(), '0.9.0');
  assert.match(await text('segue settings get crossfade_s'), /\b7\b/);
  console.log(`  ${before} before, 0.9.0 after it and after the plug was pulled`);
});

test('a version that does not become ready is taken back with its database, and stays back', async () => {
  const deb = otherVersion('arm64', '0.9.1', join(folder, 'debs'), 'broken');
  await text('cat > /tmp/segue.deb', readFileSync(deb));
  const { code, err } = await guest.ssh('sudo segue update --unsigned /tmp/segue.deb', '', 900_000);
  assert.equal(code, 1);
  assert.match(err, /Back at 0\.9\.0/);
  await plays(guest);
  assert.match(await text('segue settings get crossfade_s'), /\b7\b/);
  await guest.kill();
});

test('without a clock and a network it plays; when the clock is set, history is sane and the timeslot follows', async () => {
  const alone = await withMusic('alone', { rtc: '2020-01-01T00:00:00' });
  try {
    const cut = Date.now() - 30 * 86_400_000;
    const early = Number(await textOf(alone, 'date +%s')) * 1000;
    assert.ok(early < cut, `its clock says ${new Date(early).toISOString()}`);
    await alone.send('POST', '/skip');
    await sleep(5000);
    const last = await plays(alone);
    // As the time service does when it has found a server.
    await textOf(alone, `sudo date -s @${Math.floor(Date.now() / 1000)}`);
    await sleep(3000);
    const now = await statusOf(alone);
    assert.equal(now.playing, true, 'it played on');
    await alone.send('POST', '/skip');
    const next = await alone.until(
      'the next',
      () => plays(alone),
      ({ current }) => current?.entry !== now.current?.entry,
      120_000,
    );
    await sleep(3000);
    const rows = JSON.parse(
      await textOf(
        alone,
        `sudo node -e '
        const db = require("/usr/lib/segue/node_modules/better-sqlite3")("/var/lib/segue/segue.db", { readonly: true });
        console.log(JSON.stringify(db.prepare("SELECT started_at_ms AS startedAtMs, ended_at_ms AS endedAtMs, heard_ms AS heardMs, ended FROM plays ORDER BY id").all()))'`,
      ),
    ) as { startedAtMs: number; endedAtMs: number | null; heardMs: number | null; ended: string | null }[];
    console.log(rows.map((row) => `  ${JSON.stringify(row)}`).join('\n'));
    for (const { startedAtMs, endedAtMs, heardMs } of rows) {
      assert.ok(startedAtMs > early - 600_000 && startedAtMs < Date.now() + 60_000);
      assert.ok(heardMs === null || (heardMs >= 0 && heardMs <= (SECONDS + 1) * 1000), String(heardMs));
      assert.ok(endedAtMs === null || endedAtMs >= startedAtMs);
    }
    assert.ok(rows.some(({ startedAtMs }) => startedAtMs < cut) && (rows.at(-1)?.startedAtMs ?? 0) > cut);
    assert.ok(last.current && next.current);
    // The mood of this hour, by the clock of the wall in Berlin.
    const { timeslots } = await alone.get<Timeslots>('/timeslots');
    const time = await textOf(alone, 'date +%H:%M');
    const sorted = [...timeslots].sort((a, b) => (a.start < b.start ? -1 : 1));
    const due = sorted.findLast(({ start }) => start <= time) ?? sorted.at(-1);
    const { timeslot } = await statusOf(alone);
    console.log(`  ${time}: ${timeslot?.name}`);
    assert.equal(timeslot?.name, due?.name);
  } finally {
    await alone.kill();
  }
});
