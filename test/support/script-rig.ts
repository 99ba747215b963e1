// The owner's scripts over the stub appliance: a folder of their own, files written and read at once, requests asked.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openLua } from '../../daemon/adapters/script/lua.ts';
import { lookForRuleFiles } from '../../daemon/owner-rules/rule-files.ts';
import type { ScriptReply } from '../../daemon/scripts/reply.ts';
import { createScripts } from '../../daemon/scripts/scripts.ts';
import type { EngineOptions } from '../../sync/engine/index.ts';
import { ScriptFailure, type ScriptRequest } from '../../sync/script/host.ts';
import { stubAppliance } from './stub-appliance.ts';

export function setUpScripts(t: TestContext, options: Partial<EngineOptions> = {}) {
  const directory = join(mkdtempSync(join(tmpdir(), 'segue-scripts-')), 'scripts');
  const stub = stubAppliance(options);
  const said: string[] = [];
  const note = (message: string, data?: object) =>
    void said.push(data ? `${message} ${JSON.stringify(data)}` : message);
  const scripts = createScripts({
    engine: stub.engine,
    door: stub.engine,
    clock: { monotonicMs: () => 0 },
    timers: { after: stub.after },
    scriptsOff: () => String(stub.settings.scripts_off ?? ''),
    files: lookForRuleFiles(directory, (name) => name.endsWith('.lua')),
    directory,
    log: { debug() {}, info: note, warn: note, error: note },
    open: () => openLua(ScriptFailure),
  });
  stub.actions['Appliance.runChain'] = (input) => scripts.runChain(input as { chain: string });
  t.after(() => {
    scripts.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const write = async (file: string, text: string) => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, file), text);
    await scripts.look(true);
  };
  const ask = (method: string, path: string, parts: Partial<ScriptRequest> = {}): ScriptReply =>
    scripts.answer({
      method,
      path,
      headers: () => ({}),
      query: () => ({}),
      body: () => ({ value: {} }),
      ...parts,
    });
  const play = async () => {
    stub.forget();
    await stub.engine.run('Player', 'play', {}, { door: 'test' });
    await stub.settle();
    return stub.of('Player.setVolume').map(({ volume }) => volume);
  };
  return { stub, scripts, said, write, ask, play, directory };
}
