// What persons do around transitions, at random, while JavaScript stalls and the core's events overflow: nothing
// sounds twice, nothing queued is lost, and queue, history and what was rendered agree frame by frame.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndedVoice } from '../../audio/engine.ts';
import type { Play } from '../../sync/vocabulary/history.ts';
import { bitOf, CODES, type CodedAppliance, openCodedAppliance, RATE } from '../support/coded-appliance.ts';
import { random as randomOf } from '../support/signals.ts';

process.env.SEGUE_SYNTHETIC = '1';

/** npm run proof:protocol runs 1,000. */
const SEQUENCES = Number(process.env.SEGUE_INTERLEAVINGS ?? 60);
const ACTS = 20;
const ORIGIN = { door: 'test' } as const;
/** 20 ms: where races live. */
const BRINK = RATE / 50;

interface Ledger {
  /** entry -> passage, as acknowledged. */
  readonly enqueued: Map<number, number>;
  readonly removed: Set<number>;
}

async function act(coded: CodedAppliance, ledger: Ledger, random: () => number): Promise<void> {
  const { door } = coded.appliance;
  const below = (limit: number) => Math.floor(random() * limit);
  const entries = door.query('Queue', 'entries', {});
  const one = entries[below(Math.max(1, entries.length))]?.entry;
  const where = random() < 0.5 ? 'next' : 'end';
  switch (below(8)) {
    case 0:
    case 1: {
      const passage = ledger.enqueued.size + 1;
      if (passage > CODES) return;
      // Counted before it is answered, so that two at once do not take the same passage.
      const place = -passage;
      ledger.enqueued.set(place, passage);
      const answer = await door.run(
        'Queue',
        'enqueue',
        { passages: [passage], where, source: 'person' },
        ORIGIN,
      );
      ledger.enqueued.delete(place);
      assert.ok(!('error' in answer), JSON.stringify(answer));
      ledger.enqueued.set(answer.entries[0] as number, passage);
      return;
    }
    case 2: {
      if (one === undefined) return;
      const answer = (await door.request(
        'Queue',
        'askRemove',
        { entry: one },
        ['Queue.remove', 'Player.skip'],
        ORIGIN,
      )) as { removed?: boolean };
      if (answer.removed) ledger.removed.add(one);
      return;
    }
    case 3:
      if (one !== undefined)
        await door.request('Queue', 'askMove', { entry: one, where }, ['Queue.move'], ORIGIN);
      return;
    case 4:
      await door.run('Player', 'skip', { reason: 'skipped' }, ORIGIN);
      return;
    case 5:
      await door.run('Player', 'seek', { positionMs: below(900) }, ORIGIN);
      return;
    case 6:
      await door.run('Player', 'pause', {}, ORIGIN);
      return;
    default:
      await door.run('Player', 'play', {}, ORIGIN);
  }
}

/** Frames until at most 20 ms before the next transition. */
function brink(coded: CodedAppliance, random: () => number): number {
  const { sounding } = coded.appliance.audio.snapshot();
  const voice = sounding.find(({ role }) => role === 'current');
  const left = voice ? voice.endFrame - voice.atFrame - 800 : 0;
  return left > BRINK ? left - Math.floor(random() * BRINK) : Math.floor(random() * BRINK);
}

const settle = async (coded: CodedAppliance) => {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    await coded.appliance.engine.idle();
  }
};

async function playSequence(
  seed: number,
  look: (coded: CodedAppliance, ledger: Ledger) => void,
): Promise<void> {
  const random = randomOf(seed);
  const passages = Array.from({ length: CODES }, () => ({
    frames: 3000 + Math.floor(random() * 5000),
    overlapFrames: random() < 0.3 ? 0 : 200 + Math.floor(random() * 1000),
  }));
  // So few events are kept that a stall across one transition loses some.
  const coded = await openCodedAppliance(passages, 2);
  const ledger: Ledger = { enqueued: new Map(), removed: new Set() };
  const inFlight: Promise<void>[] = [];
  for (let count = 0; count < ACTS; count++) {
    inFlight.push(act(coded, ledger, random));
    const kind = random();
    // Sometimes the next act comes before this one is answered; sometimes JavaScript stalls for more than a passage.
    if (kind < 0.4) await settle(coded);
    if (kind < 0.6) coded.pull(brink(coded, random));
    else if (kind < 0.8) coded.pull(Math.floor(random() * 400));
    else coded.pull(8000 + Math.floor(random() * 8000));
    if (random() < 0.5) await settle(coded);
  }
  // Everything is answered, and what is queued plays out.
  for (let turn = 0; turn < 200; turn++) {
    await settle(coded);
    const { sounding, next, playing } = coded.appliance.audio.snapshot();
    if (!playing) await coded.appliance.door.run('Player', 'play', {}, ORIGIN);
    else if (
      sounding.length === 0 &&
      next === null &&
      coded.appliance.door.query('Queue', 'entries', {}).length === 0
    )
      break;
    coded.pull(2000);
  }
  await Promise.all(inFlight);
  look(coded, ledger);
  await coded.close();
}

function judge(coded: CodedAppliance, ledger: Ledger, seed: number): void {
  const at = `seed ${seed}`;
  const masks = coded.masks();
  const { door } = coded.appliance;
  const plays = [...door.query('History', 'recent', { limit: 1000 })].sort((a, b) => a.play - b.play);
  assert.deepEqual(door.query('Queue', 'entries', {}), [], `${at}: the queue did not play out`);

  // Nothing lost, nothing twice: each acknowledged entry either was removed or has one play.
  const played = plays.map(({ entry }) => entry);
  assert.equal(new Set(played).size, played.length, `${at}: an entry has two plays`);
  const expected = [...ledger.enqueued.keys()]
    .filter((entry) => !ledger.removed.has(entry))
    .sort((a, b) => a - b);
  assert.deepEqual(
    [...played].sort((a, b) => a - b),
    expected,
    `${at}: history is not what was queued and not removed`,
  );

  // The core's account, the history and the sound agree.
  const ends = new Map<number, EndedVoice>(coded.ended.map((voice) => [voice.entry, voice]));
  const order = [...plays].map(({ entry }) => (ends.get(entry) as EndedVoice).startedAtFrame);
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
    `${at}: the history has another order than the sound`,
  );
  for (const play of plays) agree(play, ends.get(play.entry), masks, at);
  for (const [n, mask] of masks.entries()) {
    if (mask <= 0) continue;
    // Two at most, and never one the account does not have at this frame.
    const sounding = plays.filter(({ passage }) => mask & bitOf(passage));
    assert.ok(sounding.length <= 2 || isRamp(masks, n), `${at}: ${sounding.length} sound at frame ${n}`);
  }
}

/** A value that stands for less than 1 ms, or next to a value that is no code, is a moment of a ramp. */
function isRamp(masks: Int32Array, n: number): boolean {
  if (masks[n - 1] === -1 || masks[n + 1] === -1) return true;
  for (let from = Math.max(0, n - 7); from <= n; from++) {
    let same = true;
    for (let i = from; i < from + 8; i++) same &&= masks[i] === masks[n];
    if (same) return false;
  }
  return true;
}

function agree(play: Play, voice: EndedVoice | undefined, masks: Int32Array, at: string): void {
  assert.ok(voice, `${at}: entry ${play.entry} has a play but the core knows no such voice`);
  assert.equal(play.ended, voice.reason, `${at}: entry ${play.entry}`);
  assert.equal(play.heardMs, Math.round((voice.heardFrames * 1000) / RATE), `${at}: entry ${play.entry}`);
  const bit = bitOf(play.passage);
  for (let n = 0; n < masks.length; n++) {
    const mask = masks[n] as number;
    if (mask <= 0) continue;
    const isWithin: boolean = n >= voice.startedAtFrame && n < voice.endedAtFrame;
    if (isWithin === ((mask & bit) !== 0) || isRamp(masks, n)) continue;
    assert.fail(
      `${at}: frame ${n}: entry ${play.entry} ${isWithin ? 'does not sound' : 'sounds'}; it has ${voice.startedAtFrame} to ${voice.endedAtFrame}`,
    );
  }
}

test(`${SEQUENCES} random interleavings of ${ACTS} acts around transitions, JavaScript stalled`, {
  timeout: 600_000,
}, async () => {
  let voices = 0;
  for (let seed = 1; seed <= SEQUENCES; seed++) {
    await playSequence(seed, (coded, ledger) => {
      judge(coded, ledger, seed);
      voices += coded.ended.length;
    });
  }
  assert.ok(voices > SEQUENCES * 2, `only ${voices} voices sounded: the test proves nothing`);
});

test('the judge notices a play that is missing, a frame that is off, and an entry that was lost', async () => {
  await playSequence(1, (coded, ledger) => {
    const [first] = coded.ended as [EndedVoice];
    const judged = (ended: readonly EndedVoice[]) => () => judge({ ...coded, ended }, ledger, 1);
    const others = coded.ended.slice(1);
    judged(coded.ended)();
    assert.throws(judged([{ ...first, startedAtFrame: first.startedAtFrame + 1 }, ...others]));
    assert.throws(judged([{ ...first, endedAtFrame: first.endedAtFrame - 1 }, ...others]));
    assert.throws(judged([{ ...first, heardFrames: first.heardFrames + 8 }, ...others]));
    ledger.enqueued.set(999, 1);
    assert.throws(judged(coded.ended), /history is not what was queued/);
    ledger.enqueued.delete(999);
    coded.db.prepare('DELETE FROM plays WHERE entry = ?').run(first.entry);
    assert.throws(judged(coded.ended), /history is not what was queued/);
  });
});
