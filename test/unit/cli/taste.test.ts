// segue like, dislike and taste, against the real API over the local socket.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type FakeDaemon, startFakeDaemon } from '../../support/fake-daemon.ts';

let daemon: FakeDaemon;
before(async () => {
  daemon = await startFakeDaemon();
});
after(() => daemon.close());

async function ok(...words: string[]): Promise<string> {
  const { code, out, err } = await daemon.run(...words);
  assert.equal(code, 0, err || out);
  return out;
}

test('what sounds, a passage, or words that find one; taken back; and all of it', async () => {
  assert.equal(await ok('taste'), 'Nothing is liked or disliked yet: segue like\n');
  assert.equal(await ok('like'), 'It is liked 1 time.\n');
  assert.match(await ok('like', 'copper', 'wire'), /Copper Wire[\s\S]*It is liked 1 time\.\n$/);
  assert.equal(await ok('dislike', 'p1', '--by', 'Bo'), 'It is liked 1 time and disliked 1 time.\n');
  assert.match(await ok('taste'), /^\+1\s+-1\s+Harbour Lights – Ana Lindqvist\s+.*\n\+1\s+Copper Wire/);
  assert.equal(await ok('like', 'p1', '--back'), 'It is disliked 1 time.\n');
  assert.equal(await ok('dislike', 'p1', '--back', '--by', 'Bo'), 'Nothing is said of it.\n');
  assert.equal(await ok('dislike', 'p1', '--never'), 'It is not chosen any more; --back takes that back.\n');
  assert.deepEqual(JSON.parse(await ok('like', 'p1', '--json')), { likes: 1, dislikes: 1 });
});

test('what is not understood is said with the exit code for it', async () => {
  assert.equal((await daemon.run('like', 'p1', 'p2')).code, 2);
  assert.equal((await daemon.run('like', 'no', 'such', 'thing')).code, 1);
  assert.equal((await daemon.run('like', '--never')).code, 2);
});
