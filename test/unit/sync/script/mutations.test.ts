// Mutated rule files: never a throw, never long, always a place within the file; what is accepted can be put in place.
// SEGUE_RULE_MUTATIONS=10000 for more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRuleFile } from '../../../../sync/script/rule-file.ts';

const seedText = `- name: Quiet
  summary: After ten it is quiet.
  when:
    any: [{Player.volumeChanged: {volume: ?volume}}, {Player.setVolume: {volume: ?volume}}]
  hours: 22:00-06:00
  days: [fri, sat-sun]
  where:
    - Player.status: {}
      gives: {volume: ?now, entry: ?entry}
    - if: volume > 0.4 && (entry == null || entry in [1, 2])
    - let: {half: "volume / 2"}
    - Queue.entries:
      gives: {passage: ?passage, source: auto}
      optional: true
    - at_most_every: 10 s
      keep: last
  then:
    - Player.setVolume: {volume: "= max(half, 0.1)"}
      if: half > 0.1
      gives: {volume: ?set}
    - Panel.broadcast: {topic: notice, data: {level: info, message: = "now " + string(half)}}
  else: Player.pause
`;
const pieces = [
  '{',
  '}',
  '[',
  ']',
  ':',
  '- ',
  '?',
  '= ',
  '"',
  "'",
  '\n',
  '  ',
  '&a ',
  '*a',
  '!!js ',
  '|',
  '>',
  '%',
  '\0',
  '\u2028',
  '\ud800',
  '__proto__',
  'constructor',
  '1e999',
  '((((',
  'null',
  '~',
  '? ',
  '<<',
  '---\n',
  'all(x, x)',
  '*'.repeat(50),
  '['.repeat(5000),
];

/** mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

test('mutated rule files are refused with a place, or taken', () => {
  assert.deepEqual(readRuleFile(seedText).faults, []);
  const random = randomFrom(20261121);
  const below = (n: number) => Math.floor(random() * n);
  const count = Number(process.env.SEGUE_RULE_MUTATIONS ?? 400);
  let refused = 0;
  for (let i = 0; i < count; i++) {
    let text = seedText;
    for (let n = 1 + below(3); n > 0; n--) {
      const at = below(text.length);
      const end = at + below(12);
      const piece = pieces[below(pieces.length)] as string;
      const way = below(3);
      if (way === 0) text = text.slice(0, at) + piece + text.slice(at);
      else if (way === 1) text = text.slice(0, at) + text.slice(end);
      else text = text.slice(0, at) + piece + text.slice(end);
    }
    const { rules, faults } = readRuleFile(text);
    const lines = text.split('\n').length;
    for (const { line, column, message } of faults)
      assert.ok(line >= 1 && line <= lines && column >= 1 && message !== '', JSON.stringify(text));
    if (faults.length > 0) {
      refused++;
      assert.deepEqual(rules, []);
    }
  }
  assert.ok(refused > count / 3 && refused < count, `${refused} of ${count} were refused`);
});
