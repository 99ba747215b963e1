// Panel: who is connected, and for how long nobody has been.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPanel } from '../../../daemon/concepts/panel/panel.ts';
import type { PanelVocabulary } from '../../../sync/vocabulary/panel.ts';
import { handClock, recorder } from '../../support/ports.ts';

test('who is there, for how long nobody has been, and one more is told', () => {
  const clock = handClock();
  const { emit, emitted } = recorder<PanelVocabulary>();
  let count = 0;
  let tell = (_clients: number) => {};
  const hub = {
    broadcast: () => count,
    clients: () => count,
    onClients(listener: (clients: number) => void) {
      tell = listener;
    },
  };
  const panel = createPanel({ hub, clock, emit });
  const become = (clients: number) => {
    count = clients;
    tell(clients);
  };
  const row = () => panel.queries.clients({})[0];
  clock.pass(5000);
  assert.deepEqual(row(), { count: 0, aloneMs: 5000 });
  become(1);
  become(2);
  clock.pass(5000);
  assert.deepEqual(row(), { count: 2, aloneMs: 0 });
  become(1);
  become(0);
  clock.pass(70);
  assert.deepEqual(row(), { count: 0, aloneMs: 70 });
  assert.deepEqual(emitted, [
    { event: 'connected', payload: { clients: 1 } },
    { event: 'connected', payload: { clients: 2 } },
  ]);
});
