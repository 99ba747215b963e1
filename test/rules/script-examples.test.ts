// The scripts that ship as examples and act by rules, over the stub appliance: what each does, and that the trace says
// who did it. What answers requests is in test/unit/scripts.test.ts.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { openLua } from '../../daemon/adapters/script/lua.ts';
import { loadScript, readScript } from '../../daemon/scripts/compiler.ts';
import { ScriptFailure } from '../../sync/script/host.ts';
import { stubAppliance } from '../support/stub-appliance.ts';

const folder = 'deploy/scripts/';

function read(t: TestContext, name: string) {
  const script = loadScript(`${name}.lua`, readFileSync(`${folder}${name}.lua`, 'utf8'), () =>
    openLua(ScriptFailure),
  );
  assert.ok(!(script instanceof ScriptFailure), String((script as ScriptFailure).message));
  t.after(() => script.close());
  const found = readScript(script, {
    failed: (rule, failure) => assert.fail(`${rule}: ${failure.message}`),
    succeeded: () => {},
  });
  assert.deepEqual(found.faults, []);
  return found;
}

function withExample(t: TestContext, name: string) {
  const stub = stubAppliance();
  const { rules } = read(t, name);
  stub.register(rules);
  assert.ok('added' in stub.engine.replace(`scripts/${name}.lua`, rules));
  return stub;
}

test('every example is read without a fault, under names of their own', (t) => {
  const files = readdirSync(folder);
  const names = files.flatMap((file) =>
    read(t, file.replace(/\.lua$/, '')).rules.map(({ definition }) => definition.name),
  );
  assert.equal(new Set(names).size, names.length);
});

test('AlbumInFullOnSundays: what is chosen on a Sunday gives way to its album, from first to last', async (t) => {
  const stub = withExample(t, 'album-on-sundays');
  let weekday = 6;
  stub.queries['Appliance.localTime'] = () => [
    { minuteOfDay: 600, weekday, dayOfMonth: 1, month: 6, year: 2026 },
  ];
  stub.queries['Library.albumOf'] = ({ passage }) =>
    (passage as number) < 8 ? [{ album: 1, title: 'Sky', passages: [4, 2, 1, 7, 3] }] : [];
  const queued = () => stub.queue.map(({ passage }) => passage);
  const choose = async () => {
    stub.queue = [];
    stub.forget();
    await stub.pass(2000);
    stub.engine.emit('Queue', 'changed', { waiting: 0 });
    await stub.settle();
  };
  await choose();
  assert.deepEqual(queued(), [1, 2, 3]);
  weekday = 0;
  await choose();
  assert.deepEqual(queued(), [4, 2, 1, 7, 3]);
  assert.deepEqual(stub.problems, []);
  const record = stub.engine.trace
    .findFlowsOf(({ rule }) => rule === 'AlbumInFullOnSundays')
    .flatMap(({ records }) => records)
    .find(({ name, rule }) => name === 'Queue.enqueue' && rule === 'AlbumInFullOnSundays');
  assert.deepEqual(record?.input, { passages: [4, 2, 1, 7, 3], where: { after: 4 }, source: 'auto' });
  const path = stub.engine.trace.pathToRoot(record?.id ?? '').map(({ name }) => name);
  assert.ok(path.includes('Director.select'), path.join(' '));

  // A song without an album is played alone.
  stub.library = [9, 10, 11, 12, 13, 14];
  await choose();
  assert.deepEqual(queued(), [9, 10, 11]);
});
