// On a machine with two sound cards and no sound server (see guest.ts): one that QEMU emulates, one that gives back what is
// played on it, in the format in which it is asked for. Slow: everything is emulated.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DeviceList } from '../../../audio/devices.ts';
import { deviceScript } from '../../support/device-script.ts';
import { playThrough } from '../../support/play-process.ts';

const RATE = 48_000;
const LOOP = 'ALSA: Loopback: PCM (hw:1,0)';
const folder = mkdtempSync('/tmp/cards-');

/** Records what is played on the loop, whose card then takes that format alone. */
async function record(format: 'S32_LE' | 'S24_3LE' | 'S16_LE') {
  const words = [
    '-D',
    'hw:1,1',
    '-f',
    format,
    '-r',
    String(RATE),
    '-c',
    '2',
    '-t',
    'raw',
    '--buffer-time=4000000',
  ];
  const child = spawn('arecord', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child.stdout, 'data');
  return async (): Promise<Float32Array> => {
    // The last that was played has to come through.
    await new Promise((resolve) => setTimeout(resolve, 500));
    child.kill('SIGINT');
    await once(child, 'close');
    const bytes = Buffer.concat(chunks);
    const width = { S32_LE: 4, S24_3LE: 3, S16_LE: 2 }[format];
    const samples = new Float32Array(Math.floor(bytes.length / width));
    for (let n = 0; n < samples.length; n++)
      samples[n] = bytes.readIntLE(n * width, width) / 2 ** (8 * width - 1);
    return samples;
  };
}

test('the cards are listed by the names by which they are chosen, and one of them is what plays by default', async () => {
  // As installed: in a process that needs no compiler.
  const program =
    "import('./dist/audio/devices.js').then(async (m) => console.log(JSON.stringify(await m.listDevices(60_000))))";
  const { stdout } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  const { devices, source, note } = JSON.parse(stdout) as DeviceList;
  assert.equal(source, 'naudiodon', String(note));
  const names = devices.map(({ name }) => name);
  assert.ok(names.includes(LOOP), names.join('\n'));
  assert.equal(new Set(names).size, names.length, 'a card is listed under two names');
  assert.equal(devices.find(({ isDefault }) => isDefault)?.name, 'ALSA: HDA Intel: Generic Analog (hw:0,0)');
});

for (const format of ['S32_LE', 'S24_3LE', 'S16_LE'] as const) {
  test(`${format}: what was acted on is heard from the frame that was answered`, async () => {
    const script = deviceScript(folder, RATE, LOOP);
    const stop = await record(format);
    const result = await playThrough(script.list, join(folder, 'list.json'), process.env);
    const captured = await stop();
    assert.equal(result.sink, LOOP);
    // Two steps of dither, at most.
    const tolerance = { S32_LE: 1e-6, S24_3LE: 1e-6, S16_LE: 2 / 2 ** 15 }[format];
    script.judge(result, captured, { tolerance, lateFrames: 0 });
    assert.deepEqual([result.underruns, result.xruns], [0, 0]);
  });
}

test('music of 16 bit passes a card of 16 bit without a change', async () => {
  const script = deviceScript(folder, RATE, LOOP, { gain: 1, withActs: false });
  const stop = await record('S16_LE');
  const result = await playThrough(script.list, join(folder, 'list.json'), process.env);
  assert.deepEqual([result.underruns, result.xruns], [0, 0]);
  script.judge(result, await stop(), { tolerance: 0, lateFrames: 0 });
});

test('where nothing is chosen, the card that is no screen plays', async () => {
  const script = deviceScript(folder, RATE, null, { withActs: false });
  const result = await playThrough(script.list, join(folder, 'list.json'), process.env);
  assert.equal(result.sink, 'ALSA: HDA Intel: Generic Analog (hw:0,0)');
  assert.equal(result.underruns, 0);
});
