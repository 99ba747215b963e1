// segue why over a rule of the owner: the sentence names it, and the trace leads to what it answered to.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWhy } from '../../daemon/why.ts';
import { readRuleFile } from '../../sync/script/rule-file.ts';
import { stubAppliance } from '../support/stub-appliance.ts';

test('why names the rule of the owner that put an entry in the queue', async () => {
  const stub = stubAppliance();
  const { rules, faults } = readRuleFile(`- name: EncoreWhenPlayIsPressed
  summary: Whoever presses play hears passage 7 next.
  when: Player.play
  where:
    - Library.card: {passage: 7}
      gives: {title: ?title}
    - History.ofEntry: {entry: 1}
      none: true
  then:
    - Queue.enqueue: {passages: [7], where: next, source: auto}
`);
  assert.deepEqual(faults, []);
  stub.queries['Library.card'] = ({ passage }) => [{ passage, title: 'Seven', artist: 'Ana' }];
  stub.register(rules);
  stub.engine.replace('rules/encore.yaml', rules);
  await stub.engine.run('Player', 'play', {}, { door: 'test' });
  await stub.settle();
  assert.deepEqual(stub.problems, []);
  const entry = stub.queue.find(({ passage }) => passage === 7)?.entry ?? assert.fail('nothing enqueued');
  const why = createWhy({ engine: stub.engine, timeZone: () => 'UTC' })(entry);
  assert.ok('sentence' in why);
  assert.equal(
    why.sentence,
    '“Seven” by Ana plays because the rule EncoreWhenPlayIsPressed put it in the queue: Whoever presses play hears passage 7 next.',
  );
  assert.equal(why.rule, 'EncoreWhenPlayIsPressed');
  const flow = stub.engine.trace.flow(why.flow ?? '');
  assert.equal(flow?.records[0]?.name, 'Player.play');
});
