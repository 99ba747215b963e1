// Loaded into a daemon under test before its own code (watched-daemon.ts). On SIGUSR2 it collects garbage and writes what
// is left to stderr: memory, prepared statements, Lua states, listeners, timers. The daemon knows nothing of it.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const load = createRequire(resolve('package.json'));

let statements = 0;
const forgotten = new FinalizationRegistry(() => {
  statements -= 1;
});
const { prototype } = load('better-sqlite3');
const { prepare } = prototype;
prototype.prepare = function counted(...words) {
  const statement = prepare.apply(this, words);
  statements += 1;
  forgotten.register(statement, null);
  return statement;
};

let luaStates = 0;
const addonPath = resolve('build/native/segue-lua.node');
if (existsSync(addonPath)) {
  const addon = load(addonPath);
  addon.Script = class extends addon.Script {
    #isOpen = true;
    constructor(limits) {
      super(limits);
      luaStates += 1;
    }
    close() {
      if (this.#isOpen) luaStates -= 1;
      this.#isOpen = false;
      super.close();
    }
  };
}

const turn = () => new Promise((done) => setTimeout(done, 20));

process.on('SIGUSR2', async () => {
  // What a collection lets go of is told of in a later turn, and may let go of more.
  for (let round = 0; round < 4; round++) {
    collect();
    await turn();
  }
  const { external, arrayBuffers } = process.memoryUsage();
  // Without compiled code, which V8 makes when it likes.
  const heapUsed = getHeapSpaceStatistics()
    .filter(({ space_name }) => !space_name.startsWith('code'))
    .reduce((sum, { space_used_size }) => sum + space_used_size, 0);
  const listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
  const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const seen = { heapUsed, external, arrayBuffers, statements, luaStates, listeners, timers };
  process.stderr.write(`#watched ${JSON.stringify(seen)}\n`);
});
