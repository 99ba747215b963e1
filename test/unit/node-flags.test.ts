// `npm start`, the service and the daemon of the tests run the same Node.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { nodeFlags } from '../support/daemon.ts';

test('npm start and the service give Node the same flags', () => {
  const flags = nodeFlags();
  assert.ok(flags.includes('--max-semi-space-size=1'), `found ${flags.join(' ')}`);
  const unit = readFileSync('deploy/systemd/segue.service', 'utf8');
  const words = /^ExecStart=\S*\/node (.*?) ?\S+\/dist\/daemon\/main\.js/m.exec(unit)?.[1]?.split(' ');
  assert.deepEqual(words, flags);
});
