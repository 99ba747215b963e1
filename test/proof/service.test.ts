// The unit under a real systemd: the first process of a container that shares this machine's files, changes thrown away.
// Needs root, systemd-container, and the built checkout; says so where one is missing.
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
  readonly current: { readonly entry: string; readonly positionMs: number };
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
  readonly hung: { readonly afterMs: number };
  readonly afterHang: Played;
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
    `[Unit]\nAfter=multi-user.target\n[Service]\nType=oneshot\nExecStart=${node} --experimental-websocket /opt/segue/test/proof/service/in-guest.mjs\n`,
  );
  run('mount', '--bind', '/', root);
  try {
    run(
      'env',
      'SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=0',
      ...[
        'timeout',
        '300',
        'systemd-nspawn',
        '--quiet',
        '--register=no',
        '--keep-unit',
        '--volatile=overlay',
      ],
      ...['--private-network', '-D', root, '--boot', '--console=read-only'],
      `--bind-ro=${resolve('.')}:/opt/segue`,
      `--bind=${join(folder, 'out')}:/out`,
      `--bind-ro=${join(folder, 'proof.service')}:/etc/systemd/system/proof.service`,
      ...['systemd.unit=multi-user.target', 'systemd.wants=proof.service'],
    );
  } finally {
    run('umount', root);
  }
  facts = JSON.parse(readFileSync(join(folder, 'out', 'facts.json'), 'utf8')) as Facts;
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

test('an event loop that hangs is ended by the watchdog, and it plays again', () => {
  const { afterMs } = facts.hung;
  assert.ok(afterMs > 5_000 && afterMs < 50_000, String(afterMs));
  assert.ok(facts.afterHang.current.positionMs > 0);
  assert.ok(facts.journal.some((line) => /Watchdog timeout/.test(line)));
});

test('it stops in order, and the journal is not filled', () => {
  assert.equal(facts.stopCode, 0);
  assert.equal(facts.stopped.ActiveState, 'inactive', facts.lingers);
  assert.ok(facts.journal.length < 120, facts.journal.slice(0, 60).join('\n'));
  assert.deepEqual(
    facts.journal.filter((line) => /denied|EPERM|not permitted|Failed to create/i.test(line)),
    [],
  );
});
