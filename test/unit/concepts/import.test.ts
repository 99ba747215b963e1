// The Import concept with workers that are played: acknowledgement, deaths, strikes, and what is said.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextRows } from '../../../daemon/concepts/import/batch-size.ts';
import type {
  FoundFile,
  FromWorker,
  ToWorker,
  WorkerEnd,
  WorkerHandle,
} from '../../../daemon/concepts/import/worker-port.ts';
import { importRig } from '../../support/import-rig.ts';
import { fileOf } from '../../support/library-fixture.ts';

interface Played {
  readonly received: ToWorker[];
  say(message: FromWorker): void;
  die(how: string, at?: FoundFile | null): void;
  readonly isKilled: boolean;
}

/** A worker that does what the script says when it is told to begin. */
function played(script: (worker: Played) => void): () => WorkerHandle {
  return () => {
    let listen = (_message: FromWorker) => {};
    let ended = (_end: WorkerEnd) => {};
    const worker = {
      received: [] as ToWorker[],
      isKilled: false,
      say: (message: FromWorker) => listen(message),
      die: (how: string, at: FoundFile | null = null) => ended({ how, at }),
    };
    return {
      send(message) {
        worker.received.push(message);
        if (message.type === 'begin') setImmediate(() => script(worker));
      },
      onMessage(listener) {
        listen = listener;
      },
      onEnd(listener) {
        ended = listener;
      },
      at: () => null,
      kill() {
        worker.isKilled = true;
        worker.die('signal SIGKILL');
      },
    };
  };
}

const at = (path: string): FoundFile => ({ folder: 1, path, sizeBytes: 1, mtimeMs: 1 });
const rigOf = (...scripts: ((worker: Played) => void)[]) => {
  let n = 0;
  return importRig({
    artDir: '/nowhere',
    spawnWorker: () => played(scripts[Math.min(n++, scripts.length - 1)] as (worker: Played) => void)(),
  });
};
const done = (worker: Played) => {
  worker.say({ type: 'done', fresh: 0 });
  worker.die('code 0');
};

test('rows are stored and acknowledged, and the end is said once with its sum', async () => {
  let seen: ToWorker[] = [];
  const rig = rigOf((worker) => {
    seen = worker.received;
    worker.say({ type: 'files', files: [fileOf('a.flac'), fileOf('b.flac')] });
    worker.say({ type: 'broken', file: at('c.mp3'), reason: 'It is empty.' });
    done(worker);
  });
  assert.deepEqual(await rig.run('/'), { job: 1 });
  assert.deepEqual(
    seen.map(({ type }) => type),
    ['begin', 'ack', 'ack'],
  );
  assert.equal(rig.status()?.message, 'Done: 2 new files, 1 failure.');
  const finished = rig.events.filter(({ event }) => event === 'finished');
  assert.deepEqual(
    finished.map(({ payload }) => payload),
    [rig.status()],
  );
  assert.equal(rig.library.db.prepare('SELECT count(*) FROM import_jobs').pluck().get(), 1);
});

test('what its steps have done is told apart from its status, over all workers', async () => {
  const steps = [{ step: 'probe', runs: 3, failed: 1, retried: 0, totalMs: 6, maxMs: 4 }];
  const rig = rigOf(
    (worker) => {
      worker.say({ type: 'steps', steps });
      worker.die('signal SIGKILL', at('once.mp3'));
    },
    (worker) => {
      worker.say({ type: 'steps', steps });
      worker.say({ type: 'files', files: [fileOf('a.flac')] });
      done(worker);
    },
  );
  await rig.run('/');
  const [probe, store] = rig.import.queries.steps({});
  assert.deepEqual(probe, { step: 'probe', runs: 6, failed: 2, retried: 0, totalMs: 12, maxMs: 4 });
  assert.equal(store?.runs, 1);
  assert.equal('steps' in (rig.status() ?? {}), false);
});

test('a job that changes nothing leaves no row', async () => {
  const rig = rigOf(done);
  await rig.run('/');
  assert.equal(rig.status()?.state, 'done');
  assert.equal(rig.library.db.prepare('SELECT count(*) FROM import_jobs').pluck().get(), 0);
});

test('the file at which two workers died is broken, one death is forgiven', async () => {
  const rig = rigOf(
    (worker) => worker.die('signal SIGSEGV', at('once.mp3')),
    (worker) => worker.die('signal SIGSEGV', at('twice.mp3')),
    (worker) => worker.die('signal SIGSEGV', at('twice.mp3')),
    done,
  );
  await rig.run('/');
  assert.deepEqual(Object.keys(rig.failures()), ['twice.mp3']);
  assert.match(rig.failures()['twice.mp3'] ?? '', /ended the import process 2 times \(signal SIGSEGV\)/);
  assert.equal(rig.workers.length, 4);
  assert.equal(rig.status()?.state, 'done');
});

test('a worker that cannot even start ends the job with what to do', async () => {
  const rig = rigOf((worker) => worker.die('code 1'));
  await rig.run('/');
  assert.equal(rig.workers.length, 3);
  assert.equal(rig.status()?.state, 'failed');
  assert.match(rig.status()?.message ?? '', /segue doctor/);
});

test('rows that cannot be stored end the job, not the daemon', async () => {
  const rig = rigOf((worker) => worker.say({ type: 'files', files: [fileOf('x', { folder: 99 })] }));
  await rig.run('/');
  assert.equal(rig.status()?.state, 'failed');
});

test('a file that cannot be stored is named and left out; those that came with it are stored', async () => {
  const odd = fileOf('odd.flac');
  const rig = rigOf((worker) => {
    const files = [fileOf('a.flac'), { ...odd, tags: { ...odd.tags, year: 1e20 } }, fileOf('b.flac')];
    worker.say({ type: 'files', files });
    done(worker);
  });
  await rig.run('/');
  assert.equal(rig.status()?.message, 'Done: 2 new files, 1 failure.');
  assert.match(rig.failures()['odd.flac'] ?? '', /^What its tags say cannot be stored: .*year\.$/);
});

test('a pause that ends at once is no death of a worker, however often', async () => {
  let workers = 0;
  const rig = rigOf((worker) => {
    workers += 1;
    if (workers < 5) {
      rig.import.actions.pause({ job: 1 });
      rig.import.actions.resume({ job: 1 });
    } else done(worker);
  });
  await rig.run('/');
  assert.deepEqual([rig.status()?.state, workers], ['done', 5]);
});

test('files that may still be growing are looked at once more', async () => {
  const rig = rigOf((worker) => {
    worker.say({ type: 'done', fresh: 1 });
    worker.die('code 0');
  }, done);
  await rig.run('/');
  assert.equal(rig.later.length, 1);
  rig.later[0]?.();
  await rig.import.idle();
  assert.equal(rig.workers.length, 2);
  assert.equal(rig.later.length, 1);
});

test('a path inside a music folder scans that folder and adds none', async () => {
  const rig = rigOf(done);
  await rig.run('/');
  await rig.run('/tmp');
  assert.deepEqual(
    rig.library.queries.folders({}).map(({ path }) => path),
    ['/'],
  );
});

test('batches grow while storing is quick, shrink when it is slow, and stay within bounds', () => {
  assert.equal(nextRows(1, 1), 8);
  assert.equal(nextRows(20, 1), 40);
  assert.equal(nextRows(40, 40), 15);
  assert.equal(nextRows(8, 500), 8);
  assert.equal(nextRows(100, 1), 100);
});
