import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SinkChoice } from '../../audio/engine.ts';
import { keepDevice } from '../../daemon/device-keeper.ts';

function kept() {
  const state = {
    sink: 'null',
    wanted: { kind: 'portaudio', device: null } as SinkChoice,
    tries: 0,
    answer: () => Promise.resolve({ ok: false as const, message: 'not there' }) as Promise<never>,
    look: () => Promise.resolve(),
  };
  keepDevice({
    engine: {
      snapshot: () => ({ sink: state.sink }) as never,
      switchSink: () => {
        state.tries += 1;
        return state.answer();
      },
    },
    wanted: () => state.wanted,
    every: (ms, work) => {
      assert.equal(ms, 2000);
      state.look = work as () => Promise<void>;
    },
  });
  const look = async (times: number) => {
    for (let n = 0; n < times; n++) await state.look();
    return state.tries;
  };
  return { state, look };
}

test('it is tried each time, after five minutes each fifth time, and eagerly again after it was there', async () => {
  const { state, look } = kept();
  assert.equal(await look(150), 150);
  assert.equal(await look(50), 160);
  state.sink = 'ALSA: DAC';
  assert.equal(await look(10), 160);
  state.sink = 'null';
  assert.equal(await look(10), 170);
});

test('nothing is tried where the owner wants no device, and one try at a time', async () => {
  const { state, look } = kept();
  state.wanted = { kind: 'null' };
  assert.equal(await look(5), 0);
  state.wanted = { kind: 'portaudio', device: 'DAC' };
  state.answer = () => new Promise<never>(() => {});
  void state.look();
  void state.look();
  assert.equal(state.tries, 1);
});
