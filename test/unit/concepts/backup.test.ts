// Backup: when one is due, and what is told of one that was written or not. Over a worker that the test plays.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBackup } from '../../../daemon/concepts/backup/backup.ts';
import { dueNow, type Situation } from '../../../daemon/concepts/backup/when-due.ts';
import type { BackupAnswer } from '../../../daemon/concepts/backup/worker-port.ts';
import { localTimeAt } from '../../../daemon/local-time.ts';
import type { BackupFile, BackupKind, BackupVocabulary } from '../../../sync/vocabulary/backup.ts';
import { handClock, recorder } from '../../support/ports.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOON = Date.UTC(2026, 0, 5, 12);
const dayOf = (atMs: number) => {
  const { year, month, dayOfMonth } = localTimeAt(atMs, 'Europe/Vienna');
  return `${year}-${month}-${dayOfMonth}`;
};
const file = (kind: BackupKind, atMs: number): BackupFile => ({
  kind,
  atMs,
  name: `${kind}-${atMs}`,
  bytes: 1,
});

function due(change: Partial<Situation>): BackupKind | null {
  return dueNow({
    nowMs: NOON,
    upMs: HOUR,
    files: [file('database', NOON - DAY), file('export', NOON - HOUR)],
    sinceMs: { database: null, export: null },
    exportedNight: null,
    dayOf,
    ...change,
  });
}

test('the database is due when its newest backup is a week old, or there is none', () => {
  const exported = file('export', NOON - HOUR);
  assert.equal(due({}), null);
  assert.equal(due({ files: [file('database', NOON - 7 * DAY + 1), exported] }), null);
  assert.equal(due({ files: [file('database', NOON - 7 * DAY), exported] }), 'database');
  assert.equal(
    due({ files: [file('database', NOON - 9 * DAY), file('database', NOON - DAY), exported] }),
    null,
  );
  assert.equal(due({ files: [] }), 'database');
});

test('the export is due once a night, which ends at three by the clock on the wall', () => {
  const database = file('database', NOON - HOUR);
  const at = (iso: string, lastIso: string) =>
    due({
      nowMs: Date.parse(iso),
      files: [{ ...database, atMs: Date.parse(iso) }, file('export', Date.parse(lastIso))],
    });
  // Vienna is an hour ahead of UTC in winter.
  assert.equal(at('2026-01-05T01:59:00Z', '2026-01-04T02:01:00Z'), null);
  assert.equal(at('2026-01-05T02:00:00Z', '2026-01-04T02:01:00Z'), 'export');
  assert.equal(at('2026-01-05T20:00:00Z', '2026-01-05T02:00:00Z'), null);
  assert.equal(at('2026-01-09T12:00:00Z', '2026-01-05T02:00:00Z'), 'export', 'it was off for some nights');
  assert.equal(due({ files: [database] }), 'export');
  assert.equal(due({ files: [database], exportedNight: dayOf(NOON) }), null, 'nothing had changed');
  assert.equal(due({ files: [database], exportedNight: dayOf(NOON - DAY) }), 'export');
});

test('not in the first ten minutes, and not within an hour of the last attempt', () => {
  assert.equal(due({ files: [], upMs: 10 * MINUTE - 1 }), null);
  assert.equal(due({ files: [], sinceMs: { database: HOUR - 1, export: null } }), 'export');
  assert.equal(due({ files: [], sinceMs: { database: HOUR - 1, export: HOUR - 1 } }), null);
  assert.equal(due({ files: [], sinceMs: { database: HOUR, export: null } }), 'database');
});

test('what a wrong clock wrote in the future does not count', () => {
  assert.equal(due({ files: [file('database', NOON + 2 * DAY), file('export', NOON)] }), 'database');
  assert.equal(due({ files: [file('database', NOON + HOUR), file('export', NOON)] }), null);
});

/** `waiting`: lines that a recovery could not put back. */
function rig(waiting = 0) {
  const clock = handClock(NOON);
  const { emit, emitted } = recorder<BackupVocabulary>();
  const disk: BackupFile[] = [];
  const warned: string[] = [];
  const jobs: {
    kind: BackupKind;
    atMs: number;
    finish: (answer: BackupAnswer) => void;
    isKilled: boolean;
  }[] = [];
  const quiet = () => {};
  const backup = createBackup({
    clock,
    log: { debug: quiet, info: quiet, error: quiet, warn: (message) => void warned.push(message) },
    emit,
    dayOf,
    unmerged: {
      count: () => waiting,
      merge() {
        waiting = Math.max(0, waiting - 2);
        return { merged: 2, left: waiting };
      },
    },
    worker: {
      list: () => [...disk].sort((a, b) => b.atMs - a.atMs),
      write(kind, atMs) {
        let finish: (answer: BackupAnswer) => void = () => {};
        const answer = new Promise<BackupAnswer>((resolve) => {
          finish = resolve;
        });
        const job = {
          kind,
          atMs,
          isKilled: false,
          finish(given: BackupAnswer) {
            if ('written' in given && given.written) disk.push({ ...file(kind, atMs), name: given.name });
            finish(given);
          },
        };
        jobs.push(job);
        return {
          answer,
          kill() {
            job.isKilled = true;
            finish({ fault: 'its process ended (SIGKILL)' });
          },
        };
      },
    },
  });
  const dueKind = () => backup.queries.due({})[0]?.kind ?? null;
  return { backup, clock, emitted, jobs, warned, dueKind };
}
const done = (name: string, change: object = {}) => ({
  name,
  bytes: 9,
  written: true,
  copyFault: null,
  ...change,
});

test('one at a time; written it is told, and not due again', async () => {
  const { backup, clock, emitted, jobs, dueKind } = rig();
  assert.equal(dueKind(), null);
  clock.pass(10 * MINUTE);
  assert.equal(dueKind(), 'database');
  const running = backup.actions.run({ kind: 'database', why: 'due' });
  assert.equal(dueKind(), null);
  const second = await backup.actions.run({ kind: 'export', why: 'asked' });
  assert.equal('error' in second && second.error, 'ALREADY_RUNNING');
  jobs[0]?.finish(done('a.db'));
  assert.deepEqual(await running, { kind: 'database', name: 'a.db', bytes: 9, written: true });
  assert.deepEqual(emitted, [{ event: 'written', payload: { kind: 'database', name: 'a.db', bytes: 9 } }]);
  assert.deepEqual(
    backup.queries.list({}).map(({ name }) => name),
    ['a.db'],
  );
  assert.equal(dueKind(), 'export');
});

test('an export that would be the same is told to nobody, and the night has had its own', async () => {
  const { backup, clock, emitted, jobs, dueKind } = rig();
  clock.pass(DAY);
  void backup.actions.run({ kind: 'database', why: 'asked' });
  jobs[0]?.finish(done('a.db'));
  await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  const running = backup.actions.run({ kind: 'export', why: 'due' });
  jobs[1]?.finish(done('e', { written: false }));
  await running;
  assert.deepEqual(
    emitted.map(({ event }) => event),
    ['written'],
  );
  clock.pass(2 * HOUR);
  assert.equal(dueKind(), null);
  clock.pass(DAY);
  assert.equal(dueKind(), 'export');
});

test('a failure is told in words with what to do, and tried again after an hour', async () => {
  const { backup, clock, emitted, jobs, dueKind } = rig();
  clock.pass(HOUR);
  const running = backup.actions.run({ kind: 'database', why: 'due' });
  jobs[0]?.finish({ fault: 'database or disk is full' });
  const answer = await running;
  assert.equal('error' in answer && answer.error, 'BACKUP_FAILED');
  assert.match(
    'message' in answer ? answer.message : '',
    /could not be written: database or disk is full\. Look/,
  );
  assert.equal(emitted[0]?.event, 'failed');
  assert.equal(dueKind(), 'export');
  clock.pass(HOUR);
  assert.equal(dueKind(), 'database');
});

test('a second copy that fails is told, and the backup stands', async () => {
  const { backup, emitted, jobs, warned } = rig();
  const running = backup.actions.run({ kind: 'database', why: 'asked' });
  jobs[0]?.finish(done('a.db', { copyFault: '/media/stick is not there' }));
  const answer = await running;
  assert.equal('written' in answer && answer.written, true);
  assert.deepEqual(
    emitted.map(({ event }) => event),
    ['written', 'failed'],
  );
  assert.equal(warned.length, 1);
});

test('a daemon that stops does not wait for it', async () => {
  const { backup, jobs } = rig();
  backup.stop();
  const running = backup.actions.run({ kind: 'database', why: 'due' });
  backup.stop();
  assert.equal(jobs[0]?.isKilled, true);
  assert.equal('error' in (await running), true);
});

test('what a recovery left over is tried until nothing waits any more', () => {
  const { backup, emitted } = rig(3);
  assert.deepEqual(backup.queries.unmerged({}), [{ lines: 3 }]);
  assert.deepEqual(backup.actions.mergeLeft({}), { merged: 2, left: 1 });
  assert.deepEqual(backup.queries.unmerged({}), [{ lines: 1 }]);
  backup.actions.mergeLeft({});
  assert.deepEqual(backup.queries.unmerged({}), []);
  assert.deepEqual(
    emitted.filter(({ event }) => event === 'merged').map(({ payload }) => payload),
    [
      { merged: 2, left: 1 },
      { merged: 2, left: 0 },
    ],
  );
});
