// The daemon crashes three times in quick succession: the fourth start plays without the owner's rules and scripts and says so,
// until it is told to read them again, or is restarted in order. A person may ask for that start, too.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Daemon, startDaemon, temporaryFolder } from '../support/daemon.ts';
import { writeMusic } from '../support/music.ts';
import { goodRules, goodScript } from '../support/reloaded-files.ts';

const folder = temporaryFolder('safe-mode');
const state = join(folder.path, 'state');
const music = join(folder.path, 'music');
let running: Daemon | null = null;
after(async () => {
  await running?.kill();
  folder.remove();
});

interface Health {
  readonly ok: boolean;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly message: string }[];
}
const playing = async (flags: readonly string[] = []) => {
  const daemon = await startDaemon({ state, music, flags });
  running = daemon;
  await daemon.until(
    'music',
    () => daemon.get<{ current: { positionMs: number } | null }>('/status'),
    ({ current }) => (current?.positionMs ?? 0) > 0,
  );
  return daemon;
};
/** What of the owner's is there, and what is said of it. */
async function owners(daemon: Daemon) {
  const { rules } = await daemon.get<{ rules: readonly { name: string }[] }>('/rules');
  const { checks } = await daemon.get<Health>('/health');
  const said = checks.find(({ name }) => name === 'safe-mode');
  const script = await fetch(`${daemon.url}/x/version/1`);
  return {
    rules: rules.map(({ name }) => name).sort(),
    script: script.status,
    ok: said?.ok,
    said: said?.message,
  };
}
const ALL = { rules: ['Answer-own', 'FileTells', 'ScriptTells'], script: 200 };

test('three crashes, then safe mode, playing; SIGHUP or an orderly restart ends it', async () => {
  writeMusic(music, 3, 60);
  for (const [name, file, text] of [
    ['rules', 'own.yaml', goodRules(1)],
    ['scripts', 'own.lua', goodScript(1)],
  ] as const) {
    mkdirSync(join(state, name), { recursive: true });
    writeFileSync(join(state, name, file), text);
  }
  for (let crash = 0; crash < 3; crash++) {
    const daemon = await playing();
    assert.deepEqual(await owners(daemon), { ...ALL, ok: undefined, said: undefined });
    await daemon.kill();
  }
  let daemon = await playing();
  try {
    const safe = await owners(daemon);
    assert.deepEqual([safe.rules, safe.script, safe.ok], [[], 404, false]);
    assert.match(safe.said ?? '', /crashed 3 times within ten minutes/);
    assert.ok(daemon.log().includes(safe.said ?? '?'), 'it is in the log');
    // Nobody looks at the files by the clock either.
    writeFileSync(join(state, 'rules', 'own.yaml'), goodRules(2));
    await new Promise((resolve) => setTimeout(resolve, 3000));
    assert.deepEqual((await owners(daemon)).rules, []);
    process.kill(daemon.pid, 'SIGHUP');
    const back = await daemon.until(
      'the rules',
      () => owners(daemon),
      ({ rules, script }) => rules.length === 3 && script === 200,
    );
    assert.equal(back.ok, true);

    // As it was left: one more crash, and it is safe again.
    await daemon.kill();
    daemon = await playing();
    assert.deepEqual((await owners(daemon)).rules, []);
    assert.equal(await daemon.stop(), 0);
    daemon = await playing();
    assert.deepEqual(await owners(daemon), { ...ALL, ok: undefined, said: undefined });
    await daemon.stop();

    daemon = await playing(['--safe-mode', 'on']);
    const asked = await owners(daemon);
    assert.deepEqual([asked.rules, asked.ok], [[], false]);
    assert.match(asked.said ?? '', /was asked for/);
  } finally {
    await daemon.stop();
  }
});
