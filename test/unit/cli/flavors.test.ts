// segue flavors import and forget, against the real API over the local socket.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { openStore } from '../../../daemon/adapters/store/open.ts';
import { type FakeDaemon, segue, startFakeDaemon } from '../../support/fake-daemon.ts';
import { addPassage } from '../../support/library.ts';

const folder = mkdtempSync(join(tmpdir(), 'segue-flavors-'));
let daemon: FakeDaemon;
before(async () => {
  daemon = await startFakeDaemon();
});
after(async () => {
  await daemon.close();
  rmSync(folder, { recursive: true });
});

const id = (n: number) => `${String(n).padStart(8, '0')}-1111-4111-8111-111111111111`;
const highlevel = (happy: number) => ({ mood: { all: { happy, sad: 1 - happy }, value: 'happy' } });
const document = (happy: number, tags: object = {}) => ({ highlevel: highlevel(happy), metadata: { tags } });
function put(path: string, content: unknown): string {
  const whole = join(folder, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, typeof content === 'string' ? content : JSON.stringify(content));
  return whole;
}
type Sent = { byName: boolean; recordings: { recording: string | null; artist: string | null }[] };
const sent = () =>
  daemon.radio.calls.filter(({ name }) => name === 'Library.learnFlavors').map(({ input }) => input as Sent);
async function learn(...words: string[]) {
  daemon.radio.calls.length = 0;
  return daemon.run('flavors', 'import', ...words);
}

test('a document is known by its id, its file name, or its tags', async () => {
  const tagged = put('one/tagged.json', document(0.5, { musicbrainz_recordingid: [id(1)], title: ['T'] }));
  const { code, out, err } = await learn(tagged);
  assert.equal(code, 0, err);
  assert.equal(out, '1 recording read: 1 found by id, 0 by artist and title, 0 not in this library.\n');
  put(`one/${id(2)}-0.json`, document(0.25));
  put('one/named.json', document(0.75, { artist: ['Mirea'], title: ['Glasshouse'] }));
  put('one/deeper/many.json', {
    [id(3)]: { 0: document(0), 1: document(1) },
    [id(4)]: { 0: document(0) },
    mbid_mapping: {},
  });
  const all = await learn(join(folder, 'one'), '--by-name');
  assert.equal(all.out, '5 recordings read: 4 found by id, 1 by artist and title, 0 not in this library.\n');
  assert.deepEqual(
    sent().flatMap(({ recordings }) => recordings.map(({ recording, artist }) => recording ?? artist)),
    [id(2), id(3), id(4), 'Mirea', id(1)],
  );
  assert.ok(sent().every(({ byName }) => byName));
});

test('JSON lines are read in batches, faulty ones are told with their line', async () => {
  const lines = Array.from({ length: 250 }, (_, n) =>
    JSON.stringify(document(n / 250, { musicbrainz_recordingid: id(n) })),
  );
  lines.splice(7, 1, '{"highlevel":', '');
  const path = put('dump.jsonl', lines.join('\n'));
  const { code, out, err } = await learn(path);
  assert.equal(code, 0);
  assert.match(err, /^\S+dump\.jsonl, line 8 is not JSON/);
  assert.equal(
    out,
    '249 recordings read: 249 found by id, 0 by artist and title, 0 not in this library.\n1 document could not be used.\n',
  );
  assert.deepEqual(
    sent().map(({ recordings }) => recordings.length),
    [100, 100, 49],
  );
});

test('sums that are not 1 are told, and what says nothing of a recording is refused', async () => {
  daemon.radio.answer('Library.learnFlavors', () => ({ byId: 1, byName: 0, unknown: 0, unsound: 1 }));
  const { out } = await learn(put(`odd/${id(9)}.json`, document(0.5)));
  assert.match(out, /The values of 1 recording do not sum to 1/);
  const nameless = await learn(put('nameless.json', document(0.5)));
  assert.equal(nameless.code, 1);
  assert.match(nameless.err, /does not say which recording[\s\S]*No AcousticBrainz document/);
  const absent = await learn(join(folder, 'absent'));
  assert.equal(absent.code, 1);
  assert.match(absent.err, /^It cannot be read: .*absent/);
  mkdirSync(join(folder, 'empty'));
  assert.match((await learn(join(folder, 'empty'))).err, /^No AcousticBrainz document was found there/);
  const json = JSON.parse((await learn(join(folder, 'odd'), '--json')).out);
  assert.deepEqual(json, { read: 1, byId: 1, byName: 0, unknown: 0, unsound: 1, faulty: 0, stopped: false });
});

test('what was learnt is forgotten', async () => {
  assert.equal((await daemon.run('flavors', 'forget')).out, 'Forgotten for 2 songs.\n');
});

test('the spread of each characteristic, from the least to the most, without a daemon', async () => {
  const state = join(folder, 'state');
  mkdirSync(state);
  const empty = await segue(state, 'flavors', 'spread');
  assert.equal(empty.code, 1);
  assert.match(empty.err, /There is no \S+segue\.db: start Segue once/);
  const opened = openStore({ stateDir: state, nowMs: 0 });
  assert.ok('db' in opened);
  assert.match((await segue(state, 'flavors', 'spread')).out, /Nothing was measured yet/);
  for (let n = 0; n <= 8; n += 1) {
    const high = ((n * 5) % 9) / 8;
    addPassage(opened.db, {
      title: `At ${high}`,
      artist: 'Mirea',
      flavor: { energy: { high, low: 1 - high }, mood: { a: 1 - high, b: high, c: 0 } },
    });
  }
  opened.db.close();
  const { characteristics } = JSON.parse((await segue(state, 'flavors', 'spread', '--json')).out);
  assert.deepEqual(
    characteristics.map((each: { characteristic: string; label: string }) => [
      each.characteristic,
      each.label,
    ]),
    [
      ['energy', 'high'],
      ['mood', 'a'],
      ['mood', 'b'],
      ['mood', 'c'],
    ],
  );
  assert.deepEqual(characteristics[0], {
    characteristic: 'energy',
    label: 'high',
    passages: 9,
    values: [0, 0.25, 0.5, 0.75, 1],
    least: ['At 0 – Mirea', 'At 0.125 – Mirea'],
    most: ['At 1 – Mirea', 'At 0.875 – Mirea'],
  });
  assert.match(
    (await segue(state, 'flavors', 'spread')).out,
    /energy high +0\.00 +0\.25 +0\.50 +0\.75 +1\.00 +At 0 –/,
  );
});
