// The import with its real worker process, on real files: good, bad, changing, and with the worker killed.
import assert from 'node:assert/strict';
import {
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { planPair } from '../../audio/crossfade-plan.ts';
import { secondsToTicks, ticksToSeconds } from '../../audio/ticks.ts';
import { spawnImportWorker } from '../../daemon/adapters/import/spawn-worker.ts';
import { MEASURES_VERSION } from '../../daemon/import/local-measures.ts';
import { importRig, silentLog, temporaryFolder, writeArc, writeTone } from '../support/import-rig.ts';
import { plant, plantingEnvironment } from '../support/plant.ts';

const folder = temporaryFolder();
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);
let next = 0;
/** A music folder of its own, and where its art goes. */
function place() {
  const root = join(folder.path, String(next++));
  return { music: join(root, 'music'), art: join(root, 'art') };
}

before(() => {
  // Compiles nothing, but makes sure that a missing addon is said once and clearly.
  writeTone(join(folder.path, 'probe.flac'), { seconds: 1 });
});
after(() => folder.remove());

test('files of every kind come in with tags, length, art and flavor', { timeout: 60_000 }, async () => {
  const { music, art } = place();
  const tags = { artist: 'Ärt Ist', album: 'All Bum', album_artist: 'Various', date: '1999', genre: 'Test' };
  const kinds = [
    ['flac', 'flac'],
    ['mp3', 'mp3'],
    ['opus', 'opus'],
    ['aac', 'm4a'],
  ] as const;
  kinds.forEach(([codec, extension], n) => {
    writeTone(join(music, `a/${n}.${extension}`), {
      codec,
      hz: 300 + 100 * n,
      tags: { ...tags, title: `In ${codec}`, track: String(n + 1) },
      cover: PNG,
    });
  });
  writeTone(join(music, 'untagged.wav'), { codec: 'wav16' });
  writeTone(join(music, '.hidden/x.flac'));
  writeFileSync(join(music, 'notes.txt'), 'no music');
  const rig = importRig({ artDir: art });
  assert.deepEqual(await rig.run(music), { job: 1 });
  assert.deepEqual(
    rig.cards().map(({ path, title, artist, durationMs, state }) => [path, title, artist, durationMs, state]),
    [
      ['untagged.wav', 'untagged', '', 3000, 'ok'],
      ['a/0.flac', 'In flac', 'Ärt Ist', 3000, 'ok'],
      ['a/1.mp3', 'In mp3', 'Ärt Ist', 3000, 'ok'],
      ['a/2.opus', 'In opus', 'Ärt Ist', 3000, 'ok'],
      ['a/3.m4a', 'In aac', 'Ärt Ist', 3000, 'ok'],
    ],
  );
  const known = rig.library.queries.knownFiles({ folder: 1 });
  assert.ok(known.every((file) => file.flavorVersion === MEASURES_VERSION));
  assert.equal(rig.cards().at(-1)?.art, 1);
  const [image] = rig.library.queries.art({ art: 1 });
  assert.deepEqual(readFileSync(join(art, image?.file ?? '')), PNG);
  assert.equal(readdirSync(art).length, 1, 'one picture for the whole album');
  assert.equal(rig.status()?.state, 'done');
  assert.equal(rig.status()?.added, 5);
  assert.equal(rig.events.filter(({ event }) => event === 'finished').length, 1);
});

test('the first file can play before the others are read', { timeout: 60_000 }, async () => {
  const { music, art } = place();
  for (let n = 0; n < 12; n++) writeTone(join(music, `${n}.flac`), { seconds: 1, hz: 200 + 10 * n });
  const rig = importRig({ artDir: art });
  await rig.run(music);
  const batches = rig.events.filter(({ event }) => event === 'changed').map(({ payload }) => payload);
  assert.deepEqual(batches[0], { passages: 1 });
});

test('bad files and places are each said in words, and stop nothing', { timeout: 60_000 }, async () => {
  const { music, art } = place();
  writeTone(join(music, 'good.flac'));
  writeFileSync(join(music, 'text.mp3'), 'This is a text file that calls itself music.\n'.repeat(50));
  writeFileSync(join(music, 'zero.flac'), '');
  writeTone(join(music, 'most.flac'), { seconds: 10 });
  truncateSync(join(music, 'most.flac'), Math.floor(readFileSync(join(music, 'most.flac')).length * 0.8));
  writeTone(join(music, 'little.flac'), { seconds: 10 });
  truncateSync(join(music, 'little.flac'), Math.floor(readFileSync(join(music, 'little.flac')).length * 0.2));
  symlinkSync('nothing-here.flac', join(music, 'dangling.flac'));
  symlinkSync('loop', join(music, 'loop'));
  symlinkSync('.', join(music, 'self'));
  const rig = importRig({ artDir: art });
  await rig.run(music);
  const failures = rig.failures();
  assert.deepEqual(Object.keys(failures).sort(), [
    'dangling.flac',
    'little.flac',
    'loop',
    'most.flac',
    'text.mp3',
    'zero.flac',
  ]);
  assert.match(failures['text.mp3'] ?? '', /not an audio file/);
  assert.match(failures['zero.flac'] ?? '', /empty/);
  assert.match(failures['little.flac'] ?? '', /half/);
  assert.match(failures['most.flac'] ?? '', /^The file is cut off: \d of 10 s are there/);
  assert.match(failures['dangling.flac'] ?? '', /leads nowhere/);
  assert.match(failures.loop ?? '', /leads to itself/);
  assert.ok(
    Object.values(failures).every((reason) => !reason.includes(music)),
    'the path is not said twice',
  );
  const said = rig.events.filter(({ event }) => event === 'fileFailed').map(({ payload }) => payload);
  assert.equal(said.length, 6);
  const playing = rig
    .cards()
    .filter(({ state }) => state === 'ok')
    .map(({ path }) => path);
  assert.deepEqual(playing.sort(), ['good.flac', 'most.flac']);
  assert.equal(rig.status()?.state, 'done');

  const before = rig.events.length;
  await rig.run();
  const again = rig.events.slice(before).map(({ event }) => event);
  assert.ok(!again.includes('fileFailed') && !again.includes('changed'), `said again: ${again}`);
});

test('a second run reads only what changed: new, retagged, moved, gone, mended', {
  timeout: 60_000,
}, async () => {
  const { music, art } = place();
  for (const name of ['same', 'retag', 'move', 'gone'])
    writeTone(join(music, `${name}.flac`), {
      hz: 300 + name.length * 50,
      tags: { title: name, artist: 'A' },
    });
  writeFileSync(join(music, 'mend.flac'), 'x');
  const rig = importRig({ artDir: art });
  await rig.run(music);
  const passageOf = (title: string) => rig.cards().find((card) => card.title === title)?.passage;
  const moved = passageOf('move');
  renameSync(join(music, 'move.flac'), join(music, 'moved.flac'));
  renameSync(join(music, 'gone.flac'), join(folder.path, 'elsewhere.flac'));
  writeTone(join(music, 'retag.flac'), { hz: 550, tags: { title: 'retagged', artist: 'A' } });
  utimesSync(join(music, 'retag.flac'), 1, 1);
  writeTone(join(music, 'mend.flac'), { hz: 990, tags: { title: 'mended', artist: 'A' } });
  writeTone(join(music, 'sub/new.flac'), { hz: 770, tags: { title: 'new', artist: 'A' } });
  await rig.run();
  const rows = rig.cards().map(({ title, path, state }) => `${title} ${path} ${state}`);
  assert.deepEqual(rows.sort(), [
    'gone gone.flac missing',
    'mended mend.flac ok',
    'move moved.flac ok',
    'new sub/new.flac ok',
    'retagged retag.flac ok',
    'same same.flac ok',
  ]);
  assert.equal(passageOf('move'), moved);
  assert.deepEqual(rig.failures(), {});
  renameSync(join(folder.path, 'elsewhere.flac'), join(music, 'gone.flac'));
  await rig.run();
  assert.equal(rig.cards().find(({ title }) => title === 'gone')?.state, 'ok');
});

test('what was retagged, and even moved meanwhile, is the same music and is not measured again', {
  timeout: 60_000,
}, async () => {
  const { music, art } = place();
  const path = (name: string) => join(music, name);
  const write = (name: string, hz: number, title: string) =>
    writeTone(path(name), { hz, tags: { title, artist: 'A' } });
  for (const [n, name] of ['stays', 'here', 'there', 'other'].entries())
    write(`${name}.flac`, 300 + 50 * n, name);
  const rig = importRig({ artDir: art });
  await rig.run(music);
  const before = new Map(rig.cards().map(({ title, passage }) => [title, passage]));
  const edit = rig.library.db.prepare('UPDATE passages SET lead_out_ticks = 7 WHERE id = ?');
  edit.run(before.get('there'));
  const steps = () => rig.import.queries.steps({}).find(({ step }) => step === 'measure')?.runs ?? 0;
  write('here.flac', 350, 'retagged here');
  utimesSync(path('here.flac'), 1, 1);
  rmSync(path('there.flac'));
  write('sub/elsewhere.flac', 400, 'retagged there');
  // The same name, but other music.
  write('other.flac', 999, 'other');
  utimesSync(path('other.flac'), 1, 1);
  await rig.run();
  assert.deepEqual(
    rig
      .cards()
      .map(({ title, path: at, passage, state }) => [title, at, passage, state])
      .sort(),
    [
      ['other', 'other.flac', before.get('other'), 'ok'],
      ['retagged here', 'here.flac', before.get('here'), 'ok'],
      ['retagged there', 'sub/elsewhere.flac', before.get('there'), 'ok'],
      ['stays', 'stays.flac', before.get('stays'), 'ok'],
    ],
  );
  assert.equal(steps(), 1, 'only the other music is measured');
  const files = rig.library.db
    .prepare('SELECT path, loudness_lufs IS NOT NULL AND audio_key IS NOT NULL AS isMeasured FROM files')
    .all() as { path: string; isMeasured: number }[];
  assert.ok(
    files.every(({ isMeasured }) => isMeasured === 1),
    JSON.stringify(files),
  );
  const kept = rig.library.db.prepare('SELECT lead_out_ticks FROM passages WHERE id = ?').pluck();
  assert.equal(kept.get(before.get('there')), 7);
});

test('a music folder that vanishes is lost as one, and returns', { timeout: 60_000 }, async () => {
  const { music, art } = place();
  writeTone(join(music, 'a.flac'));
  writeTone(join(music, 'b.flac'), { hz: 500 });
  const rig = importRig({ artDir: art });
  await rig.run(music);
  renameSync(music, `${music}-away`);
  await rig.run();
  assert.deepEqual(
    rig.cards().map(({ state }) => state),
    ['missing', 'missing'],
  );
  renameSync(`${music}-away`, music);
  await rig.run();
  assert.deepEqual(
    rig.cards().map(({ state }) => state),
    ['ok', 'ok'],
  );
  const said = rig.events.map(({ event }) => event).filter((event) => event.startsWith('folder'));
  assert.deepEqual(said, ['folderLost', 'folderBack']);
});

test('a folder that is moved while it is measured keeps its passages: what is gone is missing, not broken', {
  timeout: 60_000,
}, async () => {
  const { music, art } = place();
  for (let n = 0; n < 6; n++)
    writeTone(join(music, `a/${n}.flac`), {
      seconds: 30,
      hz: 300 + 50 * n,
      tags: { title: `${n}`, artist: 'A' },
    });
  const rig = importRig({ artDir: art });
  const running = rig.run(music);
  while (rig.status()?.state !== 'analysing') await new Promise((resolve) => setTimeout(resolve, 1));
  const passages = rig.cards().map(({ title, passage }) => `${title} ${passage}`);
  renameSync(join(music, 'a'), join(music, 'b'));
  await running;
  assert.deepEqual(rig.failures(), {});
  assert.ok(
    rig.cards().some(({ state }) => state === 'missing'),
    'there was time to move it',
  );
  await rig.run();
  assert.deepEqual(
    rig.cards().map(({ title, passage }) => `${title} ${passage}`),
    passages,
  );
  assert.ok(rig.cards().every(({ path, state }) => path.startsWith('b/') && state === 'ok'));

  // What was measured is not measured again wherever it goes; a copy is another file.
  renameSync(join(music, 'b'), join(music, 'c'));
  copyFileSync(join(music, 'c/0.flac'), join(music, 'copy.flac'));
  await rig.run();
  assert.equal(rig.cards().filter(({ path }) => path.startsWith('c/')).length, 6);
  assert.equal(rig.import.queries.steps({}).find(({ step }) => step === 'measure')?.runs, 1);
  const known = rig.library.queries.knownFiles({ folder: 1 });
  assert.ok(
    known.filter(({ state }) => state === 'ok').every((file) => file.flavorVersion === MEASURES_VERSION),
  );
  await rig.run();
  assert.equal(rig.import.queries.steps({}).find(({ step }) => step === 'measure')?.runs ?? 0, 0);
});

test('cancelled in the middle it keeps what it has, and the next run goes on', {
  timeout: 60_000,
}, async () => {
  const { music, art } = place();
  for (let n = 0; n < 40; n++) writeTone(join(music, `${n}.flac`), { seconds: 1, hz: 200 + 10 * n });
  const rig = importRig({ artDir: art });
  await rig.import.actions.start({ path: music });
  assert.equal(((await rig.import.actions.start({})) as { error?: string }).error, 'ALREADY_RUNNING');
  await rig.until(({ event }) => event === 'changed');
  assert.deepEqual(await rig.import.actions.cancel({ job: 99 }), { job: 99, cancelled: false });
  assert.deepEqual(await rig.import.actions.cancel({ job: 1 }), { job: 1, cancelled: true });
  await rig.import.idle();
  assert.equal(rig.status()?.state, 'cancelled');
  assert.ok((rig.library.queries.counts({})[0]?.files ?? 0) >= 1);
  await rig.run();
  assert.equal(rig.library.queries.counts({})[0]?.files, 40);
});

test('paused its process is gone, and let go on it does the rest; cancelled in the pause it ends', {
  timeout: 60_000,
}, async () => {
  const { music, art } = place();
  for (let n = 0; n < 40; n++) writeTone(join(music, `${n}.flac`), { seconds: 1, hz: 200 + 10 * n });
  const rig = importRig({ artDir: art });
  await rig.import.actions.start({ path: music });
  await rig.until(({ event }) => event === 'changed');
  assert.deepEqual(await rig.import.actions.resume({ job: 1 }), { job: 1, resumed: false });
  assert.deepEqual(await rig.import.actions.pause({ job: 1 }), { job: 1, paused: true });
  assert.deepEqual(await rig.import.actions.pause({ job: 1 }), { job: 1, paused: false });
  assert.equal(rig.status()?.state, 'paused');
  assert.match(((await rig.import.actions.start({})) as { message: string }).message, /is paused/);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const files = () => rig.library.queries.counts({})[0]?.files ?? 0;
  const inPause = files();
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(files(), inPause, 'nothing comes in');
  assert.ok(inPause < 40, 'there was time to pause');
  assert.equal(rig.workers.length, 1);
  assert.deepEqual(await rig.import.actions.resume({ job: 1 }), { job: 1, resumed: true });
  await rig.import.idle();
  assert.equal(rig.status()?.state, 'done');
  assert.equal(files(), 40);
  const told = rig.events
    .filter(({ event }) => event === 'progressed')
    .map(({ payload }) => (payload as { state: string }).state);
  assert.ok(told.includes('paused'));

  for (let n = 40; n < 60; n++) writeTone(join(music, `${n}.flac`), { seconds: 1, hz: 200 + 10 * n });
  await rig.import.actions.start({});
  await rig.import.actions.pause({ job: 2 });
  await rig.import.actions.cancel({ job: 2 });
  await rig.import.idle();
  assert.equal(rig.status()?.state, 'cancelled');
});

test('what was broken is tried again when it is asked for, once', { timeout: 60_000 }, async () => {
  const { music, art } = place();
  writeTone(join(music, 'good.flac'));
  writeFileSync(join(music, 'text.mp3'), 'This is no music.\n'.repeat(50));
  writeTone(join(music, 'mended.flac'), { hz: 500 });
  const rig = importRig({ artDir: art });
  await rig.run(music);
  // As after a disk that answered badly for a while: the file has not changed, and it is good.
  const passage = rig.cards().find(({ path }) => path === 'mended.flac')?.passage ?? 0;
  rig.library.actions.markBroken({ passage, reason: 'The disk did not answer.' });
  await rig.run();
  assert.deepEqual(Object.keys(rig.failures()).sort(), ['mended.flac', 'text.mp3']);
  await rig.import.actions.start({ retry: true });
  await rig.import.idle();
  assert.deepEqual(Object.keys(rig.failures()), ['text.mp3']);
  const mended = rig.cards().find(({ path }) => path === 'mended.flac');
  assert.deepEqual([mended?.state, mended?.passage], ['ok', passage]);
  assert.equal(rig.status()?.message, 'Done: 0 new files, 1 failure.');
});

test('a worker that is killed is replaced, and no file is blamed for it', { timeout: 60_000 }, async () => {
  const { music, art } = place();
  for (let n = 0; n < 40; n++) writeTone(join(music, `${n}.flac`), { seconds: 1, hz: 200 + 10 * n });
  const rig = importRig({ artDir: art });
  await rig.import.actions.start({ path: music });
  await rig.until(({ event }) => event === 'changed');
  rig.workers[0]?.kill();
  await rig.import.idle();
  assert.equal(rig.workers.length, 2);
  assert.equal(rig.status()?.state, 'done');
  assert.deepEqual(rig.failures(), {});
  const known = rig.library.queries.knownFiles({ folder: 1 });
  assert.equal(known.length, 40);
  assert.ok(known.every((file) => file.flavorVersion === MEASURES_VERSION));
});

test('content points and loudness arrive with the analysis, once, and leave a person’s points alone', {
  timeout: 60_000,
}, async () => {
  const { music, art } = place();
  writeArc(join(music, 'arc.flac'));
  writeArc(join(music, 'arc.mp3'), 'mp3');
  writeArc(join(music, 'tagged.flac'), 'flac', { REPLAYGAIN_TRACK_GAIN: '-7.00 dB' });
  const rig = importRig({ artDir: art });
  await rig.run(music);
  const { db, queries } = rig.library;
  const playables = () => [1, 2, 3].map((passage) => queries.playable({ passage })[0]);
  for (const playable of playables()) {
    const { startTicks, leadInTicks, leadOutTicks, endTicks } = playable?.points ?? assert.fail();
    const seconds = [startTicks, leadInTicks ?? 0, leadOutTicks ?? 0, endTicks].map(ticksToSeconds);
    // As writeArc made it: -12 dB is reached 2.8 s after its beginning and left 2.8 s before its end.
    [0.95, 3.8, 9.2, 12.05].forEach((expected, n) => {
      assert.ok(Math.abs((seconds[n] ?? 0) - expected) < 0.12, `${playable?.path}: ${seconds}`);
    });
  }
  // What the player makes of it: an overlap of 2.85 s, whatever the setting says.
  const [first, second] = playables();
  assert.ok(first && second);
  const settings = { globalCrossfadeTicks: 0, defaultCurve: 'linear', albumAware: true } as const;
  const { overlapFrames } = planPair({ playable: first, overlapFrames: 0 }, second, settings, 44_100);
  assert.ok(Math.abs(overlapFrames / 44_100 - 2.85) < 0.12, `${overlapFrames} frames`);
  const gains = playables().map((playable) => playable?.gainDb ?? 0);
  // -12 dBFS at 1 kHz on both sides is -12 LUFS where it is at its loudest; the slopes are gated or weigh little.
  assert.ok(Math.abs((gains[0] ?? 0) - -3) < 1.2, `measured: ${gains}`);
  assert.equal(gains[2], -5, 'the tag counts');

  db.prepare('UPDATE passages SET start_ticks = 0, lead_out_ticks = ? WHERE id = 1').run(secondsToTicks(6));
  db.exec('UPDATE files SET analysis_version = NULL');
  const before = rig.events.length;
  await rig.run();
  assert.ok(rig.events.slice(before).some(({ event }) => event === 'changed'));
  assert.ok(queries.knownFiles({ folder: 1 }).every(({ analysisVersion }) => analysisVersion === 1));
  const { startTicks, leadInTicks, leadOutTicks } = playables()[0]?.points ?? assert.fail();
  assert.deepEqual([startTicks, leadOutTicks], [0, secondsToTicks(6)]);
  assert.ok((leadInTicks ?? 0) > 0);
  const analysedAgain = rig.events.length;
  await rig.run();
  assert.ok(!rig.events.slice(analysedAgain).some(({ event }) => event === 'changed'));
});

test('what is no folder is refused in words', async () => {
  const rig = importRig({ artDir: place().art });
  const answer = (await rig.run(join(folder.path, 'not there'))) as { error: string; message: string };
  assert.equal(answer.error, 'NOT_A_FOLDER');
  assert.match(answer.message, /not there is not a folder/);
});

test('a file that crashes the worker and one that never answers are marked, and all others come in', {
  timeout: 120_000,
}, async (t) => {
  const { music, art } = place();
  for (const name of ['a', 'crashes', 'hangs', 'm', 'z'])
    writeTone(join(music, `${name}.flac`), { seconds: 1 });
  plant('crash', join(music, 'crashes.flac'));
  plant('hang', join(music, 'hangs.flac'));
  const { LD_PRELOAD } = process.env;
  t.after(() => {
    if (LD_PRELOAD === undefined) delete process.env.LD_PRELOAD;
    else process.env.LD_PRELOAD = LD_PRELOAD;
  });
  Object.assign(process.env, plantingEnvironment(folder.path));
  const rig = importRig({ artDir: art, spawnWorker: () => spawnImportWorker(silentLog, 10_000) });
  await rig.run(music);
  assert.equal(rig.status()?.state, 'done');
  assert.deepEqual(
    rig
      .cards()
      .map(({ path }) => path)
      .sort(),
    ['a.flac', 'm.flac', 'z.flac'],
  );
  const failures = rig.failures();
  assert.match(failures['crashes.flac'] ?? '', /ended the import process 2 times \(signal SIGSEGV\)/);
  assert.match(failures['hangs.flac'] ?? '', /ended the import process 2 times \(no answer for 10 s\)/);
});

test('a CUE sheet divides the file beside it, also one that comes later, and lyrics lie beside it too', {
  timeout: 60_000,
}, async () => {
  const { music, art } = place();
  const cue = join(music, 'live.cue');
  writeTone(join(music, 'live.flac'), { seconds: 6, tags: { artist: 'Band', album: 'Live' } });
  const rig = importRig({ artDir: art });
  const shown = () =>
    rig.cards().map(({ title, artist, album, durationMs }) => [title, artist, album, durationMs]);
  await rig.run(music);
  assert.deepEqual(shown(), [['live', 'Band', 'Live', 6000]]);

  const track = (n: number, at: string) => `TRACK 0${n} AUDIO\r\n TITLE "Part ${n}"\r\n INDEX 01 ${at}\r\n`;
  writeFileSync(
    cue,
    `FILE "live.wav" WAVE\r\n${track(1, '00:00:00')}${track(2, '00:02:00')}${track(3, '00:04:15')}`,
  );
  await rig.run();
  assert.deepEqual(
    rig.library.db.prepare('SELECT round(part_loudness_lufs) FROM passages WHERE part > 0').pluck().all(),
    rig.library.db.prepare('SELECT round(loudness_lufs) FROM files, (VALUES (1), (2), (3))').pluck().all(),
    'each is as loud as all of it, which is a tone',
  );
  assert.deepEqual(shown(), [
    ['Part 1', 'Band', 'Live', 2000],
    ['Part 2', 'Band', 'Live', 2200],
    ['Part 3', 'Band', 'Live', 1800],
  ]);
  const known = () => rig.library.queries.knownFiles({ folder: 1 });
  assert.deepEqual(
    known().map(({ flavorVersion }) => flavorVersion),
    [MEASURES_VERSION],
    'each part is measured',
  );
  const before = rig.events.length;
  await rig.run();
  assert.ok(!rig.events.slice(before).some(({ event }) => event === 'changed'), 'nothing changed');

  rmSync(cue);
  writeFileSync(join(music, 'live.lrc'), '[00:01.00]La\n[00:02.00]la');
  await rig.run();
  assert.deepEqual(shown(), [['live', 'Band', 'Live', 6000]]);
  assert.deepEqual(rig.library.queries.lyrics({ passage: 1 }), [{ title: 'live', text: 'La\nla' }]);
});
