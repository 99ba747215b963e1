// Event chains: order, modes, results, what is synchronous, cancelling; against a model on random chains.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type ChainMode,
  type ChainResult,
  createChain,
  failureWords,
  type Middleware,
  middlewareFailed,
  type Step,
} from '../../../../sync/chain/index.ts';
import { cancelling, failing } from './rig.ts';

const modes = ['strict', 'lenient', 'best-effort'] as const;
const fails = (name: string): Step<unknown> => ({
  name,
  run: () => ({ error: 'NO', message: `no ${name}` }),
});
const goes = (name: string): Step<unknown> => ({ name, run: () => ({ fine: true }) });
/** Sync: the result is there at once. */
function now(result: ChainResult | Promise<ChainResult>): ChainResult {
  assert.ok(!(result instanceof Promise), 'it is synchronous');
  return result;
}

describe('an event chain', () => {
  it('runs its steps first in, first out, with the same context, at once', () => {
    const seen: string[] = [];
    const step = (name: string): Step<string[]> => ({ name, run: (context) => void context.push(name) });
    const chain = createChain<string[]>('abc', 'strict').add(step('a'), step('b')).add(step('c'));
    assert.deepEqual(now(chain.run(seen)), { ok: true, steps: 3, isCancelled: false, failures: [] });
    assert.deepEqual(seen, ['a', 'b', 'c']);
    assert.deepEqual(chain.steps, ['a', 'b', 'c']);
  });

  it('puts the middleware registered last outermost, round each step', () => {
    const seen: string[] = [];
    const round = (name: string): Middleware => ({
      name,
      around: (step, next) => (context, cancel) => {
        seen.push(`${name}>${step.name}`);
        const result = next(context, cancel);
        seen.push(`${name}<${step.name}`);
        return result;
      },
    });
    const chain = createChain('two', 'strict').add(goes('a'), goes('b')).use(round('in')).use(round('out'));
    chain.run(null);
    assert.deepEqual(chain.middleware, ['in', 'out']);
    assert.deepEqual(
      seen,
      ['a', 'b'].flatMap((s) => [`out>${s}`, `in>${s}`, `in<${s}`, `out<${s}`]),
    );
  });

  it('is composed when it changes, not when it runs; a run goes on with the steps it began with', async () => {
    let composed = 0;
    const counting: Middleware = {
      name: 'counting',
      around: (_, next) => {
        composed++;
        return next;
      },
    };
    const chain = createChain('c', 'strict').use(counting);
    let release = () => {};
    chain.add(
      {
        name: 'waits',
        run: () =>
          new Promise<void>((resolve) => {
            release = resolve;
          }),
      },
      goes('b'),
    );
    assert.equal(composed, 2);
    const running = chain.run(null);
    assert.equal(chain.remove('b'), true);
    assert.equal(chain.remove('b'), false);
    assert.equal(composed, 3);
    release();
    assert.equal((await running).steps, 2);
    assert.equal(composed, 3);
  });

  it('tells a returned failure, a throw, a rejection and a middleware failure apart', async () => {
    const throws = (name: string): Step<unknown> => ({
      name,
      run: () => {
        throw new Error('broken');
      },
    });
    const rejects: Step<unknown> = { name: 'rejects', run: () => Promise.reject(new Error('later')) };
    const faulty: Middleware = {
      name: 'faulty',
      around: (step, next) => (context, cancel) => {
        if (step.name === 'in its way') throw new Error('mine');
        if (step.name === 'later in its way') return Promise.reject(new Error('mine too'));
        if (step.name === 'refused') return middlewareFailed('faulty', 'CLOSED', 'not today');
        return next(context, cancel);
      },
    };
    const chain = createChain('all', 'lenient').use(faulty);
    chain.add(fails('returns'), throws('throws'), rejects, goes('in its way'), goes('later in its way'));
    chain.add(goes('refused'), goes('fine'));
    const result = await chain.run(null);
    assert.deepEqual(result.failures, [
      { step: 'returns', kind: 'failed', error: 'NO', message: 'no returns' },
      { step: 'throws', kind: 'failed', error: 'THREW', message: 'broken' },
      { step: 'rejects', kind: 'failed', error: 'THREW', message: 'later' },
      {
        step: 'in its way',
        kind: 'middleware failed',
        middleware: 'faulty',
        error: 'THREW',
        message: 'mine',
      },
      {
        step: 'later in its way',
        kind: 'middleware failed',
        middleware: 'faulty',
        error: 'THREW',
        message: 'mine too',
      },
      {
        step: 'refused',
        kind: 'middleware failed',
        middleware: 'faulty',
        error: 'CLOSED',
        message: 'not today',
      },
    ]);
    assert.equal(result.ok, true);
    assert.equal(failureWords(result)[5], 'refused: faulty: not today');
  });

  it('is not ok when every step failed, whatever the mode', () => {
    for (const mode of modes) {
      assert.equal(now(createChain('x', mode).add(fails('a'), fails('b')).run(null)).ok, false, mode);
      assert.equal(now(createChain('none', mode).run(null)).ok, true, mode);
    }
    const half = createChain('x', 'lenient').add(fails('a'), goes('b'));
    assert.deepEqual(now(half.run(null)).ok, true);
  });

  it('awaits a promise of a step and nothing else', async () => {
    // biome-ignore lint/suspicious/noThenProperty: what looks like a promise and is none
    const thenable = { then: () => assert.fail('no promise of the language: not awaited') };
    const seen: string[] = [];
    const chain = createChain('c', 'strict').add(
      {
        name: 'a',
        run() {
          seen.push('a');
          return thenable;
        },
      },
      {
        name: 'b',
        run: async () => {
          await null;
          seen.push('b');
        },
      },
      { name: 'c', run: () => void seen.push('c') },
    );
    const running = chain.run(null);
    assert.ok(running instanceof Promise);
    assert.deepEqual(seen, ['a']);
    await running;
    assert.deepEqual(seen, ['a', 'b', 'c']);
  });

  it('begins no further step once it is cancelled, and abandons none that runs', async () => {
    const { cancel, now: stop } = cancelling();
    let isDone = false;
    const slow: Step<unknown> = {
      name: 'slow',
      async run() {
        stop();
        await null;
        isDone = true;
      },
    };
    const chain = createChain('c', 'lenient').add(slow, { name: 'b', run: () => assert.fail('not begun') });
    assert.deepEqual(await chain.run(null, cancel), { ok: false, steps: 1, isCancelled: true, failures: [] });
    assert.equal(isDone, true);
    assert.equal(now(chain.run(null, cancel)).steps, 0);
  });

  it('refuses a second step of the same name', () => {
    const chain = createChain('c', 'strict').add(goes('a'));
    assert.throws(() => chain.add(goes('a')), /has a step a already/);
    assert.deepEqual(chain.steps, ['a']);
  });
});

type Fate = 'ok' | 'returned' | 'threw' | 'in the way';
const fates: readonly Fate[] = ['ok', 'returned', 'threw', 'in the way'];

/** What the design says, step by step. */
function expected(mode: ChainMode, plan: readonly Fate[]): { ok: boolean; steps: number; failed: string[] } {
  const failed: string[] = [];
  for (const [at, fate] of plan.entries()) {
    if (fate === 'ok') continue;
    failed.push(`s${at}`);
    if (mode === 'strict' || (mode === 'best-effort' && fate === 'in the way'))
      return { ok: false, steps: at + 1, failed };
  }
  return { ok: plan.length === 0 || failed.length < plan.length, steps: plan.length, failed };
}

describe('random chains', () => {
  it('do what the design says in every mode, synchronous or not, however many middleware stand round', async () => {
    let seed = 20_261_121;
    const random = (n: number) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % n;
    };
    for (let round = 0; round < 600; round++) {
      const mode = modes[random(3)] as ChainMode;
      const plan = Array.from({ length: random(7) }, () => fates[random(4)] as Fate);
      const isAsync = plan.map(() => random(3) === 0);
      const begun: number[] = [];
      const chain = createChain<unknown>(`r${round}`, mode).add(
        ...plan.map((fate, at) => ({
          name: `s${at}`,
          run() {
            begun.push(at);
            if (fate === 'threw' && !isAsync[at]) throw new Error(fate);
            if (fate === 'threw') return Promise.reject(new Error(fate));
            const output = fate === 'returned' ? { error: 'NO', message: fate } : { value: at };
            return isAsync[at] ? Promise.resolve(output) : output;
          },
        })),
      );
      const layers = 1 + random(4);
      const blocking = random(layers);
      for (let layer = 0; layer < layers; layer++)
        chain.use({
          name: `m${layer}`,
          around: (step, next) => {
            const isInTheWay = layer === blocking && plan[Number(step.name.slice(1))] === 'in the way';
            return isInTheWay ? () => middlewareFailed(`m${layer}`, 'NO', 'no') : next;
          },
        });
      const running = chain.run(null);
      const wanted = expected(mode, plan);
      const awaits = isAsync.some((is, at) => is && at < wanted.steps && plan[at] !== 'in the way');
      assert.equal(running instanceof Promise, awaits, `${mode} ${plan}`);
      const result = await running;
      const text = `${mode}: ${plan.join(', ')}`;
      assert.equal(result.ok, wanted.ok, text);
      assert.equal(result.steps, wanted.steps, text);
      assert.deepEqual(
        result.failures.map((failure) => failure.step),
        wanted.failed,
        text,
      );
      const ran = plan.map((_, at) => at).filter((at) => at < wanted.steps && plan[at] !== 'in the way');
      assert.deepEqual(begun, ran, text);
    }
  });

  it('leave nothing behind between runs', () => {
    const chain = createChain('c', 'lenient').add(failing('a', 1), goes('b'));
    assert.equal(now(chain.run(null)).failures.length, 1);
    assert.equal(now(chain.run(null)).failures.length, 0);
  });
});
