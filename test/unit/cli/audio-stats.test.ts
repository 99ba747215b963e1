// audio stats --watch: a page on a terminal, a line a second in a pipe, and the end when the daemon goes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { percentileBelowUs } from '../../../daemon/audio-stats.ts';
import { audioCommands } from '../../../daemon/cli/commands/audio.ts';
import type { Io } from '../../../daemon/cli/io.ts';
import { AUDIO, TESTED } from '../../support/fake-server.ts';

async function watch(columns: number | null, isJson = false) {
  const lines: string[] = [];
  const rests: number[] = [];
  let asked = 0;
  const io = {
    isJson,
    columns,
    out: (line: string) => void lines.push(line),
    err: (line: string) => void lines.push(line),
    sleep: async (ms: number) => void rests.push(ms),
    client: {
      get: async () =>
        ++asked <= 3
          ? { ok: true, status: 200, body: AUDIO }
          : { ok: false, error: { code: 'X', message: 'It has gone.' } },
    },
  } as unknown as Io;
  const code = await audioCommands[0]?.run(io, { words: [], options: { watch: true } });
  return { lines, rests, code };
}

test('in a pipe: one line a second, until the daemon says no', async () => {
  const { lines, rests, code } = await watch(null);
  assert.equal(code, 1);
  assert.deepEqual(rests, [1000, 1000, 1000]);
  assert.equal(lines.length, 4);
  assert.match(lines[0] ?? '', /playing {2}e1 0:01 {2}rms -20\.0 -inf {2}peak -0\.9 -inf dBFS/);
  assert.match(lines[0] ?? '', /underruns 0 {2}xruns 0/);
  assert.equal(lines[3], 'It has gone.');
});

test('on a terminal: the whole page again; as JSON: a document a line', async () => {
  const { lines } = await watch(80);
  assert.equal(lines.filter((line) => line === '\x1b[2J\x1b[H').length, 4);
  assert.ok(lines.some((line) => /left +rms -20\.0 +peak -6\.0 +held -0\.9 dBFS +█{20}░{10}/.test(line)));
  const json = await watch(null, true);
  assert.equal(json.lines.length, 4);
  assert.deepEqual(JSON.parse(json.lines[0] ?? '').meters, AUDIO.meters);
});

test('audio test: the report in words, and what to do where it does not keep up', async () => {
  const command = audioCommands.find(({ name }) => name === 'audio test');
  const run = async (body: object) => {
    const lines: string[] = [];
    const out = (line: string) => void lines.push(line);
    const client = { post: async () => ({ ok: true, status: 200, body }) };
    await command?.run({ isJson: false, out, err: out, client } as unknown as Io, { words: [], options: {} });
    return lines.join('\n');
  };
  const good = await run(TESTED);
  assert.match(
    good,
    /through USB DAC: 44100 Hz, period 10\.0 ms, latency asked 0\.1 s, with real-time scheduling/,
  );
  assert.match(good, /380, half below 8 µs, the worst below 128 µs\nIt keeps up: no xrun, no underrun\./);
  const silent = await run({ ...TESTED, output: { ...TESTED.output, sink: 'naudiodon: default' } });
  assert.match(silent, /It keeps up: no underrun; this sink does not tell/);
  const bad = await run({ ...TESTED, keptUp: false, xruns: 4 });
  assert.match(bad, /does not keep up: 4 xruns, 0 underruns\. Ask for more latency/);
});

test('percentiles of a histogram: the bound of the bucket they lie in', () => {
  const histogram = [0, 0, 3, 900, 97];
  assert.equal(percentileBelowUs(histogram, 0.003), 4);
  assert.equal(percentileBelowUs(histogram, 0.5), 8);
  assert.equal(percentileBelowUs(histogram, 0.903), 8);
  assert.equal(percentileBelowUs(histogram, 0.904), 16);
  assert.equal(percentileBelowUs(histogram, 1), 16);
  assert.equal(percentileBelowUs([0, 0], 0.5), null);
});
