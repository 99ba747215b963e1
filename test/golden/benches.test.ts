// The benchmarks of an installed Segue run, and say something of every case. No figure is judged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { segue } from '../support/fake-daemon.ts';

test('segue bench render: nothing, one voice, two with every curve', async () => {
  const { code, out } = await segue('/nowhere', 'bench', 'render', '1');
  assert.equal(code, 0);
  const rows = out.split('\n').filter((line) => /\d\.\d{3} % +\d/.test(line));
  assert.equal(rows.length, 7);
  assert.match(out, /two voices crossfading, equal-power/);
});

test('segue bench decode: every format', async () => {
  const { code, out } = await segue('/nowhere', 'bench', 'decode', '2', '1');
  assert.equal(code, 0);
  for (const codec of ['flac', 'flac24', 'mp3', 'aac', 'alac', 'opus', 'vorbis', 'wavpack', 'aiff', 'wav16'])
    assert.match(out, new RegExp(`^${codec} +\\d+ +[1-9]\\d* +[1-9]`, 'm'), codec);
});
