// The stock middleware: log, time, metrics, retry, rate limit, circuit breaker. Time is turned by hand.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Backoff,
  type ChainResult,
  circuitBreaker,
  createChain,
  exponential,
  fixed,
  linear,
  log,
  type Middleware,
  metrics,
  middlewareFailed,
  none,
  rateLimit,
  retry,
  time,
} from '../../../../sync/chain/index.ts';
import { cancelling, failing, handTimers } from './rig.ts';

const one = (step: ReturnType<typeof failing>, ...middleware: Middleware[]) =>
  createChain('one', 'strict')
    .add(step)
    .use(...middleware);
const codes = (result: ChainResult) => result.failures.map(({ error }) => error);

describe('log, time and metrics', () => {
  it('tell of failures only, or of everything', () => {
    for (const isVerbose of [false, true]) {
      const told: string[] = [];
      const chain = createChain('c', 'lenient').add(failing('a', 1), failing('b', 0));
      chain.use(log({ isVerbose, write: (step, { kind }) => told.push(`${step} ${kind}`) })).run(null);
      assert.deepEqual(told, isVerbose ? ['a failed', 'b ok'] : ['a failed']);
    }
  });

  it('measure each run, also one that waits, by the clock they are given', async () => {
    const clock = handTimers();
    const told: [string, number][] = [];
    const chain = createChain('c', 'strict')
      .add({ name: 'a', run: () => clock.pass(7) })
      .add({ name: 'b', run: () => Promise.resolve().then(() => clock.pass(20)) })
      .use(time({ clock, tell: (step, ms) => told.push([step, ms]) }));
    await chain.run(null);
    assert.deepEqual(told, [
      ['a', 7],
      ['b', 20],
    ]);
  });

  it('count every try inside a retry, and what became of them outside', () => {
    const timers = handTimers();
    const inner = metrics(timers);
    const outer = metrics(timers);
    const step = failing('a', 2);
    const chain = one(step, inner, retry({ times: 5, backoff: none, timers }), outer);
    chain.run(null);
    chain.run(null);
    const zero = { step: 'a', middlewareFailed: 0, totalMs: 0, maxMs: 0 };
    assert.deepEqual(inner.read(), [{ ...zero, runs: 4, failed: 2 }]);
    assert.deepEqual(outer.read(), [{ ...zero, runs: 2, failed: 0 }]);
  });
});

describe('retry', () => {
  const tries: [string, Backoff, number[]][] = [
    ['none', none, []],
    ['fixed', fixed(40), [40, 40, 40, 40]],
    ['linear', linear(10, 25), [10, 20, 25, 25]],
    ['exponential', exponential(10, 60), [10, 20, 40, 60]],
  ];
  for (const [name, backoff, delays] of tries)
    for (const isAsync of [false, true])
      it(`waits as told: ${name}, ${isAsync ? 'with' : 'without'} promises`, async () => {
        const timers = handTimers();
        const step = failing('a', 4, isAsync);
        const running = one(step, retry({ times: 4, backoff, timers })).run(null);
        assert.equal(running instanceof Promise, isAsync || delays.length > 0);
        assert.deepEqual(await timers.runAll(), delays);
        assert.equal((await running).ok, true);
        assert.equal(step.runs, 5);
      });

  it('gives up after so many tries, with the last failure', async () => {
    const timers = handTimers();
    const step = failing('a', 100);
    const heard: number[] = [];
    const chain = one(step, retry({ times: 3, backoff: fixed(5), timers, onRetry: (_, n) => heard.push(n) }));
    const running = chain.run(null);
    await timers.runAll();
    assert.deepEqual(codes(await running), ['BUSY']);
    assert.equal(step.runs, 4);
    assert.deepEqual(heard, [1, 2, 3]);
  });

  it('never retries what a middleware refused, nor what another try cannot help', async () => {
    const timers = handTimers();
    let asked = 0;
    const refuses: Middleware = {
      name: 'door',
      around: () => () => {
        asked++;
        return middlewareFailed('door', 'CLOSED', 'no');
      },
    };
    const step = failing('a', 9);
    const refused = await one(step, refuses, retry({ times: 9, backoff: none, timers })).run(null);
    assert.deepEqual(codes(refused), ['CLOSED']);
    assert.equal(asked, 1);
    const mayHelp = () => false;
    assert.deepEqual(codes(await one(step, retry({ times: 9, backoff: none, timers, mayHelp })).run(null)), [
      'BUSY',
    ]);
    assert.equal(step.runs, 1);
  });

  it('a cancelled wait ends at once and leaves no timer', async () => {
    const timers = handTimers();
    const { cancel, now } = cancelling();
    const step = failing('a', 9);
    const running = one(step, retry({ times: 9, backoff: fixed(1e6), timers })).run(null, cancel);
    assert.deepEqual(timers.waiting(), [1e6]);
    now();
    const result = await running;
    assert.equal(result.isCancelled, true);
    assert.equal(result.ok, false);
    assert.equal(step.runs, 1);
    assert.deepEqual(timers.waiting(), []);
  });

  it('ten thousand tries without a wait do not fill the stack', () => {
    const step = failing('a', 10_000);
    const result = one(step, retry({ times: 10_000, backoff: none, timers: handTimers() })).run(null);
    assert.equal((result as ChainResult).ok, true);
  });
});

describe('rate limit', () => {
  it('refuses what is too much, and lets through again when the time is over', () => {
    const clock = handTimers();
    const chain = one(
      failing('a', 0),
      rateLimit({ times: 2, everyMs: 100, excess: 'refuse', clock, timers: clock }),
    );
    const run = () => codes(chain.run(null) as ChainResult);
    assert.deepEqual([run(), run(), run()], [[], [], ['TOO_OFTEN']]);
    clock.pass(99);
    assert.deepEqual(run(), ['TOO_OFTEN']);
    clock.pass(1);
    assert.deepEqual([run(), run(), run()], [[], [], ['TOO_OFTEN']]);
  });

  it('lets what is too much wait its turn: never more than so many within any such time', async () => {
    const clock = handTimers();
    const starts: number[] = [];
    const chain = createChain('c', 'strict')
      .add({ name: 'a', run: () => void starts.push(clock.monotonicMs()) })
      .use(rateLimit({ times: 3, everyMs: 50, excess: 'wait', clock, timers: clock }));
    const running = Array.from({ length: 10 }, () => chain.run(null));
    await clock.runAll();
    await Promise.all(running);
    assert.deepEqual(
      starts,
      [0, 0, 0, 50, 50, 50, 100, 100, 100, 150].map((ms) => 1000 + ms),
    );
  });

  it('keeps its count when the chain changes, and each step its own', () => {
    const clock = handTimers();
    const limit = rateLimit({ times: 1, everyMs: 100, excess: 'refuse', clock, timers: clock });
    const chain = createChain('c', 'lenient').add(failing('a', 0)).use(limit);
    chain.run(null);
    chain.add(failing('b', 0));
    const result = chain.run(null) as ChainResult;
    assert.deepEqual(
      result.failures.map(({ step }) => step),
      ['a'],
    );
  });

  it('a cancelled wait is no run', async () => {
    const clock = handTimers();
    const step = failing('a', 0);
    const chain = one(step, rateLimit({ times: 1, everyMs: 100, excess: 'wait', clock, timers: clock }));
    chain.run(null);
    const { cancel, now } = cancelling();
    const running = chain.run(null, cancel);
    now();
    assert.equal((await running).isCancelled, true);
    assert.equal(step.runs, 1);
  });
});

describe('circuit breaker', () => {
  it('opens after so many failures in a row, tries once after a while, and closes when that goes well', () => {
    const clock = handTimers();
    const step = failing('a', 4);
    const breaker = circuitBreaker({ failures: 3, openMs: 1000, clock });
    const chain = one(step, breaker);
    const run = () => codes(chain.run(null) as ChainResult)[0];
    assert.deepEqual([run(), run(), run(), run()], ['BUSY', 'BUSY', 'BUSY', 'CIRCUIT_OPEN']);
    assert.equal(step.runs, 3);
    clock.pass(1000);
    assert.equal(run(), 'BUSY');
    assert.equal(run(), 'CIRCUIT_OPEN');
    assert.equal(breaker.stateOf(step), 'open');
    clock.pass(1000);
    assert.equal(run(), undefined);
    assert.equal(breaker.stateOf(step), 'closed');
    assert.equal(step.runs, 5);
  });

  it('lets one trial through at a time', async () => {
    const clock = handTimers();
    let release = () => {};
    let isFailing = true;
    const step = {
      name: 'a',
      run: () =>
        isFailing
          ? { error: 'NO', message: 'no' }
          : new Promise<void>((resolve) => {
              release = resolve;
            }),
    };
    const chain = createChain('c', 'strict')
      .add(step)
      .use(circuitBreaker({ failures: 1, openMs: 10, clock }));
    chain.run(null);
    isFailing = false;
    clock.pass(10);
    const trial = chain.run(null);
    assert.deepEqual(codes(await chain.run(null)), ['CIRCUIT_OPEN']);
    release();
    assert.equal((await trial).ok, true);
  });

  it('counts no refusal of a middleware, and one success starts the count again', () => {
    const clock = handTimers();
    let refuses = true;
    const gate: Middleware = {
      name: 'gate',
      around: (_, next) => (context, cancel) =>
        refuses ? middlewareFailed('gate', 'SHUT', 'no') : next(context, cancel),
    };
    const breaker = circuitBreaker({ failures: 2, openMs: 10, clock });
    const fates = [true, false, true, true];
    const step = { name: 'a', run: () => (fates.shift() ? { error: 'NO', message: 'no' } : undefined) };
    const chain = createChain('c', 'strict').add(step).use(gate, breaker);
    for (let i = 0; i < 5; i++) chain.run(null);
    assert.equal(breaker.stateOf(step), 'closed');
    refuses = false;
    for (const state of ['closed', 'closed', 'closed', 'open']) {
      chain.run(null);
      assert.equal(breaker.stateOf(step), state);
    }
  });

  it('is not retried while it is open', () => {
    const clock = handTimers();
    const step = failing('a', 100);
    const breaker = circuitBreaker({ failures: 2, openMs: 1e6, clock });
    const chain = one(step, breaker, retry({ times: 50, backoff: none, timers: clock }));
    assert.deepEqual(codes(chain.run(null) as ChainResult), ['CIRCUIT_OPEN']);
    assert.equal(step.runs, 2);
  });
});
