// segue flavors own, against the real API over the local socket.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type FakeDaemon, startFakeDaemon } from '../../support/fake-daemon.ts';

let daemon: FakeDaemon;
before(async () => {
  daemon = await startFakeDaemon();
});
after(() => daemon.close());

const own = (...words: string[]) => daemon.run('flavors', 'own', ...words);
async function ok(...words: string[]): Promise<string> {
  const { code, out, err } = await own(...words);
  assert.equal(code, 0, err || out);
  return out;
}

test('of passages by id, of all that words find, and nothing any more', async () => {
  assert.equal(await ok('christmas'), 'Nothing is christmas, as far as you have said.\n');
  assert.equal(await ok('christmas', 'p1', 'p2'), 'christmas 1: 2 passages of 2 changed.\n');
  assert.match(await ok('christmas'), /^p1 {2}Harbour Lights — .*\np2 {2}/);
  assert.equal(
    await ok('children', 'copper', 'wire', '--amount', '0.5'),
    'children 0.5: 1 passage of 1 changed.\n',
  );
  assert.equal(
    await ok('christmas', 'p1', '--amount', 'none'),
    'Nothing is said of christmas any more: 1 passage of 1 changed.\n',
  );
  assert.equal((await ok('christmas')).trim().split('\n').length, 1);
});

test('what is not understood is said with the exit code for it', async () => {
  const code = async (...words: string[]) => (await own(...words)).code;
  assert.equal(await code(), 2);
  assert.equal(await code('christmas', 'p1', '--amount', '2'), 2);
  assert.equal(await code('christmas', 'p1', '--amount', 'much'), 2);
  assert.equal(await code('Christmas!', 'p1'), 1);
  assert.equal(await code('christmas', 'no', 'such', 'thing'), 1);
});

test('the words of what sounds, or of what is named', async () => {
  const lyrics = (...words: string[]) => daemon.run('lyrics', ...words);
  assert.equal((await lyrics()).out, 'Harbour Lights\n\nOne\nTwo\n');
  assert.equal((await lyrics('p1')).out, 'Harbour Lights\n\nOne\nTwo\n');
  assert.deepEqual([(await lyrics('p2')).code, (await lyrics('p1', 'p2')).code], [1, 2]);
});
