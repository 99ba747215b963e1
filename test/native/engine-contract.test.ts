// One protocol, two engines: the native core pulled by hand, and the fake one the daemon's tests use. Each scenario is
// played on both; both must give the answers and events written here, frame by frame.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AudioEngine, EngineEvent, EntryPlan, Fade } from '../../audio/engine.ts';
import { openNativeEngine } from '../../audio/native-engine.ts';
import { createFakeEngine } from '../support/fake-engine.ts';

process.env.SEGUE_SYNTHETIC = '1';

const RATE = 48_000;
const LENGTH = 96_000;
const NO_FADE: Fade = { frames: 0, curve: 'linear' };

function planOf(entry: number, after: number | null, more: Partial<EntryPlan> = {}): EntryPlan {
  return {
    plan: entry,
    generation: 0,
    entry,
    after,
    path: `synthetic:frames=${LENGTH},code=${entry}`,
    startFrame: 0,
    endFrame: LENGTH,
    gain: 1,
    overlapFrames: 0,
    fadeIn: NO_FADE,
    fadeOut: NO_FADE,
    previousFadeOut: null,
    ...more,
  };
}

interface Bench {
  readonly engine: AudioEngine;
  /** Edges so far, as short lines; the stream's own events left out. */
  readonly log: string[];
  /** Waits until events that come from a decoder thread are there. */
  until(line: RegExp): Promise<void>;
}

function lineOf(event: EngineEvent): string | null {
  switch (event.type) {
    case 'voiceStarted':
      return `${event.frame} started ${event.entry} plan ${event.plan} at ${event.atFrame}`;
    case 'crossfadeStarted':
      return `${event.frame} crossfade ${event.from}>${event.to} over ${event.frames}`;
    case 'crossfadeEnded':
      return `${event.frame} crossfaded ${event.from}>${event.to}`;
    case 'voiceEnded': {
      const { entry, reason, startedAtFrame, endedAtFrame, heardFrames, atFrame } = event.ended;
      assert.equal(endedAtFrame, event.frame);
      return `${event.frame} ended ${entry} ${reason} began ${startedAtFrame} heard ${heardFrames} at ${atFrame}`;
    }
    case 'voiceFailed':
      return `failed ${event.entry}${event.missing ? ' missing' : ''}`;
    case 'endedEarly':
      return `early ${event.entry} at ${event.endFrame}`;
    case 'streamOpened':
      return null;
    default:
      return event.type;
  }
}

const FILES = {
  missing: 'synthetic:open=missing',
  broken: 'synthetic:open=broken',
  short: `synthetic:frames=${LENGTH},real=60000`,
  tiny: `synthetic:frames=${LENGTH},real=10000`,
} as const;

function openers(): readonly { name: string; open: (playing: boolean) => AudioEngine }[] {
  const common = { rate: RATE, sink: { kind: 'manual' }, volume: 1, limiter: false } as const;
  const lengths = {
    [FILES.missing]: 'missing',
    [FILES.broken]: 'broken',
    [FILES.short]: 60_000,
    [FILES.tiny]: 10_000,
  } as const;
  return [
    { name: 'native', open: (playing) => openNativeEngine({ ...common, playing }) },
    { name: 'fake', open: (playing) => createFakeEngine({ ...common, playing, lengths }) },
  ];
}

function scenario(title: string, run: (bench: Bench) => Promise<void>, playing = true): void {
  for (const { name, open } of openers()) {
    test(`${name}: ${title}`, async () => {
      const engine = open(playing);
      const log: string[] = [];
      engine.onEvent((event) => {
        const line = lineOf(event);
        if (line) log.push(line);
      });
      const until = async (line: RegExp) => {
        for (let i = 0; i < 5000 && !log.some((each) => line.test(each)); i += 1) {
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      };
      try {
        await run({ engine, log, until });
      } finally {
        await engine.close(0);
      }
    });
  }
}

scenario(
  'gapless: the successor begins on the frame its predecessor ends, and is told first',
  async ({ engine, log }) => {
    assert.deepEqual(await engine.offer(planOf(1, null)), { outcome: 'accepted', frame: 0 });
    engine.pull(1000);
    assert.deepEqual(await engine.offer(planOf(2, 1)), { outcome: 'accepted', frame: 1000 });
    engine.pull(200_000);
    assert.deepEqual(log, [
      '0 started 1 plan 1 at 0',
      '96000 started 2 plan 2 at 0',
      '96000 ended 1 natural began 0 heard 96000 at 96000',
      '192000 ended 2 natural began 96000 heard 96000 at 96000',
    ]);
    assert.deepEqual(
      engine.snapshot().ended.map((voice) => voice.entry),
      [1, 2],
    );
    engine.acknowledge([1]);
    assert.deepEqual(
      engine.snapshot().ended.map((voice) => voice.entry),
      [2],
    );
  },
);

scenario('ended voices are kept until somebody acknowledges them, however many', async ({ engine }) => {
  const entries = Array.from({ length: 40 }, (_, index) => index + 1);
  for (const entry of entries) {
    await engine.offer(planOf(entry, null, { endFrame: 1000 }));
    engine.pull(2000);
  }
  const { ended, sounding, next } = engine.snapshot();
  assert.deepEqual(
    ended.map(({ entry, reason, heardFrames }) => [entry, reason, heardFrames]),
    entries.map((entry) => [entry, 'natural', 1000]),
  );
  assert.deepEqual([sounding, next], [[], null]);
});

scenario(
  'a withdrawn successor gives the current one its own end back, however slowly that is decoded',
  async ({ engine }) => {
    await engine.offer(planOf(1, null));
    // What follows a skip begins with a tenth of a second of it decoded.
    await engine.skip(1, 0, 'skipped');
    engine.pull(1);
    await engine.offer(planOf(2, null, { path: `synthetic:frames=${LENGTH},code=2,slow=50` }));
    await engine.offer(planOf(3, 2, { previousEndFrame: 6000 }));
    assert.equal(engine.snapshot().sounding[0]?.endFrame, 6000);
    assert.equal(engine.withdraw(3), 'withdrawn');
    assert.equal(engine.snapshot().sounding[0]?.endFrame, LENGTH);
  },
);

scenario('a crossfade: who is current, what is next, when it is over', async ({ engine, log }) => {
  await engine.offer(planOf(1, null));
  engine.pull(1);
  await engine.offer(planOf(2, 1, { overlapFrames: 20_001 }));
  assert.equal(engine.snapshot().next?.entry, 2);
  engine.pull(80_000);
  const during = engine.snapshot();
  assert.deepEqual(
    during.sounding.map(({ entry, role, atFrame }) => ({ entry, role, atFrame })),
    [
      { entry: 1, role: 'outgoing', atFrame: 80_001 },
      { entry: 2, role: 'current', atFrame: 4002 },
    ],
  );
  assert.equal(during.next, null);
  engine.pull(30_000);
  assert.deepEqual(log, [
    '0 started 1 plan 1 at 0',
    '75999 started 2 plan 2 at 0',
    '75999 crossfade 1>2 over 20001',
    '96000 crossfaded 1>2',
    '96000 ended 1 natural began 0 heard 96000 at 96000',
  ]);
});

scenario('meters: every voice where it stands, windows of 100 ms', async ({ engine }) => {
  assert.deepEqual(engine.meters().voices, []);
  assert.equal(engine.meters().windowEndFrame, 0);
  await engine.offer(planOf(1, null));
  engine.pull(1);
  await engine.offer(planOf(2, 1, { overlapFrames: 20_001 }));
  engine.pull(80_000);
  const meters = engine.meters();
  // Decoders have gone on since.
  const { sounding } = engine.snapshot();
  assert.deepEqual(
    meters.voices.map(({ bufferedFrames: _, ...voice }) => voice),
    sounding.map(({ bufferedFrames: _, ...voice }) => voice),
  );
  assert.equal(meters.voices.length, 2);
  const { streamFrame, playing, windowFrames, holdFrames, windowEndFrame } = meters;
  assert.deepEqual(
    { streamFrame, playing, windowFrames, holdFrames, windowEndFrame },
    { streamFrame: 80_001, playing: true, windowFrames: 4800, holdFrames: 72_000, windowEndFrame: 76_800 },
  );
  engine.pull(30_000);
  assert.deepEqual(
    engine.meters().voices.map(({ entry, atFrame }) => ({ entry, atFrame })),
    [{ entry: 2, atFrame: 34_002 }],
  );
});

test('native: meters measure what is heard, and say the last of it when closed', async () => {
  const engine = openNativeEngine({
    rate: RATE,
    sink: { kind: 'manual' },
    playing: true,
    volume: 1,
    limiter: false,
  });
  await engine.offer(planOf(1, null, { path: `synthetic:frames=${LENGTH},value=0.25`, gain: 2 }));
  engine.pull(4800);
  const level = { peak: 0.5, heldPeak: 0.5, rms: 0.5 };
  assert.deepEqual(engine.meters().channels, [level, level]);
  await engine.close(0);
  assert.deepEqual(engine.meters().channels, [level, level]);
  assert.deepEqual(engine.meters().voices, []);
});

scenario('late plans, strangers, and what has sounded', async ({ engine, log }) => {
  await engine.offer(planOf(1, null));
  engine.pull(90_000);
  assert.deepEqual(await engine.offer(planOf(3, 7)), { outcome: 'tooLate' });
  assert.deepEqual(await engine.offer(planOf(1, 1)), { outcome: 'tooLate' });
  await engine.offer(planOf(2, 1, { overlapFrames: 30_000 }));
  engine.pull(512);
  assert.equal(log[1], '90000 started 2 plan 2 at 0');
  assert.equal(log[2], '90000 crossfade 1>2 over 6000');
  assert.deepEqual(await engine.offer(planOf(4, 1)), { outcome: 'tooLate' });
});

scenario('replacing and re-planning the next entry', async ({ engine, log }) => {
  await engine.offer(planOf(1, null));
  engine.pull(100);
  await engine.offer(planOf(2, 1));
  await engine.offer(planOf(3, 1, { plan: 30 }));
  await engine.offer(planOf(3, 1, { plan: 31, generation: 1, overlapFrames: 96 }));
  engine.pull(96_000);
  assert.deepEqual(log.slice(0, 2), ['0 started 1 plan 1 at 0', '95904 started 3 plan 31 at 0']);
  assert.equal(engine.withdraw(2), 'notLoaded');
});

scenario('withdraw: taken back, not loaded, too late', async ({ engine, log }) => {
  await engine.offer(planOf(1, null));
  engine.pull(100);
  await engine.offer(planOf(2, 1));
  assert.equal(engine.withdraw(2), 'withdrawn');
  assert.equal(engine.withdraw(2), 'notLoaded');
  assert.equal(engine.withdraw(1), 'tooLate');
  assert.equal(engine.snapshot().next, null);
  engine.pull(100_000);
  assert.equal(engine.withdraw(1), 'tooLate');
  assert.equal(log.length, 2);
  assert.deepEqual(await engine.offer(planOf(3, 1)), { outcome: 'accepted', frame: 100_100 });
});

scenario('played on to another end, as long as the successor says so', async ({ engine, log }) => {
  await engine.offer(planOf(1, null, { endFrame: 60_000 }));
  engine.pull(10_000);
  await engine.offer(planOf(2, 1, { previousEndFrame: 90_000 }));
  assert.equal(engine.snapshot().sounding[0]?.endFrame, 90_000);
  // Sought beyond its own end, and back.
  assert.deepEqual(await engine.seek(1, 80_000), { outcome: 'accepted', frame: 10_000 });
  engine.pull(1000);
  assert.deepEqual(await engine.seek(1, 20_000), { outcome: 'accepted', frame: 11_000 });
  // Replaced by one that asks for nothing, and by one that asks again.
  await engine.offer(planOf(3, 1));
  assert.equal(engine.snapshot().sounding[0]?.endFrame, 60_000);
  await engine.offer(planOf(4, 1, { previousEndFrame: 90_000 }));
  engine.pull(100_000);
  assert.deepEqual(log, [
    '0 started 1 plan 1 at 0',
    '81000 started 4 plan 4 at 0',
    '81000 ended 1 natural began 0 heard 81000 at 90000',
  ]);
});

scenario('played on to the end of a file that has less', async ({ engine, log }) => {
  await engine.offer(planOf(1, null, { path: FILES.short, endFrame: 50_000 }));
  engine.pull(10_000);
  await engine.offer(planOf(2, 1, { previousEndFrame: 90_000 }));
  engine.pull(100_000);
  assert.deepEqual(log.slice(1, 3), [
    '60000 started 2 plan 2 at 0',
    '60000 ended 1 natural began 0 heard 60000 at 60000',
  ]);
});

scenario('withdrawn beyond the own end: it ends there and then', async ({ engine, log }) => {
  await engine.offer(planOf(1, null, { endFrame: 60_000 }));
  engine.pull(10_000);
  await engine.offer(planOf(2, 1, { previousEndFrame: 90_000 }));
  engine.pull(60_000);
  assert.equal(engine.withdraw(2), 'withdrawn');
  engine.pull(1);
  assert.deepEqual(log.slice(1), ['70000 ended 1 natural began 0 heard 70000 at 70000']);
  // Shortened: the frames it has passed have been heard.
  await engine.offer(planOf(3, 1));
  engine.pull(20_000);
  await engine.offer(planOf(4, 3, { previousEndFrame: 30_000 }));
  engine.pull(20_000);
  assert.deepEqual(log.slice(3), [
    '100001 started 4 plan 4 at 0',
    '100001 ended 3 natural began 70001 heard 30000 at 30000',
  ]);
});

scenario('pause and resume: frozen where it was asked', async ({ engine, log }) => {
  await engine.offer(planOf(1, null));
  engine.pull(5000);
  assert.deepEqual(await engine.pause(), { outcome: 'accepted', frame: 5000 });
  engine.pull(7000);
  assert.equal(engine.snapshot().playing, false);
  assert.equal(engine.snapshot().sounding[0]?.atFrame, 5000);
  assert.deepEqual(await engine.play(), { outcome: 'accepted', frame: 12_000 });
  engine.pull(100_000);
  assert.equal(log.at(-1), '103000 ended 1 natural began 0 heard 96000 at 96000');
});

scenario(
  'paused from the start: an entry is current, and silent',
  async ({ engine, log }) => {
    await engine.offer(planOf(1, null, { resumeAtFrame: 40_000 }));
    engine.pull(1000);
    assert.equal(engine.snapshot().sounding[0]?.atFrame, 40_000);
    await engine.play();
    engine.pull(1000);
    assert.equal(engine.snapshot().sounding[0]?.atFrame, 41_000);
    assert.match(log[0] ?? '', /started 1 plan 1 at 40000$/);
  },
  false,
);

scenario('a test tone: the music waits for it to the frame', async ({ engine, log }) => {
  const toneFrames = 3.8 * RATE;
  await engine.offer(planOf(1, null));
  engine.pull(5000);
  const whole = engine.testTone(480);
  assert.deepEqual(await engine.testTone(480), { outcome: 'tooLate' });
  engine.pull(toneFrames - 1);
  assert.equal(engine.snapshot().sounding[0]?.atFrame, 5000);
  engine.pull(1001);
  assert.deepEqual(await whole, { outcome: 'accepted', frame: 5000 + toneFrames });
  assert.equal(engine.snapshot().sounding[0]?.atFrame, 6000);
  const cut = engine.testTone(480);
  engine.pull(20_000);
  assert.equal((await engine.endTestTone()).outcome, 'accepted');
  engine.pull(480 + 1000);
  assert.deepEqual(await cut, { outcome: 'tooLate' });
  assert.equal(engine.snapshot().sounding[0]?.atFrame, 7000);
  // Ended and begun anew while it sounds, as in a pause.
  await engine.offer(planOf(2, 1));
  const last = engine.testTone(480);
  engine.pull(10_000);
  await engine.skip(1, 24_000, 'skipped');
  engine.pull(toneFrames);
  await last;
  const frame = 6000 + toneFrames + 20_000 + 480 + 1000 + 10_000;
  assert.deepEqual(log.slice(1), [
    `${frame} ended 1 skipped began 0 heard 7000 at 7000`,
    `${frame} started 2 plan 2 at 0`,
  ]);
  assert.equal(engine.snapshot().sounding[0]?.atFrame, 10_000);
});

scenario('skip, and skip again what is gone', async ({ engine, log }) => {
  await engine.offer(planOf(1, null));
  engine.pull(5000);
  await engine.offer(planOf(2, 1));
  assert.deepEqual(await engine.skip(1, 24_000, 'skipped'), { outcome: 'accepted', frame: 5000 });
  assert.deepEqual(await engine.skip(1, 24_000, 'skipped'), { outcome: 'tooLate' });
  engine.pull(30_000);
  assert.deepEqual(log, [
    '0 started 1 plan 1 at 0',
    '5000 started 2 plan 2 at 0',
    '29000 ended 1 skipped began 0 heard 29000 at 29000',
  ]);
});

scenario('skip with nothing next: it goes, and what comes later starts at once', async ({ engine, log }) => {
  await engine.offer(planOf(1, null));
  engine.pull(5000);
  await engine.skip(1, 24_000, 'removed');
  engine.pull(1000);
  await engine.offer(planOf(2, 1));
  engine.pull(30_000);
  assert.deepEqual(log, [
    '0 started 1 plan 1 at 0',
    '6000 started 2 plan 2 at 0',
    '29000 ended 1 removed began 0 heard 29000 at 29000',
  ]);
});

scenario(
  'skip during a crossfade cuts the outgoing; removing the incoming stops both',
  async ({ engine, log }) => {
    await engine.offer(planOf(1, null));
    engine.pull(10);
    await engine.offer(planOf(2, 1, { overlapFrames: 48_000 }));
    engine.pull(50_000);
    assert.deepEqual(await engine.skip(1, 24_000, 'skipped'), { outcome: 'accepted', frame: 50_010 });
    engine.pull(10_000);
    assert.deepEqual(log.slice(3), [
      '54810 crossfaded 1>2',
      '54810 ended 1 skipped began 0 heard 54810 at 54810',
    ]);
    await engine.offer(planOf(3, 2, { overlapFrames: 48_000 }));
    engine.pull(60_000);
    await engine.skip(3, 9600, 'removed');
    engine.pull(20_000);
    assert.deepEqual(
      log.slice(-3),
      [
        '124810 ended 2 removed began 48000 heard 76810 at 76810',
        '124810 crossfaded 2>3',
        '129610 ended 3 removed began 96000 heard 33610 at 33610',
      ].toSorted((a, b) => log.indexOf(a) - log.indexOf(b)),
    );
  },
);

scenario('seek: exact, clamped, too late for others; a crossfade ends at once', async ({ engine, log }) => {
  await engine.offer(planOf(1, null));
  engine.pull(10_000);
  assert.deepEqual(await engine.seek(2, 5), { outcome: 'tooLate' });
  assert.deepEqual(await engine.seek(1, 70_000), { outcome: 'accepted', frame: 10_000 });
  engine.pull(1000);
  assert.equal(engine.snapshot().sounding[0]?.atFrame, 71_000);
  await engine.offer(planOf(2, 1, { overlapFrames: 20_000 }));
  engine.pull(10_000);
  assert.deepEqual(await engine.seek(1, 0), { outcome: 'tooLate' });
  assert.deepEqual(await engine.seek(2, 30_000), { outcome: 'accepted', frame: 21_000 });
  assert.equal(engine.snapshot().sounding.length, 1);
  engine.pull(100_000);
  assert.deepEqual(log.slice(3), [
    '21000 crossfaded 1>2',
    '21000 ended 1 natural began 0 heard 21000 at 81000',
    '87000 ended 2 natural began 16000 heard 71000 at 96000',
  ]);
});

scenario('paused: skip and seek change what will sound', async ({ engine, log }) => {
  await engine.offer(planOf(1, null));
  engine.pull(1000);
  await engine.offer(planOf(2, 1));
  await engine.pause();
  await engine.skip(1, 24_000, 'skipped');
  await engine.seek(2, 50_000);
  engine.pull(1000);
  assert.deepEqual(log, [
    '0 started 1 plan 1 at 0',
    '1000 ended 1 skipped began 0 heard 1000 at 1000',
    '1000 started 2 plan 2 at 0',
  ]);
  assert.equal(engine.snapshot().sounding[0]?.atFrame, 50_000);
});

scenario('files that are missing, broken, short', async ({ engine, log, until }) => {
  await engine.offer(planOf(1, null, { path: FILES.missing }));
  await until(/failed 1/);
  await engine.offer(planOf(2, null, { path: FILES.broken }));
  await until(/failed 2/);
  await engine.offer(planOf(3, null, { path: FILES.tiny }));
  await until(/failed 3/);
  await engine.offer(planOf(4, null, { path: FILES.short }));
  engine.pull(100);
  await engine.offer(planOf(5, 4, { overlapFrames: 10_000 }));
  engine.pull(60_000);
  assert.deepEqual(
    log.filter((line) => /failed|early/.test(line)),
    ['failed 1 missing', 'failed 2', 'failed 3', 'early 4 at 60000'],
  );
  assert.deepEqual(log.slice(-4), [
    '50000 started 5 plan 5 at 0',
    '50000 crossfade 4>5 over 10000',
    '60000 crossfaded 4>5',
    '60000 ended 4 natural began 0 heard 60000 at 60000',
  ]);
});

scenario('close ends what sounds as stopped; afterwards everything is too late', async ({ engine, log }) => {
  await engine.offer(planOf(1, null));
  engine.pull(100);
  await engine.close(0);
  assert.equal(log.at(-1), '100 ended 1 stopped began 0 heard 100 at 100');
  assert.deepEqual(await engine.offer(planOf(2, 1)), { outcome: 'tooLate' });
});

test('plans that make no sense are thrown back by both', () => {
  for (const { open } of openers()) {
    const engine = open(true);
    assert.throws(() => engine.offer(planOf(1, null, { endFrame: 0 })), RangeError);
    assert.throws(() => engine.setVolume(1.5), RangeError);
    void engine.close(0);
  }
});
