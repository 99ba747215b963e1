// The owner's rules as the daemon has them: read, read again, refused, switched and tried out.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createOwnerRules } from '../../daemon/owner-rules/owner-rules.ts';
import { recordedFlows } from '../../daemon/owner-rules/recorded-flows.ts';
import { lookForRuleFiles } from '../../daemon/owner-rules/rule-files.ts';
import type { FlowView } from '../../sync/engine/index.ts';
import { stubAppliance } from '../support/stub-appliance.ts';

const louder = (name: string, volume: number) => `- name: ${name}
  summary: Says so.
  when: Player.play
  then: {Player.setVolume: {volume: ${volume}}}
`;
const test = { door: 'test' } as const;

function setUp(t: TestContext) {
  const directory = join(mkdtempSync(join(tmpdir(), 'segue-rules-')), 'rules');
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const stub = stubAppliance();
  const warned: string[] = [];
  const rules = createOwnerRules({
    engine: stub.engine,
    door: stub.engine,
    files: lookForRuleFiles(directory),
    directory,
    log: { debug() {}, info() {}, warn: (message) => void warned.push(message), error() {} },
    nowMs: () => 1_700_000_000_000,
    rulesOff: () => String(stub.settings.rules_off ?? ''),
    timeZone: () => 'UTC',
    flowsSince: (fromMs) =>
      recordedFlows({ inMemory: () => stub.engine.trace.flows(), saved: () => [] }, fromMs),
  });
  const write = (file: string, text: string) => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, file), text);
  };
  /** Twice, as a file has to stand still. */
  const look = async () => {
    await rules.look();
    await rules.look();
  };
  const volumesAfterPlay = async () => {
    stub.forget();
    await stub.engine.run('Player', 'play', {}, test);
    await stub.settle();
    return stub.of('Player.setVolume').map(({ volume }) => volume);
  };
  return { stub, rules, directory, warned, write, look, volumesAfterPlay };
}

describe('files', () => {
  it('are read, read again when they change, and gone with their file', async (t) => {
    const { stub, rules, directory, write, look, volumesAfterPlay } = setUp(t);
    await look();
    assert.deepEqual(rules.list().rules, []);
    write('a.yaml', louder('Loud', 0.5));
    write('notes.txt', 'no rules');
    write('.a.yaml.swp', 'no rules');
    await look();
    assert.deepEqual(await volumesAfterPlay(), [0.5]);
    const flow = stub.engine.trace.flows().find(({ records }) => records[0]?.name === 'Player.play');
    assert.equal(flow?.records[1]?.rule, 'Loud');
    write('a.yaml', louder('Loud', 0.25));
    await look();
    assert.deepEqual(await volumesAfterPlay(), [0.25]);
    // As editors save: a new file under another name, renamed over the old one.
    write('a.yaml~', louder('Loud', 0.1));
    renameSync(join(directory, 'a.yaml~'), join(directory, 'a.yaml'));
    await look();
    assert.deepEqual(await volumesAfterPlay(), [0.1]);
    renameSync(join(directory, 'a.yaml'), join(directory, 'b.yaml'));
    await look();
    assert.deepEqual(
      rules.list().rules.map(({ name, group, enabled }) => [name, group, enabled]),
      [['Loud', 'rules/b.yaml', true]],
    );
    rmSync(join(directory, 'b.yaml'));
    await look();
    assert.deepEqual(await volumesAfterPlay(), []);
  });

  it('are left alone while they are being written', async (t) => {
    const { rules, write } = setUp(t);
    write('a.yaml', louder('Loud', 0.5).slice(0, 30));
    await rules.look();
    write('a.yaml', louder('Loud', 0.5));
    await rules.look();
    assert.deepEqual(rules.list().files, []);
    await rules.look();
    assert.deepEqual(rules.list().files, [{ file: 'a.yaml', rules: ['Loud'], faults: [] }]);
  });

  it('are read also beside one that cannot be looked at', async (t) => {
    const { rules, directory, write, look } = setUp(t);
    write('b.yaml', louder('Loud', 0.5));
    symlinkSync('a.yaml', join(directory, 'a.yaml'));
    await look();
    assert.deepEqual(
      rules.list().files.map(({ file }) => file),
      ['b.yaml'],
    );
  });

  it('with a fault change nothing, and are told with their place', async (t) => {
    const { stub, rules, warned, write, look, volumesAfterPlay } = setUp(t);
    write('a.yaml', louder('Loud', 0.5));
    await look();
    write('a.yaml', louder('Loud', 0.25).replace('volume:', 'volumme:'));
    await look();
    const place = 'rules/a.yaml:4:29: Player.setVolume has no "volumme": did you mean volume?';
    assert.equal(warned[0], place);
    assert.equal(rules.list().files[0]?.faults.length, 1);
    await stub.settle();
    const notice = stub.of('Panel.broadcast').find(({ topic }) => topic === 'notice');
    assert.deepEqual(notice?.data, { level: 'warning', message: `${place}. The version before goes on.` });
    assert.deepEqual(await volumesAfterPlay(), [0.5]);
    write('a.yaml', louder('Loud', 0.25));
    await look();
    assert.deepEqual(rules.list().files[0]?.faults, []);
    assert.deepEqual(await volumesAfterPlay(), [0.25]);
  });

  it('cannot take the name of a built-in rule, or of another file', async (t) => {
    const { rules, write, look } = setUp(t);
    write('a.yaml', louder('Loud', 0.5));
    write('b.yaml', louder('Loud', 0.6));
    write('c.yaml', louder('PersistVolume', 0.6));
    await look();
    const faults = rules.list().files.map(({ file, faults: [fault] }) => [file, fault?.message ?? null]);
    assert.deepEqual(faults, [
      ['a.yaml', null],
      ['b.yaml', 'there is a rule called Loud already (rules/a.yaml): choose another name'],
      ['c.yaml', 'there is a rule called PersistVolume already (built-in): choose another name'],
    ]);
    assert.deepEqual((await rules.check(louder('Loud', 0.7))).faults, []);
    assert.equal((await rules.check(louder('PersistVolume', 0.7))).faults.length, 1);
  });
});

describe('switches', () => {
  it('hold, are among the settings, and are not for built-in rules', async (t) => {
    const { stub, rules, write, look, volumesAfterPlay } = setUp(t);
    write('a.yaml', louder('Loud', 0.5));
    await look();
    assert.deepEqual(await rules.setEnabled('Loud', false, test), { name: 'Loud', enabled: false });
    assert.equal(stub.settings.rules_off, 'Loud');
    assert.deepEqual(await volumesAfterPlay(), []);
    write('a.yaml', louder('Loud', 0.6));
    await look();
    assert.equal(rules.list().rules[0]?.enabled, false);
    await rules.setEnabled('Loud', true, test);
    assert.equal(stub.settings.rules_off, '');
    assert.deepEqual(await volumesAfterPlay(), [0.6]);
    for (const [name, code] of [
      ['PersistVolume', 'FORBIDDEN'],
      ['Nobody', 'NO_SUCH_RULE'],
    ] as const) {
      const answer = await rules.setEnabled(name, false, test);
      assert.equal('error' in answer && answer.error, code);
    }
    stub.settings.rules_off = 'PersistVolume';
    rules.applySwitches();
    assert.ok(stub.engine.rules().every(({ enabled }) => enabled));
  });
});

describe('a rule tried out', () => {
  it('says what it would have done, and does nothing', async (t) => {
    const { stub, rules, write, look } = setUp(t);
    await stub.engine.run('Player', 'setVolume', { volume: 0.9 }, test);
    await stub.engine.run('Player', 'setVolume', { volume: 0.2 }, test);
    await stub.engine.run('Player', 'pause', {}, test);
    stub.forget();
    const text = `- name: Quiet
  summary: Quieter.
  when: {Player.volumeChanged: {volume: ?volume}}
  where: {if: volume > 0.4}
  then:
    - Player.setVolume: {volume: = volume / 2}
      gives: {volume: ?now}
    - Player.setVolume: {volume: ?now}
`;
    const answer = await rules.test({ text }, 1_000_000);
    assert.ok('tests' in answer);
    const [report] = answer.tests;
    assert.ok((report?.flows ?? 0) >= 3);
    assert.deepEqual([report?.matched, report?.rejected, report?.failed], [2, 1, 0]);
    assert.deepEqual(
      report?.would.map(({ actions }) => actions),
      [
        [
          { name: 'Player.setVolume', input: { volume: 0.45 } },
          { name: 'Player.setVolume', input: null },
        ],
      ],
    );
    assert.deepEqual(stub.did, []);
    assert.deepEqual(
      await rules.test({ name: 'Quiet' }, 1).then((a) => 'error' in a && a.error),
      'NO_SUCH_RULE',
    );
    write('a.yaml', text);
    await look();
    assert.ok('tests' in (await rules.test({ name: 'Quiet' }, 1)));
    const bad = await rules.test({ text: 'x' }, 1);
    assert.equal('error' in bad && bad.error, 'BAD_RULE');
  });
});

describe('recorded flows', () => {
  it('come each once, oldest first, from disk and memory', () => {
    const flow = (id: string, startedAtMs: number) => ({ id, startedAtMs }) as FlowView;
    const saved = Array.from({ length: 350 }, (_, i) => flow(`s${i}`, Math.floor(i / 150)));
    const inMemory = [flow('m2', 9), flow('s349', 2), flow('m1', 0)];
    const parts = [
      ...recordedFlows(
        {
          inMemory: () => inMemory,
          saved: (from, to, limit) =>
            saved.filter(({ startedAtMs: at }) => at >= from && at <= to).slice(0, limit),
        },
        0,
      ),
    ].flat();
    assert.equal(parts.length, 352);
    assert.equal(new Set(parts.map(({ id }) => id)).size, 352);
    const times = parts.map(({ startedAtMs }) => startedAtMs);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
  });
});
