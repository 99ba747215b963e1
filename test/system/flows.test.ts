// Very many flows through the engine with all rules, the trace on and all of it written down: what is in memory does not
// grow, rings and indexes stay within their limits, and so does trace.db. SEGUE_FLOWS sets how many (npm run proof:flows:
// two million).
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { keepHistory } from '../../sync/bus-history.ts';
import { temporaryFolder } from '../support/daemon.ts';
import { openFlowRig } from '../support/flow-rig.ts';
import { heapLeft } from '../support/garbage.ts';

const FLOWS = Number(process.env.SEGUE_FLOWS ?? 20_000);
/** As in the daemon, where there are enough to reach it. */
const MAX_ON_DISK = Math.min(50_000, FLOWS / 5);
/** Old ones are deleted so many at a time. */
const DELETE_STEP = 500;
const HISTORY = 1000;
const BATCH = 50;
/** What V8 remembers by the way, more in the beginning. A byte a flow would be 1.5 MB in the long form. */
const HEAP_SLACK_BYTES = 1024 * 1024;
const folder = temporaryFolder('flows');
after(() => folder.remove());

interface Mark {
  readonly flows: number;
  readonly heapBytes: number;
  readonly residentMb: number;
  readonly traced: { readonly flows: number; readonly bytes: number };
  readonly history: { readonly events: number; readonly ids: number; readonly parents: number };
  readonly onDisk: number;
  /** trace.db and its log. */
  readonly diskBytes: number;
  readonly writtenBytes: number;
}

const sizeOf = (name: string) => statSync(join(folder.path, name), { throwIfNoEntry: false })?.size ?? 0;

test(`${FLOWS} flows leave memory, indexes and trace.db where they were`, async () => {
  const rig = openFlowRig(folder.path, MAX_ON_DISK);
  const history = keepHistory(rig.bus, HISTORY);
  const marks: Mark[] = [];
  let begun = 0;
  try {
    for (const share of [0.25, 0.5, 0.75, 1]) {
      while (rig.ended() < share * FLOWS) {
        for (let n = 0; n < BATCH; n++) rig.begin(begun++);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await rig.idle();
      const { fileBytes, flows: onDisk, dropped, writtenBytes } = rig.traceDb.size();
      assert.equal(dropped, 0);
      marks.push({
        flows: rig.ended(),
        heapBytes: await heapLeft(),
        residentMb: Math.round(process.memoryUsage().rss / 2 ** 20),
        traced: rig.engine.trace.size,
        history: history.size,
        onDisk,
        diskBytes: fileBytes + sizeOf('trace.db-wal'),
        writtenBytes: writtenBytes ?? 0,
      });
    }
    for (const mark of marks) console.log(`#told ${JSON.stringify(mark)}`);
    const last = marks.at(-1) as Mark;
    const perFlow = Math.round(last.writtenBytes / last.flows);
    console.log(`#told ${begun} things from outside; ${perFlow} bytes written to trace.db a flow`);

    assert.deepEqual(rig.problems.slice(0, 3), []);
    for (const { traced, history: kept, onDisk } of marks) {
      assert.ok(traced.flows <= 1050 && traced.bytes <= 8 * 2 ** 20, JSON.stringify(traced));
      assert.deepEqual([kept.events, kept.ids], [HISTORY, HISTORY]);
      assert.ok(kept.parents <= HISTORY);
      assert.ok(onDisk <= MAX_ON_DISK + DELETE_STEP, `${onDisk} flows in trace.db`);
    }
    const [first] = marks as [Mark];
    assert.ok(first.onDisk >= MAX_ON_DISK - 64, 'trace.db was not full: it proves nothing');
    const grown = Math.max(...marks.map(({ heapBytes }) => heapBytes)) - first.heapBytes;
    assert.ok(grown < HEAP_SLACK_BYTES, `the heap grew by ${grown} bytes`);
    assert.ok(last.diskBytes < 1.25 * first.diskBytes, `${first.diskBytes} bytes, then ${last.diskBytes}`);
    const [newest] = rig.traceDb.newest(1);
    assert.equal(newest?.id, rig.engine.trace.flows({ limit: 1 })[0]?.id);
  } finally {
    rig.close();
  }
});
