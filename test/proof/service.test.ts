// The unit under a real systemd: the first process of a container that shares this machine's files, changes thrown away.
// Needs root, systemd-container, pulseaudio and the built checkout; says so where one is missing. What it saw stays in
// build/proof-service.json.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';

interface Shown {
  readonly StatusText: string;
  readonly NRestarts: string;
  readonly ActiveState: string;
  readonly WatchdogTimestampMonotonic: string;
}
interface Played {
  readonly playing: boolean;
  readonly sink: string;
  readonly current: { readonly entry: string; readonly positionMs: number };
}
/** What there is of the owner's rules, and what health says of it. */
interface Owned {
  readonly rules: readonly string[];
  readonly said: { readonly ok: boolean; readonly message: string } | null;
}
interface Facts {
  readonly error?: string;
  readonly startCode: number;
  readonly started: Shown;
  readonly exposure: number;
  readonly modes: Readonly<Record<string, string>>;
  readonly later: Shown;
  readonly killed: { readonly before: Played; readonly afterMs: number };
  readonly resumed: Played;
  readonly owned: Owned;
  readonly hung: {
    readonly afterMs: number;
    readonly in: Played['current'];
    readonly mirrored: readonly {
      readonly atMs: number;
      readonly entry: number;
      readonly positionMs: number;
      readonly savedAtMs: number;
    }[];
    readonly seenAtMs: number;
  };
  readonly afterHang: Played;
  readonly frozen: { readonly said: string; readonly status: Played; readonly afterMs: number };
  readonly afterFreeze: Played;
  readonly safe: Owned & { readonly status: string };
  readonly unsafe: Owned;
  readonly device: {
    readonly before: Played;
    readonly away: readonly (Shown & Played & { readonly MainPID: string })[];
    readonly back: Played;
    readonly after: Shown & { readonly MainPID: string };
  };
  readonly looped: Owned & { readonly status: string; readonly plays: Played };
  readonly lingers?: string;
  readonly stopCode: number;
  readonly stopped: Shown;
  readonly journal: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), 'segue-service-'));
const root = join(folder, 'root');
let facts: Facts;

function run(command: string, ...words: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, words, { encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(
    `${command}: ${stderr || String(error)}\nThis proof needs root, and: apt-get install -y --no-install-recommends systemd-container`,
  );
}

before(() => {
  for (const name of ['root', 'out']) mkdirSync(join(folder, name));
  const node = process.execPath;
  writeFileSync(
    join(folder, 'proof.service'),
    `[Unit]\nAfter=multi-user.target\n[Service]\nType=oneshot\nExecStart=${node} --experimental-websocket /usr/lib/segue/test/proof/service/in-guest.mjs\n`,
  );
  run('mount', '--bind', '/', root);
  try {
    run(
      'env',
      // As on a machine of today. With the old one a container's systemd is not told that a unit's last process has gone, and
      // waits for a time limit.
      'SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1',
      ...[
        'timeout',
        '480',
        'systemd-nspawn',
        '--quiet',
        '--register=no',
        '--keep-unit',
        '--volatile=overlay',
      ],
      ...['--private-network', '-D', root, '--boot', '--console=read-only'],
      `--bind-ro=${resolve('.')}:/usr/lib/segue`,
      `--bind=${join(folder, 'out')}:/out`,
      `--bind-ro=${join(folder, 'proof.service')}:/etc/systemd/system/proof.service`,
      ...['systemd.unit=multi-user.target', 'systemd.wants=proof.service'],
    );
  } finally {
    run('umount', root);
  }
  const text = readFileSync(join(folder, 'out', 'facts.json'), 'utf8');
  writeFileSync('build/proof-service.json', text);
  facts = JSON.parse(text) as Facts;
  assert.equal(facts.error, undefined, `${facts.error}\n${facts.journal.join('\n')}`);
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('it becomes ready, says what plays, and is exposed to 2.0 at most', () => {
  assert.equal(facts.startCode, 0);
  assert.match(facts.started.StatusText, /^Plays .+ by .+\.$/);
  assert.ok(facts.exposure <= 2, String(facts.exposure));
  assert.deepEqual(facts.modes, {
    '/var/lib/segue': '700',
    '/run/segue': '750',
    '/run/segue/segued.sock': '660',
  });
});

test('the watchdog is fed while all is well', () => {
  assert.equal(facts.later.NRestarts, '0');
  const fed = [facts.started, facts.later].map((shown) => Number(shown.WatchdogTimestampMonotonic));
  assert.ok((fed[1] ?? 0) > (fed[0] ?? 0), String(fed));
});

test('killed it is started again and goes on where it was', () => {
  const { entry, positionMs } = facts.killed.before.current;
  assert.equal(facts.resumed.current.entry, entry);
  assert.ok(
    facts.resumed.current.positionMs > positionMs - 2000,
    JSON.stringify([facts.killed, facts.resumed]),
  );
});

test('an event loop that hangs is ended by the watchdog; the music goes on until then, and from there', () => {
  const { afterMs, in: hungIn, mirrored } = facts.hung;
  assert.ok(afterMs > 5_000 && afterMs < 50_000, String(afterMs));
  assert.ok(facts.journal.some((line) => /Watchdog timeout/.test(line)));
  // Written while JavaScript hung: as old as a quarter of a second, or a little more on a busy machine.
  const whileHung = mirrored.filter(({ atMs, savedAtMs }) => atMs - savedAtMs < 1500);
  const [first, last] = [whileHung[0], whileHung.at(-1)];
  assert.ok(first && last && last.savedAtMs - first.savedAtMs > 15_000, JSON.stringify(mirrored));
  if (first.entry === last.entry) {
    const heardMs = last.positionMs - first.positionMs;
    assert.ok(Math.abs(heardMs - (last.savedAtMs - first.savedAtMs)) < 1000, String(heardMs));
    assert.ok(last.positionMs > hungIn.positionMs + 15_000);
  }
  const left = mirrored.at(-1) ?? last;
  const { entry, positionMs } = facts.afterHang.current;
  assert.equal(Number(entry.slice(1)), left.entry);
  const onMs = positionMs - left.positionMs;
  assert.ok(onMs > -2000 && onMs < 2000 + (facts.hung.seenAtMs - left.atMs), String(onMs));
});

test('an audio thread that hangs is ended by the watchdog, too, and it plays again', () => {
  const { said, status, afterMs } = facts.frozen;
  assert.equal(said, 'frozen');
  assert.equal(status.playing, true, 'JavaScript was well');
  assert.ok(afterMs > 5_000 && afterMs < 60_000, String(afterMs));
  assert.equal(facts.journal.filter((line) => /Watchdog timeout/.test(line)).length, 2);
  assert.ok(facts.afterFreeze.current.positionMs > 0);
});

test('three crashes in ten minutes end in safe mode, playing; an orderly restart ends that', () => {
  assert.deepEqual([facts.owned.rules, facts.owned.said], [['OwnersOwn'], null]);
  for (const safe of [facts.safe, facts.looped]) {
    assert.deepEqual(safe.rules, []);
    assert.equal(safe.said?.ok, false);
    assert.match(safe.said?.message ?? '', /crashed 3 times within ten minutes/);
    assert.match(safe.status, /^Safe mode\. Plays .+ by .+\.$/);
  }
  assert.equal(facts.looped.plays.playing, true);
  assert.deepEqual([facts.unsafe.rules, facts.unsafe.said], [['OwnersOwn'], null]);
  assert.equal(facts.journal.filter((line) => /crashed 3 times within ten minutes/.test(line)).length, 2);
});

test('a device that is away for a minute is no reason to be restarted', () => {
  const { before, away, back, after } = facts.device;
  assert.ok(away.length >= 10, String(away.length));
  // The first look may come before anybody has noticed.
  for (const look of away.slice(1)) {
    assert.deepEqual([look.sink, look.playing, look.NRestarts], ['null', false, '0'], JSON.stringify(look));
    assert.equal(look.MainPID, after.MainPID);
  }
  const fed = new Set(away.map(({ WatchdogTimestampMonotonic }) => WatchdogTimestampMonotonic));
  assert.ok(fed.size >= 5, 'it was fed all the time');
  assert.equal(back.current.entry, before.current.entry);
  assert.ok(back.current.positionMs >= before.current.positionMs - 1000);
});

test('it stops in order, and the journal is not filled', () => {
  assert.equal(facts.stopCode, 0);
  assert.equal(facts.stopped.ActiveState, 'inactive', facts.lingers);
  const starts = facts.journal.filter((line) => /^Starting segue/.test(line)).length;
  assert.ok(starts >= 7, String(starts));
  assert.ok(facts.journal.length < 20 * starts, facts.journal.slice(0, 60).join('\n'));
  assert.deepEqual(
    facts.journal.filter((line) => /timed out\. Killing/.test(line)),
    [],
    facts.lingers,
  );
  assert.deepEqual(
    facts.journal.filter((line) => /denied|EPERM|not permitted|Failed to create/i.test(line)),
    [],
  );
});
