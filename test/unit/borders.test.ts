// Borders between folders: they hold, and a planted violation of each kind is seen.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findViolations } from '../support/borders.ts';
import { sourceTree } from '../support/tree.ts';

const tree = sourceTree('*.ts', '*.tsx', 'native/*.h', 'native/*.cc');

test('the checker reads the tree', () => assert.ok(tree.size > 20, `${tree.size} files`));

test('no border is crossed', () => assert.deepEqual(findViolations(tree), []));

const plants: readonly (readonly [string, string, string])[] = [
  ['sync/engine/x.ts', "import { readFileSync } from 'node:fs';", 'the engine and node:'],
  ['sync/chain/x.ts', "import { createEngine } from '../engine/index.ts';", 'a chain and the engine'],
  [
    'sync/rules/x.ts',
    "import { createQueue } from '../../daemon/concepts/queue/queue.ts';",
    'a rule and a concept',
  ],
  ['audio/x.ts', "import { engine } from '../sync/engine/engine.ts';", 'audio and sync'],
  [
    'daemon/concepts/queue/x.ts',
    "import { createPlayer } from '../player/player.ts';",
    'a concept and another',
  ],
  ['daemon/concepts/queue/x.ts', "import Koa from 'koa';", 'a concept and a library'],
  ['daemon/policy/x.ts', "import { openStore } from '../adapters/store/open.ts';", 'policy and an adapter'],
  ['daemon/adapters/http/x.ts', "import { open } from '../store/open.ts';", 'an adapter and another'],
  ['daemon/x.ts', "import { fake } from '../test/support/fake.ts';", 'production and test'],
  ['native/core/x.cc', '#include <portaudio.h>', 'the core and PortAudio'],
  ['native/core/x.cc', '#include "decode/open.h"', 'the core and decode'],
  ['native/sink/x.cc', '#include <napi.h>', 'a sink and Node-API'],
  ['native/addon/x.cc', '#include "cover/size_cover.h"', 'the addon and covers'],
  ['native/decode/x.cc', '#include <libswscale/swscale.h>', 'decode and libswscale'],
];
for (const [file, text, what] of plants) {
  test(`sees ${what}`, () => assert.equal(findViolations(new Map([[file, text]])).length, 1));
}
test('sees a cycle', () => {
  const files = new Map([
    ['daemon/a.ts', "import { b } from './b.ts';"],
    ['daemon/b.ts', "import { a } from './a.ts';"],
  ]);
  assert.equal(findViolations(files).length, 1);
});
