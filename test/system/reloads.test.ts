// A file of rules and a script, replaced on disk again and again, now and then by a faulty one, while requests come at 200
// a second: none fails, each is answered by a version that was good at that time, each event meets each rule exactly
// once, and nothing is left behind. SEGUE_RELOADS sets how often (npm run proof:reloads: 1,000).
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Asker, atRate, openAsker } from '../support/asking.ts';
import { temporaryFolder } from '../support/daemon.ts';
import { follow } from '../support/live-client.ts';
import { writeMusic } from '../support/music.ts';
import { createReloadLedger, type ReloadLedger } from '../support/reload-ledger.ts';
import { faultyRules, faultyScript, goodRules, goodScript, guestScript } from '../support/reloaded-files.ts';
import { type Held, startWatchedDaemon, type WatchedDaemon } from '../support/watched-daemon.ts';

const RELOADS = Number(process.env.SEGUE_RELOADS ?? 20);
const PER_SECOND = 200;
const CONNECTIONS = 8;
/** When it is looked at what is held. What is kept on purpose (flows, events) has filled up by the first. */
const MARKS = [0.3, 0.65, 1];
/** With fewer, the heap says nothing. */
const ENOUGH_FOR_HEAP = 500;
/** Of one script; the collector lets a state double before it goes through it. */
const MOST_LUA_BYTES = 256 * 1024;
const MOST_HEAP_GROWTH_BYTES = 1024 * 1024;
const folder = temporaryFolder('reloads');
const state = join(folder.path, 'state');
after(() => folder.remove());

/** A file as an editor leaves it: in the place of the one before, or written into it. */
function put(name: string, text: string, isInPlace: boolean): void {
  const path = join(state, name);
  if (isInPlace) writeFileSync(path, text);
  else {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  }
}

/** One request of the mix. */
async function askOne(n: number, ledger: ReloadLedger, { ask }: Asker): Promise<void> {
  const isFine = async (method: string, path: string, body?: object) => {
    const answer = await ask(method, path, body);
    ledger.check(`${method} ${path}`, answer.status === 200 ? null : `${answer.status}`);
    return (answer.body ?? {}) as { version?: number; n?: number };
  };
  const ofScript = async (method: string, path: string, body?: object) => {
    const oldest = ledger.script.oldest();
    const { version, n: echo } = await isFine(method, path, body);
    ledger.check(path, ledger.script.answered(version, oldest));
    ledger.check(path, echo === n ? null : `answered to ${echo}`);
  };
  const kind = n % 10;
  if (kind < 4) return ofScript('GET', `/x/version/${n}`);
  if (kind < 6) {
    ledger.expect('shout', n);
    return ofScript('POST', '/x/shout', { n });
  }
  if (kind < 8) {
    // Exact, also as a float.
    const volume = (1 + n) / 2 ** 20;
    ledger.expect('script', volume);
    ledger.expect('rules', volume);
    await isFine('POST', '/api/v1/volume', { volume });
  } else if (kind === 8) await isFine('PUT', '/api/v1/settings', { crossfade_s: (n % 50) / 10 });
  else await isFine('GET', `/api/v1/${['status', 'rules', 'scripts', 'queue'][Math.floor(n / 10) % 4]}`);
}

interface Lists {
  readonly rules: { files: { faults: object[] }[]; rules: { name: string; summary: string }[] };
  readonly scripts: { scripts: { file: string; faults: string[] }[] };
}

/** Writes a version of each and waits until the daemon is at work with it, or has refused it. */
async function reload(daemon: WatchedDaemon, { script, rules }: ReloadLedger, round: number): Promise<void> {
  const isScriptFaulty = round % 7 === 3;
  const isFileFaulty = round % 5 === 2;
  script.write(round, !isScriptFaulty);
  rules.write(round, !isFileFaulty);
  put('scripts/told.lua', (isScriptFaulty ? faultyScript : goodScript)(round), round % 2 === 0);
  put('rules/told.yaml', (isFileFaulty ? faultyRules : goodRules)(round), round % 3 === 0);
  // A third one comes and goes.
  const isGuestThere = round % 4 !== 0;
  if (isGuestThere) put('scripts/guest.lua', guestScript(round), false);
  else rmSync(join(state, 'scripts/guest.lua'), { force: true });
  process.kill(daemon.pid, 'SIGHUP');
  const wanted = {
    isScriptFaulty,
    isFileFaulty,
    isGuestThere,
    script: `Version ${script.newestGood()}.`,
    rules: `Version ${rules.newestGood()}.`,
  };
  await daemon.until(
    `round ${round}: ${JSON.stringify(wanted)}`,
    async () => {
      const list = await daemon.get<Lists['rules']>('/rules');
      const { scripts } = await daemon.get<Lists['scripts']>('/scripts');
      const faultsOf = (name: string) => scripts.find(({ file }) => file === name)?.faults.length;
      const summaryOf = (name: string) => list.rules.find((rule) => rule.name === name)?.summary;
      return {
        isScriptFaulty: faultsOf('told.lua') !== 0,
        isFileFaulty: list.files[0]?.faults.length !== 0,
        isGuestThere: faultsOf('guest.lua') === 0,
        script: summaryOf('ScriptTells'),
        rules: summaryOf('FileTells'),
      };
    },
    (now) => JSON.stringify(now) === JSON.stringify(wanted),
  );
}

const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(2);

test(`${RELOADS} times replaced under ${PER_SECOND} requests a second, no request fails and nothing leaks`, {
  timeout: 120_000 + RELOADS * 2000,
}, async () => {
  for (const name of ['rules', 'scripts']) mkdirSync(join(state, name), { recursive: true });
  writeMusic(join(folder.path, 'music'), 8, 6);
  const daemon = await startWatchedDaemon({ state, music: join(folder.path, 'music') });
  const ledger = createReloadLedger();
  const asker = openAsker(daemon.url, CONNECTIONS);
  const client = await follow(daemon.url, { notice: ledger.heard });
  const marks: (Held & { luaBytes: number })[] = [];
  /** Which of what may not grow are more than they were whenever it was least. */
  const grown = (now: Held) =>
    (['luaStates', 'statements', 'listeners'] as const).filter((what) =>
      marks.some((before) => now[what] > before[what]),
    );
  /** What is at work at this moment, or garbage that is not told of yet, goes away; what leaked stays. */
  const settled = async () => {
    for (let tries = 1; ; tries++) {
      const now = await daemon.held();
      if (grown(now).length === 0 || tries === 20) return now;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  };
  const mark = async () => {
    const { scripts } = await daemon.get<{ scripts: { file: string; bytes: number }[] }>('/scripts');
    const luaBytes = scripts.find(({ file }) => file === 'told.lua')?.bytes ?? 0;
    marks.push({ ...(await settled()), luaBytes });
  };
  try {
    // Both have a version at work, and the guest is there when it is looked at what is held.
    const marked = MARKS.map((share) => Math.ceil(share * RELOADS)).map((round) => round - (round % 4) + 1);
    const rounds = marked.at(-1) as number;
    await reload(daemon, ledger, 1);
    let round = 1;
    let isDone = false;
    const changing = (async () => {
      while (round < rounds) {
        round += 1;
        await reload(daemon, ledger, round);
        if (marked.includes(round)) await mark();
      }
    })().finally(() => {
      isDone = true;
    });
    const asked = await atRate(
      PER_SECOND,
      () => isDone,
      async (n) => {
        await askOne(n, ledger, asker).catch((error: Error) =>
          ledger.check(`request ${n}`, `no answer: ${error.message}`),
        );
      },
    );
    await changing;
    await daemon
      .until(
        'all notices',
        async () => ledger.lost().length,
        (lost) => lost === 0,
      )
      .catch(() => null);
    for (const each of marks) console.log(`#told ${JSON.stringify(each)}`);
    const first = marks[0] as (typeof marks)[0];
    const last = marks.at(-1) as (typeof marks)[0];
    console.log(
      `#told ${rounds} reloads of each, ${asked} requests, ${ledger.expected()} meetings of rules; ` +
        `heap ${mib(first.heapUsed)} → ${mib(last.heapUsed)} MiB, Lua ${first.luaBytes} → ${last.luaBytes} bytes, ` +
        `anonymous ${first.anonymousMb.toFixed(1)} → ${last.anonymousMb.toFixed(1)} MiB, ${JSON.stringify(last)}`,
    );
    assert.ok(
      asked > rounds && ledger.expected() > rounds / 2,
      'hardly anything was asked: it proves nothing',
    );
    assert.deepEqual(ledger.faults.slice(0, 20), []);
    assert.deepEqual([ledger.lost().slice(0, 20), ledger.twice().slice(0, 20)], [[], []]);
    assert.ok(client.isConnected());
    // Fewer is no leak: at the first look the import may not have let go of its own yet.
    assert.deepEqual(grown(last), [], JSON.stringify(marks));
    assert.equal(last.luaStates, 2);
    // Whoever asks what is held may have a connection of its own open, or not yet.
    assert.ok(last.files - first.files < 4, `files: ${first.files}, ${last.files}`);
    // What is garbage at this moment is in it.
    assert.ok(last.luaBytes < MOST_LUA_BYTES, `Lua: ${last.luaBytes} bytes`);
    if (RELOADS >= ENOUGH_FOR_HEAP) {
      const grown = last.heapUsed - first.heapUsed;
      assert.ok(grown < MOST_HEAP_GROWTH_BYTES, `the heap grew by ${grown} bytes`);
    }
    const { counters } = await daemon.get<{ counters: { underruns: number } }>('/audio');
    assert.equal(counters.underruns, 0);
    assert.doesNotMatch(daemon.log(), /a request failed|Unhandled/);
  } finally {
    client.leave();
    asker.close();
    assert.equal(await daemon.stop(), 0);
  }
});
