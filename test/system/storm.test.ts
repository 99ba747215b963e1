// 100 requests a second that change something, while it plays and panels follow: what was acknowledged is in the database,
// and in the trace once; no rule fires twice for the same records, and the music does not stop.
// SEGUE_STORM_SECONDS sets for how long; `npm run bench -- storm` prints how fast the answers were.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startDaemon, temporaryFolder } from '../support/daemon.ts';
import { writeMusic } from '../support/music.ts';
import { runStorm } from '../support/storm.ts';
import { judgeStorm } from '../support/storm-judge.ts';

const SECONDS = Number(process.env.SEGUE_STORM_SECONDS ?? 4);
const PANELS = 10;
const PASSAGES = 12;
const folder = temporaryFolder('storm');
const state = join(folder.path, 'state');
const music = join(folder.path, 'music');
after(() => folder.remove());

test(`a storm of ${SECONDS} s loses nothing, does nothing twice and does not touch the music`, async () => {
  writeMusic(music, PASSAGES, 6);
  const daemon = await startDaemon({ state, music, timeoutMs: 20_000 });
  await daemon.until(
    'all imported',
    () => daemon.get<{ counts: { passages: number } }>('/import'),
    ({ counts }) => counts.passages === PASSAGES,
  );
  await daemon.send('PUT', '/settings', { trace_persist: 'all' });
  const storm = await runStorm(daemon, {
    seconds: SECONDS,
    perSecond: 100,
    panels: PANELS,
    passages: PASSAGES,
  });
  const { counters } = await daemon.get<{ counters: { underruns: number; frames: number } }>('/audio');
  assert.equal(await daemon.stop(), 0);
  assert.equal(storm.asked, 100 * SECONDS);
  assert.deepEqual(storm.failed, []);
  assert.ok(storm.acknowledged.length >= 0.9 * storm.asked, `${storm.acknowledged.length} acknowledged`);
  const { flows, records, activations, ...faults } = judgeStorm(state, storm.acknowledged);
  assert.ok(flows > storm.asked && records > flows && activations > storm.asked);
  assert.deepEqual(faults, { activatedTwice: [], notInTrace: [], twiceInTrace: [], notInDatabase: [] });
  assert.deepEqual([storm.panels.connected, storm.panels.upToDate], [PANELS, PANELS]);
  assert.equal(counters.underruns, 0);
  assert.ok(counters.frames > 0, 'it did not play');
});
