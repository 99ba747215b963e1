// The words of who may do what, on the page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceName, mayText } from '../../../daemon/panel/src/state/access.ts';

test('what a page may do is said for every role and setting', () => {
  const guest = { role: 'guest', claimed: true } as const;
  assert.match(
    mayText({ role: 'admin', claimed: true, rights: ['see', 'control', 'admin'] }),
    /^You are admin/,
  );
  assert.match(
    mayText({ ...guest, claimed: false, rights: ['see', 'control', 'admin'] }),
    /^Nobody is admin yet/,
  );
  assert.match(mayText({ ...guest, rights: ['see', 'control', 'admin'] }), /guests may do everything/);
  assert.match(mayText({ ...guest, rights: ['see', 'control'] }), /the queue and the mood are yours/);
  assert.equal(mayText({ ...guest, rights: ['see'] }), 'You are a guest here: you may look.');
});

test('a device is called what it is', () => {
  const names = [
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)', 'an iPhone'],
    ['Mozilla/5.0 (Linux; Android 15; Pixel 9)', 'an Android'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)', 'a Mac'],
    ['Mozilla/5.0 (X11; Linux x86_64)', 'a Linux'],
    ['curl', 'a browser'],
  ] as const;
  for (const [agent, name] of names) assert.equal(deviceName(agent), name);
});
