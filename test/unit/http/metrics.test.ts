// What is measured, read back through the real HTTP adapter from a real engine: the metrics of a rule against a timing
// of the test's own, and /metrics by a strict reader, and by promtool where there is one.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { createDevPorts } from '../../../daemon/dev-ports.ts';
import type { Engine, RuleMetrics } from '../../../sync/engine/index.ts';
import type { Vocabulary } from '../../../sync/vocabulary/index.ts';
import { AUDIO, type FakeServer, startFakeServer } from '../../support/fake-server.ts';
import { readExposition } from '../../support/prometheus.ts';
import { rule, toyEngine } from '../sync/toy.ts';

const clock = { ms: 0 };
const toy = toyEngine({ clock: { nowMs: () => 5_000 + clock.ms, monotonicMs: () => clock.ms } });
/** The route knows no vocabulary: the toy's engine is as good as the radio's. */
const engine = toy.engine as unknown as Engine<Vocabulary>;
let server: FakeServer;
before(async () => {
  const dev = createDevPorts(engine, null, 'b', () => true);
  server = await startFakeServer({ ports: { dev } });
});
after(() => server.close());

const get = async (path: string) => (await fetch(`${server.url}${path}`)).text();

toy.bell.ring = ({ tone }) => {
  clock.ms += tone;
  return { rung: tone };
};
toy.engine.use([
  rule('RingAsLong', 'Takes as long as it is told.')
    .when('Bell.rang', { tone: '?tone' })
    .filter(({ tone }) => tone > 0)
    .thenDo('Bell.ring', ({ tone }) => ({ tone })),
  rule('Never', 'Looks, and does nothing.').when('Bell.changed').thenDo('Log.write', { text: 'never' }),
]);

/** What a share of all took at most: the smallest that so many do not exceed. */
function percentile(sortedMs: readonly number[], share: number): number {
  return sortedMs[Math.ceil(share * sortedMs.length) - 1] as number;
}

describe('the metrics of a rule', () => {
  it('are what the test has timed itself, over HTTP', async () => {
    const spentMs: number[] = [];
    let seed = 7;
    for (let n = 0; n < 2000; n++) {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      // From a microsecond to a second, most of them short; each twentieth is turned away.
      const tone = n % 20 === 0 ? 0 : Math.round(10 ** ((seed / 2 ** 32) ** 3 * 6)) / 1000;
      const startMs = clock.ms;
      toy.engine.emit('Bell', 'rang', { tone });
      spentMs.push(clock.ms - startMs);
    }
    const read = JSON.parse(await get('/dev/syncs/RingAsLong/metrics')) as RuleMetrics;
    const sorted = spentMs.toSorted((a, b) => a - b);
    const sumMs = spentMs.reduce((sum, ms) => sum + ms, 0);
    assert.equal(read.activations, 2000);
    assert.equal(read.rejected, 100);
    assert.equal(read.failed, 0);
    const near = (value: number, us: number, what: string) =>
      assert.ok(Math.abs(value - us) <= 0.001 + us * 1e-6, `${what}: ${value}, timed ${us}`);
    near(read.avg_duration_us, (sumMs / 2000) * 1000, 'average');
    near(read.max_duration_us, (sorted.at(-1) as number) * 1000, 'maximum');
    for (const [share, value] of [
      [0.5, read.p50_duration_us],
      [0.95, read.p95_duration_us],
      [0.99, read.p99_duration_us],
    ] as const) {
      const us = percentile(sorted, share) * 1000;
      assert.ok(value >= us - 0.001 && value <= us * 1.126 + 0.002, `p${share}: ${value}, timed ${us}`);
    }
    const last = read.last_activation_ms ?? 0;
    assert.ok(last > 5000 && last <= 5000 + clock.ms);
  });
});

describe('GET /metrics', () => {
  it('is Prometheus text without a fault', async () => {
    const text = await get('/metrics');
    const { samples, faults } = readExposition(text);
    assert.deepEqual(faults, []);
    const value = (name: string, labels = {}) =>
      samples.find((each) => each.name === name && JSON.stringify(each.labels) === JSON.stringify(labels))
        ?.value;
    assert.equal(value('segue_audio_callback_seconds_sum'), AUDIO.counters.callbackTotalUs / 1e6);
    assert.equal(value('segue_audio_callback_seconds_count'), 1000);
    const rated = { rule: 'RingAsLong' };
    const read = JSON.parse(await get('/dev/syncs/RingAsLong/metrics')) as RuleMetrics;
    assert.equal(value('segue_rule_activations_total', rated), read.activations);
    assert.equal(value('segue_rule_duration_seconds_count', rated), 2000);
    const sum = value('segue_rule_duration_seconds_sum', rated) ?? 0;
    assert.ok(Math.abs(sum - (read.avg_duration_us * 2000) / 1e6) < 1e-5);
    const promtool = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    if (promtool.error === undefined) assert.equal(promtool.stderr + promtool.stdout, '');
  });

  it('the reader sees each kind of fault', () => {
    const good =
      '# HELP a_seconds A.\n# TYPE a_seconds histogram\na_seconds_bucket{le="1"} 2\na_seconds_bucket{le="+Inf"} 3\n';
    const end = 'a_seconds_sum 3.5\na_seconds_count 3\n';
    assert.deepEqual(readExposition(good + end).faults, []);
    const bad: readonly [string, RegExp][] = [
      [`${good}a_seconds_count 3\n`, /no _sum/],
      [`${good}a_seconds_sum 0.1\na_seconds_count 3\n`, /sum cannot be/],
      [`${good}a_seconds_sum 3.5\na_seconds_count 4\n`, /not its count/],
      [`${good}${end}b 1\n`, /no TYPE/],
      [`${good}${end}a_seconds_sum 3.5\n`, /twice/],
      [(good + end).replace('} 2', '} 5'), /values fall/],
      [good + end.trimEnd(), /no end/],
      ['# TYPE b gauge\nb 1\n', /no HELP/],
      ['# HELP b B.\n# TYPE b counter\nb 1\n', /_total/],
      ['# HELP b_us B.\n# TYPE b_us gauge\nb_us 1\n', /base unit/],
      ['# HELP b B.\n# TYPE b gauge\nb one\n', /not a sample/],
      ['# HELP b B.\n# TYPE b gauge\nb{x=1} 1\n', /labels/],
      ['# HELP b B.\n# TYPE b gauge\nb 1\n# HELP c C.\n# TYPE c gauge\nc 1\nb{x="2"} 1\n', /two places/],
    ];
    for (const [text, fault] of bad) assert.match(readExposition(text).faults.join('; '), fault);
  });
});
