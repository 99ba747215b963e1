// Memory by part: the parts add up to the kernel's own sums, and each mapping is what it is for.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { memoryParts, readMemoryParts } from '../../daemon/memory-parts.ts';

const mapping = (path: string, residentKb: number, anonymousKb: number, flags = 'rd wr mr mw me ac') =>
  [
    `7f0000000000-7f0000a00000 rw-p 00000000 00:00 0 ${path}`,
    `Size:              10336 kB`,
    `Rss:               ${residentKb} kB`,
    `Anonymous:         ${anonymousKb} kB`,
    `Locked:            0 kB`,
    `VmFlags: ${flags}`,
    '',
  ].join('\n');

test('each mapping goes to its part; the heap is taken out of what has no name', () => {
  const smaps = [
    mapping('/usr/bin/node', 4000, 100),
    mapping('/usr/bin/node', 1000, 0),
    mapping('/opt/segue/build/native/segue.node', 300, 20),
    mapping('/usr/lib/x86_64-linux-gnu/libavcodec.so.59.37.100', 700, 50),
    mapping('/usr/lib/x86_64-linux-gnu/libasound.so.2.0.0', 70, 5),
    mapping('[heap]', 900, 900),
    mapping('', 10_336, 10_336, 'rd wr mr mw me lo dc ac sd'),
    mapping('', 9000, 9000),
    mapping('', 0, 0),
  ].join('');
  const { parts, residentBytes, anonymousBytes } = memoryParts(smaps, 6000 * 1024);
  const kb = Object.fromEntries(
    parts.map((part) => [part.part, [part.residentBytes / 1024, part.anonymousBytes / 1024]]),
  );
  assert.deepEqual(kb, {
    'rings: decoded sound, locked': [10_336, 10_336],
    "JavaScript's heap": [6000, 6000],
    Node: [5000, 100],
    'thread stacks, buffers, other allocations': [3000, 3000],
    'C and C++ heap': [900, 900],
    libav: [700, 50],
    "Segue's core": [300, 20],
    'other libraries': [70, 5],
  });
  assert.equal(residentBytes, (10_336 + 9000 + 5000 + 900 + 700 + 300 + 70) * 1024);
  assert.equal(anonymousBytes, (10_336 + 9000 + 100 + 900 + 50 + 20 + 5) * 1024);
});

test('of this process: about what the kernel sums up', async () => {
  const { residentBytes, parts } = await readMemoryParts();
  const rollup = readFileSync('/proc/self/smaps_rollup', 'utf8');
  const rss = 1024 * Number(/^Rss:\s+(\d+)/m.exec(rollup)?.[1]);
  assert.ok(Math.abs(residentBytes - rss) < 0.2 * rss, `${residentBytes} of ${rss}`);
  for (const part of ['Node', "JavaScript's heap", 'other libraries'])
    assert.ok(
      parts.some((each) => each.part === part && each.residentBytes > 100_000),
      part,
    );
});
