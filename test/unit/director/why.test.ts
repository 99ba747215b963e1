import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDirector } from '../../../daemon/concepts/director/director.ts';
import { explain, type Why, type WhyQuestion } from '../../../daemon/concepts/director/why.ts';
import { DEFAULT_COOLDOWNS } from '../../../daemon/policy/cooldown.ts';
import type { DirectorVocabulary, SelectionFacts } from '../../../sync/vocabulary/director.ts';
import { openMemory } from '../../support/database.ts';
import { addPassage } from '../../support/library.ts';
import { handClock, recorder } from '../../support/ports.ts';
import { readFact } from '../../support/why.ts';

const facts: SelectionFacts = {
  selection: 9,
  passage: 3,
  targetAtMs: Date.UTC(2026, 10, 20, 22, 55),
  chosenAtMs: Date.UTC(2026, 10, 20, 22, 41),
  target: { kind: 'timeslot', name: 'evening', flavor: { mood: { a: 1, b: 0 } } },
  tasteStrength: 0,
  seed: 4_000_000_001,
  eligible: 212,
  dropped: { queued: 2, cooldown: 38, broken: 0, missing: 1, noSong: 0, zeroBase: 0 },
  relaxedTo: 1,
  candidates: [
    { passage: 5, distance: 0.01, base: 1, cooldown: 1, weight: 1 },
    { passage: 3, distance: 0.0412, base: 2, cooldown: 0.25, weight: 0.5 },
  ],
  chosen: 1,
  draw: 1.2,
  dislikes: 0,
};
const names = () => ({ title: 'Blue Train', artist: 'John Coltrane' });
const question: WhyQuestion = {
  passage: 3,
  source: 'auto',
  selection: facts,
  names,
  timeZone: 'Europe/Vienna',
};

/** Each fact stands in the sentence, and is what the facts hold at its path. */
function readBack(why: Why, selection: SelectionFacts | null): void {
  assert.ok(why.facts.length > 0);
  for (const { name, text, path, value } of why.facts) {
    assert.ok(why.sentence.includes(text), `${name}: "${text}" in "${why.sentence}"`);
    if (!/^(names|entry|rule|before)\./.test(path))
      assert.equal(readFact(selection, path), value, `${name} at ${path}`);
  }
}
/** Every number of the sentence is one of its facts. */
function numbersAreFacts(why: Why): void {
  let rest = why.sentence;
  for (const { text } of [...why.facts].sort((a, b) => b.text.length - a.text.length)) {
    rest = rest.replace(text, '');
  }
  assert.doesNotMatch(rest, /\d/, rest);
}

test('one sentence, every fact of it read back', () => {
  const why = explain(question);
  assert.equal(
    why.sentence,
    '“Blue Train” by John Coltrane was chosen on 20 Nov, 23:41 to play at about 23:55, in the timeslot “evening”: 212 passages could play (38 heard too recently, 2 queued already, 1 missing), this was the 2nd nearest to that mood (distance 0.041), and with a weight of 0.5 out of 1.5 among 2 candidates the dice (seed 4000000001) fell on it.',
  );
  readBack(why, facts);
  numbersAreFacts(why);
});

test('relaxed cooldowns, the last resort, an override and no mood at all are said', () => {
  const say = (more: Partial<SelectionFacts>) => {
    const selection = { ...facts, ...more };
    const why = explain({ ...question, selection });
    readBack(why, selection);
    numbersAreFacts(why);
    return why.sentence;
  };
  assert.match(say({ relaxedTo: 0.25, eligible: 1 }), /shortened to 25 %, then 1 passage could play/);
  assert.match(
    say({ relaxedTo: 0, eligible: 0 }),
    /nothing was free, however short the cooldowns \(38 .*\), so the song heard longest ago was taken\./,
  );
  assert.match(
    say({ target: { ...facts.target, kind: 'override', name: 'party' } }),
    /the override “party” holds/,
  );
  assert.match(
    say({ target: { kind: 'none', name: 'any time', flavor: {} } }),
    /\(any time: no mood is set .* none of them nearer/,
  );
});

test('what a person put there says so; what is forgotten or gone says that', () => {
  const person = explain({ ...question, source: 'person', selection: null });
  assert.equal(person.sentence, '“Blue Train” by John Coltrane plays because a person put it in the queue.');
  readBack(person, null);
  assert.match(explain({ ...question, selection: null }).sentence, /no longer kept/);
  assert.match(explain({ ...question, names: () => null }).sentence, /^Passage 3 was chosen/);
  assert.match(explain({ ...question, names: () => ({ title: 'Hum', artist: '' }) }).sentence, /^“Hum” was/);
});

test('what a rule asked for by itself names the rule, and what it does', () => {
  const rule = { name: 'OneMoreAtNight', summary: 'After 22:00 one more comes.' };
  const why = explain({ ...question, selection: null, rule });
  assert.equal(
    why.sentence,
    '“Blue Train” by John Coltrane plays because the rule OneMoreAtNight put it in the queue: After 22:00 one more comes.',
  );
  readBack(why, null);
  numbersAreFacts(why);
  assert.equal(explain({ ...question, rule }).sentence, explain(question).sentence);
});

test('how it came to sound is said where its turn had not just come', () => {
  const say = (began: WhyQuestion['began']) => {
    const why = explain({ ...question, source: 'person', selection: null, began: began ?? null });
    readBack(why, null);
    return why.sentence.slice(
      '“Blue Train” by John Coltrane plays because a person put it in the queue.'.length,
    );
  };
  assert.equal(say(null), '');
  assert.equal(say({ how: 'resumed' }), ' It went on where it was when Segue was started again.');
  assert.equal(say({ how: 'skipped', before: 9 }), ' It began when “Blue Train” was skipped.');
  assert.equal(say({ how: 'removed', before: 9 }), ' It began when “Blue Train” was taken away.');
  assert.equal(say({ how: 'failed', before: 9 }), ' It began when “Blue Train” could not be played on.');
});

test('the sentences of a real director read back against what it stored', () => {
  const db = openMemory();
  const clock = handClock();
  for (let n = 0; n < 30; n += 1)
    addPassage(db, { flavor: { mood: { a: n / 30, b: 1 - n / 30 } }, base: 1 + (n % 3) });
  let seed = 1;
  const director = createDirector({
    db,
    clock,
    emit: recorder<DirectorVocabulary>().emit,
    newSeed: () => seed++,
    relaxCooldowns: () => true,
    cooldownDefaults: () => DEFAULT_COOLDOWNS,
    overlapMs: () => 4000,
  });
  const relaxed = new Set<number>();
  for (let n = 0; n < 60; n += 1) {
    clock.pass(200_000);
    const target = { target: { mood: { a: 1, b: 0 } }, targetName: 'day', targetKind: 'timeslot' } as const;
    const answer = director.actions.select({
      targetAtMs: clock.nowMs(),
      queued: [],
      mustPlay: true,
      ...target,
    });
    assert.ok('selection' in answer);
    db.prepare('UPDATE songs SET last_heard_ms = ? WHERE id = ?').run(clock.nowMs(), answer.passage);
    db.prepare('INSERT INTO plays (id, entry, passage, started_at_ms) VALUES (?, ?, ?, 0)').run(
      n + 1,
      n + 1,
      answer.passage,
    );
    db.prepare('INSERT INTO song_plays VALUES (?, ?, ?, 0)').run(n + 1, answer.passage, clock.nowMs());
    const [selection] = director.queries.facts({ selection: answer.selection });
    assert.ok(selection);
    relaxed.add(selection.relaxedTo);
    const why = explain({ ...question, passage: answer.passage, selection });
    readBack(why, selection);
    numbersAreFacts(why);
  }
  assert.ok(relaxed.has(1) && relaxed.has(0), [...relaxed].join());
});

test('what is liked and disliked is told where it counted', () => {
  const liked: SelectionFacts = { ...facts, tasteStrength: 0.25, dislikes: 1 };
  const why = explain({ ...question, selection: liked });
  assert.match(why.sentence, /in the timeslot “evening”, moved by 25 % towards what is liked here: /);
  assert.match(why.sentence, /with a weight of 0\.5 \(halved by 1 dislike\) out of 1\.5/);
  readBack(why, liked);
  numbersAreFacts(why);
  const often = explain({ ...question, selection: { ...facts, dislikes: 2.5 } });
  assert.match(often.sentence, /\(halved by each of 2\.5 dislikes\)/);
});
