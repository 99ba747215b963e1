// Every command against the real API over the local socket: words, --json, exit codes.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseMoment } from '../../../daemon/cli/words.ts';
import { type FakeDaemon, segue, startFakeDaemon } from '../../support/fake-daemon.ts';

let daemon: FakeDaemon;
const run = (...words: string[]) => daemon.run(...words);

async function ok(...words: string[]): Promise<string> {
  const { code, out, err } = await run(...words);
  assert.equal(code, 0, err || out);
  assert.equal(err, '');
  return out;
}

before(async () => {
  daemon = await startFakeDaemon();
});
after(() => daemon.close());

describe('control', () => {
  it('shows what plays', async () => {
    daemon.radio.setPosition(61_000);
    const out = await ok('status');
    assert.match(out, /▶ Harbour Lights — Ana Lindqvist/);
    assert.match(out, /1:01 \/ 3:34/);
    assert.match(out, /next The Long Way Round/);
    assert.match(out, /volume 60 % · evening · USB DAC/);
    assert.equal(JSON.parse(await ok('status', '--json')).current.entry, 'e1');
  });

  it('pauses, plays, seeks', async () => {
    assert.equal(await ok('pause'), 'Paused at 1:01.\n');
    assert.match(await ok('status'), /⏸/);
    assert.equal(await ok('play'), 'Playing.\n');
    assert.equal(await ok('seek', '1:30'), 'At 1:30.\n');
    assert.equal(await ok('seek', '-10'), 'At 1:20.\n');
    assert.equal(await ok('seek', '+5'), 'At 1:25.\n');
    assert.equal((await run('seek', 'soon')).code, 2);
    const far = await run('seek', '59:00');
    assert.equal(far.code, 1);
    assert.match(far.err, /not that long/);
  });

  it('sets the volume', async () => {
    assert.equal(await ok('volume'), '60 %\n');
    assert.equal(await ok('volume', '35'), 'Volume 35 %.\n');
    assert.equal(await ok('volume', '+10'), 'Volume 45 %.\n');
    assert.equal(await ok('volume', '-50'), 'Volume 0 %.\n');
    assert.deepEqual(JSON.parse(await ok('volume', '60', '--json')), { volume: 0.6 });
    for (const bad of ['120', 'loud']) assert.equal((await run('volume', bad)).code, 2);
  });

  it('skips', async () => {
    assert.equal(await ok('skip'), 'Skipped e1.\n');
    daemon.radio.answer('Player.skip', () => ({ skipped: null, throttled: true }));
    assert.match(await ok('skip'), /a moment ago/);
    daemon.radio.answer('Player.skip', () => ({
      error: 'NOTHING_PLAYS',
      message: 'Nothing plays: add some.',
    }));
    const nothing = await run('skip');
    assert.deepEqual(nothing, { code: 1, out: '', err: 'Nothing plays: add some.\n' });
    const json = await run('skip', '--json');
    assert.equal(json.code, 1);
    assert.equal(JSON.parse(json.out).error.code, 'NOTHING_PLAYS');
    daemon.radio.answers.delete('Player.skip');
  });
});

describe('queue', () => {
  it('lists, adds, moves, removes and clears', async () => {
    assert.match(await ok('queue'), /▶ {2}e2/);
    assert.match(await ok('queue', 'add', 'p9', 'p10', '--next'), /Added e7, e8 next/);
    assert.match(await ok('queue', 'add', 'copper', 'wire'), /Copper Wire — Vektor\nAdded e9 at the end/);
    assert.match((await run('queue', 'add', 'no', 'such', 'thing')).err, /Nothing is called "no such thing"/);
    assert.match(await ok('queue', 'move', 'e9', 'after', 'e7'), /Moved e9 after e7/);
    assert.deepEqual(
      daemon.radio.entries.slice(0, 4).map((each) => each.entry),
      [2, 7, 9, 8],
    );
    assert.match(await ok('queue', 'move', 'e8', 'next'), /front/);
    assert.equal((await run('queue', 'move', 'e8', 'up')).code, 2);
    assert.equal((await run('queue', 'move', 'e99', 'end')).code, 1);
    assert.equal(await ok('queue', 'rm', 'e8'), 'Removed e8.\n');
    assert.equal(await ok('queue', 'rm', 'e8'), 'e8 is not in the queue.\n');
    assert.equal((await run('queue', 'rm', 'x')).code, 1);
    assert.match(await ok('queue', 'clear'), /Removed \d+ entries/);
    assert.equal(JSON.parse(await ok('queue', '--json')).entries.length, 1);
  });
});

describe('looking things up', () => {
  it('searches', async () => {
    assert.match(await ok('search', 'half', 'past'), /p9 {2}3:49 {2}Half Past Rain — Mirea {2}Glasshouse EP/);
    assert.equal(JSON.parse(await ok('search', 'a', '--limit', '2', '--json')).passages.length, 2);
    assert.equal((await run('search', 'a', '--limit', '0')).code, 1);
    assert.equal((await run('search')).code, 2);
  });

  it('says why', async () => {
    const out = await ok('why');
    assert.match(out, /It is evening until 22:00/);
    assert.match(out, /free +11, left out: 2 queued, 1 cooldown/);
    assert.match(out, /draw +0\.410 with seed 1234567/);
    assert.match(out, /AutoSelectWhenQueueLow, flow b1-42/);
    assert.equal(JSON.parse(await ok('why', 'e1', '--json')).facts.seed, 1234567);
    assert.equal((await run('why', 'e555')).code, 1);
  });

  it('shows history', async () => {
    assert.match(await ok('history'), /skipped .*A Door Left Open/);
    const page = JSON.parse(await ok('history', '--limit', '1', '--json'));
    assert.equal(page.plays.length, 1);
    assert.equal((await run('history', '--before', page.next)).code, 0);
  });
});

describe('upkeep', () => {
  const status = (state: string, done: number) => ({
    job: 3,
    state,
    found: 10,
    done,
    foundBytes: 10 * 2 ** 20,
    doneBytes: done * 2 ** 20,
    bytesPerS: state === 'reading' ? 2 ** 20 : null,
    leftMs: state === 'reading' ? 192_000 : null,
    added: done,
    failed: 1,
    current: 'a.mp3',
    message: null,
  });

  it('shows what the steps of an import have cost', async () => {
    daemon.radio.importSteps = [
      { step: 'probe', runs: 400, failed: 2, retried: 1, totalMs: 900, maxMs: 104.2 },
    ];
    const out = await ok('import', '--show');
    assert.match(
      out,
      /step +files +failed +again +seconds +ms each +ms most\n +probe +400 +2 +1 +0\.9 +2\.25 +104/,
    );
    assert.equal(JSON.parse(await ok('import', '--show', '--json')).steps[0].runs, 400);
    daemon.radio.importSteps = [];
    assert.doesNotMatch(await ok('import', '--show'), /seconds/);
  });

  it('imports, and watches to the end', async () => {
    assert.match(await ok('import'), /Import 3 has begun/);
    assert.match((await run('import', '/nowhere')).err, /not a folder/);
    let asked = 0;
    daemon.radio.answer('Import.status', () => {
      asked += 1;
      return [asked < 2 ? status('reading', 4) : status('done', 10)];
    });
    const out = await ok('import', '--watch');
    assert.match(out, /reading +█{8}░{12} 4\/10, 4 new, 1 failed, 1\.0 MiB\/s, 3 min left/);
    assert.match(out, /done +█+ 10\/10/);
    assert.match(out, /notes\.mp3: It is text, not audio\./);
    daemon.radio.answer('Import.status', () => [status('failed', 4)]);
    assert.equal((await run('import', '--show', '--watch')).code, 1);
    assert.match(await ok('import', '--pause'), /^Paused; what is in stays/);
    assert.match(await ok('import', '--resume'), /^It goes on/);
    assert.match(await ok('import', '--cancel'), /Cancelled/);
    await ok('import', '--retry');
    daemon.radio.answers.delete('Import.status');
  });

  it('shows devices and audio counters', async () => {
    assert.equal(await ok('devices'), '* USB DAC\n');
    const out = await ok('audio', 'stats');
    assert.match(out, /worstCallbackUs +117/);
    assert.match(out, /< 8 µs +900 +█+/);
    assert.match(out, /e2 +next +441000 frames/);
    assert.match(out, /memory 94\.0 MiB/);
    assert.match(
      await ok('audio', 'memory'),
      /40\.0 +0\.0 +Node\n20\.0 +20\.0 +JavaScript's heap\n60\.0 +20\.0/,
    );
    assert.equal(JSON.parse(await ok('audio', 'stats', '--json')).counters.underruns, 0);
  });

  it('shows and changes settings', async () => {
    assert.match(await ok('settings'), /crossfade_s/);
    assert.equal(await ok('settings', 'set', 'crossfade_s', '6'), 'crossfade_s is 6.\n');
    assert.equal(await ok('settings', 'get', 'crossfade_s'), '6\n');
    assert.equal((await run('settings', 'get', 'nothing')).code, 1);
    assert.equal((await run('settings', 'set', 'crossfade_s', 'long')).code, 1);
    assert.equal((await run('settings', 'set', 'crossfade_s')).code, 2);
  });
});

describe('for developers', () => {
  it('shows rules, flows and events', async () => {
    assert.match(await ok('syncs'), /AutoSelectWhenQueueLow +12 +1 +0 +210\.5/);
    assert.match(await ok('syncs', 'AutoSelectWhenQueueLow'), /p95_duration_us +640/);
    assert.equal((await run('syncs', 'Nothing')).code, 1);
    assert.match(await ok('trace'), /b1-42/);
    assert.match(await ok('trace', 'b1-42'), /Queue\.changed/);
    assert.match(await ok('trace', 'b1-42', '--dot'), /^digraph/);
    assert.equal(JSON.parse(await ok('trace', 'b1-42', '--json')).id, 'b1-42');
    const [first] = (await ok('events', '--count', '1', '--json')).trim().split('\n');
    assert.equal(JSON.parse(first as string).topic, 'full');
  });
});

describe('trace', () => {
  it('finds flows by rule, by what happened and by time', async () => {
    assert.match(await ok('trace', '--what', 'Queue.changed', '--since', '2023-01-01'), /^b1-42 /);
    assert.equal(JSON.parse(await ok('trace', '--json', '--limit', '1')).flows.length, 1);
    assert.equal(await ok('trace', '--until', '2023-01-01 18:30'), 'No flow that is kept fits.\n');
    assert.match(
      await ok('trace', '--rule', 'AutoSelectWhenQueuLow'),
      /There is no rule "AutoSelectWhenQueuLow" now: did you mean AutoSelectWhenQueueLow\?/,
    );
    assert.equal(await ok('trace', '--rule', 'AutoSelectWhenQueueLow'), 'No flow that is kept fits.\n');
  });

  it('walks up and down from a record', async () => {
    for (const way of ['--up', '--down']) {
      assert.match(await ok('trace', way, 'b1-42.0'), /^b1-42\.0 {2}Queue\.changed/);
      assert.match(await ok('trace', way, 'b1-42', '--dot'), /^digraph/);
      assert.equal(JSON.parse(await ok('trace', way, 'b1-42.0', '--json')).records.length, 1);
      const gone = await run('trace', way, 'b1-7.1');
      assert.equal(gone.code, 1);
      assert.match(gone.err, /not kept/);
    }
  });

  it('tells how much is kept and written', async () => {
    const out = await ok('trace', '--size');
    assert.match(out, /^recording on$/m);
    assert.match(out, /^disk +12345 flows, 18\.0 MiB \(trace_persist decisions\), 0 dropped$/m);
    assert.match(out, /^written +3\.0 MiB in 2:00:00: 1\.5 MiB an hour; 2\.0 MiB in the last hour$/m);
    assert.equal(JSON.parse(await ok('trace', '--size', '--json')).disk.flows, 12_345);
  });

  it('follows flows as they end', async () => {
    const following = ok('trace', '--follow', '--what', 'Queue.enqueue', '--count', '2');
    while (daemon.flowStream.followers() === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    const ended = {
      startedAtMs: Date.now(),
      origin: { door: 'http' },
      routine: false,
      names: () => [],
    } as const;
    for (const [n, name] of ['Queue.enqueue', 'Player.pause', 'Queue.enqueue'].entries()) {
      const record = {
        type: 'action',
        name,
        input: {},
        output: {},
        rule: null,
        causes: [],
        threw: false,
      } as const;
      const id = `b1-${n}`;
      const records = [{ ...record, id: `${id}.0` }];
      const view = () => ({ ...ended, id, causedBy: [], causedFlows: [], records, activations: [] });
      const compact = () => ({ o: ended.origin, r: [], a: [] });
      daemon.flowStream.add({ ...ended, id, view, compact });
    }
    assert.match(await following, /^b1-0 .* http {2}1 {2}Queue\.enqueue\nb1-2 .*\n$/);
  });

  it('says what it does not understand', async () => {
    for (const [words, message] of [
      [['--since', 'soon'], /--since soon: give a time/],
      [['--since', '25:00'], /give a time/],
      [['--dot'], /draws one flow/],
      [['b1-42', '--follow'], /Give one of/],
      [['--up', 'a-1', '--down', 'a-1'], /Give one of/],
    ] as const) {
      const { code, err } = await run('trace', ...words);
      assert.equal(code, 2);
      assert.match(err, message);
    }
    assert.match((await run('trace', '--what', 'Queue')).err, /Concept\.action/);
    assert.match((await run('trace', '--follow', '--what', 'Queue')).err, /Concept\.action/);
    assert.match((await run('trace', '--since', '1h', '--until', '2h')).err, /after/);
  });

  it('reads times as people write them', () => {
    const now = new Date(2026, 10, 21, 15, 30, 10).getTime();
    const at = (text: string) => parseMoment(text, now);
    assert.equal(at('90s'), now - 90_000);
    assert.equal(at('1.5h'), now - 5_400_000);
    assert.equal(at('3d'), now - 3 * 86_400_000);
    assert.equal(at('9:05'), new Date(2026, 10, 21, 9, 5).getTime());
    assert.equal(at('2026-11-20'), new Date(2026, 10, 20).getTime());
    assert.equal(at('2026-11-20 18:30'), new Date(2026, 10, 20, 18, 30).getTime());
    assert.equal(at('2026-11-20T18:30:05'), new Date(2026, 10, 20, 18, 30, 5).getTime());
    for (const bad of ['', '2', 'h', '24:00', '12:60', '2026-13-40', 'yesterday'])
      assert.equal(at(bad), null, bad);
  });
});

describe('doctor', () => {
  it('says what is wrong and what to do', async () => {
    const { code, out } = await run('doctor');
    assert.match(out, /ok {5}node/);
    assert.match(out, /ok {5}daemon/);
    // Its database is the daemon's to look at, which says so itself.
    assert.doesNotMatch(out, /^(ok|WRONG) +(database|disk) /m);
    const json = JSON.parse((await run('doctor', '--json')).out);
    assert.equal(code, json.ok ? 0 : 1);
    assert.ok(json.checks.length >= 5);
  });

  it('works without the daemon', async () => {
    const { code, out } = await segue('/nowhere/at/all', 'doctor');
    assert.equal(code, 1);
    assert.match(out, /WRONG {2}daemon .*npm start/);
    assert.match(out, /WRONG {2}database .*start Segue once/);
  });
});

describe('flavors distance', () => {
  const folder = mkdtempSync(join(tmpdir(), 'segue-flavors-'));
  const file = (name: string, content: unknown) => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  after(() => rmSync(folder, { recursive: true }));

  it('measures AcousticBrainz documents and plain ones', async () => {
    const a = file('a.json', {
      highlevel: {
        danceability: { all: { danceable: 0.9, not_danceable: 0.1 }, value: 'danceable', probability: 0.9 },
        genre: { all: { jazz: 0.5, rock: 0.3, pop: 0.2 } },
      },
      metadata: {},
    });
    const b = file('b.json', {
      danceability: { danceable: 0.4, not_danceable: 0.6 },
      genre: { jazz: 0.2, rock: 0.6, pop: 0.2 },
    });
    const result = JSON.parse(await ok('flavors', 'distance', a, b, '--json'));
    assert.ok(Math.abs(result.binaryHalf - 0.25) < 1e-12);
    assert.ok(Math.abs(result.complexHalf - 0.06) < 1e-12);
    assert.ok(Math.abs(result.distance - 0.155) < 1e-12);
    assert.match(await ok('flavors', 'distance', a, a), /distance +0\n/);
  });

  it('says what is wrong with a file', async () => {
    const good = file('good.json', { x: { a: 0.5, b: 0.5 } });
    const cases: [string, RegExp][] = [
      [join(folder, 'missing.json'), /cannot be read/],
      [file('text.json', 'no json'), /is not JSON/],
      [file('list.json', [1]), /not an object/],
      [file('empty.json', {}), /nothing in it/],
      [file('high.json', { x: { a: 2, b: -1 } }), /x\.a is not a number from 0 to 1/],
      [file('bare.json', { highlevel: { x: {} } }), /"x" has no "all"/],
    ];
    for (const [path, message] of cases) {
      const { code, err } = await run('flavors', 'distance', good, path);
      assert.equal(code, 1);
      assert.match(err, message);
    }
    const odd = await run('flavors', 'distance', good, file('odd.json', { x: { a: 0.5, b: 0.4 } }));
    assert.equal(odd.code, 0);
    assert.match(odd.err, /sum to 0\.9, not 1/);
  });
});

describe('scripts', () => {
  it('are listed with what is wrong and what is off', async () => {
    const out = await ok('scripts', 'list');
    assert.match(
      out,
      /^party\.lua \(39 KiB\)\n {2}on {2}Answer-party\n {2}on {2}POST \/x\/party\n {2}off GET \/x\/guests\n/,
    );
    assert.match(out, /chain Party \(louder, play\): 1 running, 4 ended, 2 of them failed/);
    assert.match(out, /\/state\/scripts\/party\.lua:3: too many instructions/);
  });

  it('are switched', async () => {
    assert.equal(await ok('scripts', 'disable', 'party'), 'party.lua is off.\n');
    assert.equal(await ok('scripts', 'enable', 'party.lua'), 'party.lua is on.\n');
    assert.equal((await run('scripts', 'enable', 'nobody')).code, 1);
  });

  it('come as examples, which are copied once', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'segue-scripts-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    assert.match(
      (await segue(folder, 'scripts', 'examples')).out,
      /party\.lua +POST \/x\/party begins a party/,
    );
    assert.equal((await segue(folder, 'scripts', 'examples', 'party')).code, 0);
    assert.match((await segue(folder, 'scripts', 'check')).out, /party\.lua is good: Answer-party, /);
    assert.equal((await segue(folder, 'scripts', 'examples', 'party')).code, 1);
  });

  it('are checked without a daemon, each fault with its line', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'segue-scripts-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'a.lua');
    writeFileSync(path, '\nlocal = 1');
    const checked = await segue('/nowhere', 'scripts', 'check', path);
    assert.equal(checked.code, 1);
    assert.match(checked.err, /\/a\.lua:2: <name> expected/);
    writeFileSync(path, 'function api.a.get() end');
    assert.match((await segue('/nowhere', 'scripts', 'check', path)).out, /a\.lua is good: api\.a\.get\./);
    assert.equal((await segue(folder, 'scripts', 'check')).code, 1);
  });
});

describe('rules', () => {
  it('are listed with what is wrong', async () => {
    const out = await ok('rules', 'list');
    assert.match(out, /on +QuietAfterTen +rules\/quiet.yaml +After ten it is quiet/);
    assert.match(out, /\/state\/rules\/bad.yaml:2:5: a rule has no "wen"/);
  });

  it('are switched', async () => {
    assert.equal(await ok('rules', 'disable', 'QuietAfterTen'), 'QuietAfterTen is off.\n');
    assert.equal(await ok('rules', 'enable', 'QuietAfterTen'), 'QuietAfterTen is on.\n');
    assert.equal((await run('rules', 'enable', 'Nobody')).code, 1);
  });

  it('are checked without a daemon, each fault with its place', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'segue-rules-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const bad = join(folder, 'bad.yaml');
    writeFileSync(bad, '- name: PersistVolume\n  summary: S.\n  when: Player.play\n  then: Player.paus\n');
    const checked = await segue('/nowhere', 'rules', 'check', bad);
    assert.equal(checked.code, 1);
    assert.equal(checked.err, `${bad}:4:9: there is no action Player.paus: did you mean Player.pause?\n`);
    writeFileSync(bad, '- name: PersistVolume\n  summary: S.\n  when: Player.play\n  then: Player.pause\n');
    assert.match((await segue('/nowhere', 'rules', 'check', bad)).err, /PersistVolume already \(built-in\)/);
    assert.equal((await segue(folder, 'rules', 'check')).code, 1);
    const copied = await segue(folder, 'rules', 'examples', 'quiet-after-ten');
    assert.equal(copied.code, 0, copied.err);
    assert.match(
      (await segue(folder, 'rules', 'check')).out,
      /quiet-after-ten.yaml is good: QuietAfterTen\./,
    );
    assert.equal((await segue(folder, 'rules', 'examples', 'quiet-after-ten')).code, 1);
    assert.match((await segue(folder, 'rules', 'examples')).out, /quiet-after-ten.yaml +Between 22:00/);
  });

  it('are tried out', async () => {
    const out = await ok('rules', 'test', 'QuietAfterTen');
    assert.match(out, /in 40 recorded flows it would have matched 3 times \(2 of them with 0 rows/);
    assert.match(out, /Player.setVolume \{"volume":0.4\}/);
    assert.match(out, /Player.pause \(depends on what an action before it gives\)/);
    assert.equal((await run('rules', 'test', 'Nobody')).code, 1);
    assert.equal((await run('rules', 'test', 'QuietAfterTen', '--hours', 'x')).code, 2);
  });
});
