// The orchestration bench round the engine: a change told to ten clients over the real hub and real sockets, and a
// control request through the real HTTP adapter. What orchestration is of it, and what the whole is.
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEventHub } from '../../../daemon/adapters/http/hub.ts';
import { createAccess } from '../../../daemon/concepts/access/access.ts';
import { createPanel } from '../../../daemon/concepts/panel/panel.ts';
import { createBus, createIds } from '../../../sync/bus.ts';
import { createEngine, type Engine } from '../../../sync/engine/index.ts';
import { BroadcastSettings } from '../../../sync/rules/broadcast.ts';
import { PersistVolume } from '../../../sync/rules/persist.ts';
import type { Vocabulary } from '../../../sync/vocabulary/index.ts';
import { openMemory } from '../../support/database.ts';
import { startFakeServer } from '../../support/fake-server.ts';
import { createLoader } from './http-load.ts';
import { median, row, type Samples, sideBySide, timed } from './stopwatch.ts';

const clients = 10;
const changes = 2000;
const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

/** With the bus, as the daemon has it. */
function daemonLike(): Engine<Vocabulary> {
  const ids = createIds('bench');
  const throwing = (message: string) => {
    throw new Error(message);
  };
  return createEngine<Vocabulary>({
    clock,
    timers: { after: () => () => {} },
    ids,
    bus: createBus({ ids, nowMs: clock.nowMs, onError: (type, error) => throwing(`${type}: ${error}`) }),
    onProblem: ({ message }) => throwing(message),
  });
}

export async function benchBroadcast(): Promise<void> {
  let flush = () => {};
  const hub = createEventHub({
    bootId: 'bench',
    defer: (run) => {
      flush = run;
    },
  });
  const engine = daemonLike();
  engine.register('Panel', createPanel({ hub, clock, emit: engine.emitter('Panel') }));
  engine.use([BroadcastSettings]);
  const change = engine.emitter('Settings');
  const told = (value: number) => ({ key: 'volume', value });
  const tell = (value: number) => hub.broadcast('settings', told(value));
  const tellAsync = async (value: number) => tell(value);

  const { byRule, direct, allAsync } = await sideBySide({
    byRule: (n) => change('changed', told(n)),
    direct: (n) => void tell(n),
    allAsync: async (n) => void (await tellAsync(n)),
  });
  row({ name: 'SSE broadcast: orchestration of one change', us: byRule, target: 2, direct, allAsync });

  const server = createServer((_request, response) => hub.connect(response, undefined));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const streams = await Promise.all(
    Array.from(
      { length: clients },
      () => new Promise<IncomingMessage>((resolve) => get({ port, host: '127.0.0.1' }, resolve)),
    ),
  );
  for (const stream of streams) stream.resume();
  flush();
  const before = hub.counts();
  const whole: { byRule: number[]; direct: number[] } = { byRule: [], direct: [] };
  for (let n = 0; n < changes; n++) {
    const byEngine = n % 2 === 0;
    const us = timed(() => {
      if (byEngine) change('changed', told(n));
      else tell(n);
      flush();
    });
    if (n >= changes / 10) whole[byEngine ? 'byRule' : 'direct'].push(us);
    // The sockets take what was written; nobody falls behind.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const after = hub.counts();
  const encoded = (after.encoded - before.encoded) / changes;
  row({
    name: `  the whole of it, ${clients} clients on sockets`,
    us: whole.byRule,
    direct: whole.direct,
    note: `encoded ${encoded.toFixed(2)} times a change, ${after.clients} clients, ${after.dropped} dropped`,
  });
  hub.close();
  server.close();
}

export async function benchRequest(): Promise<void> {
  const engine = daemonLike();
  const setVolume = ({ volume }: { volume: number }) => {
    engine.emit('Player', 'volumeChanged', { volume });
    return { volume };
  };
  const set = (input: { key: string; value: unknown }) => input;
  engine.register('Player', { actions: { setVolume }, queries: {} } as never);
  engine.register('Settings', { actions: { set }, queries: {} } as never);
  const emit = engine.emitter('Access');
  engine.register('Access', createAccess({ db: openMemory(), clock, emit, guestsMay: () => 'control' }));
  engine.use([PersistVolume]);
  const origin = { door: 'http', who: '127.0.0.1' } as const;
  const plain = (volume: number) => set({ key: 'volume', value: volume }) && { volume };
  const later = async (volume: number) => set({ key: 'volume', value: volume });
  const { byDoor, direct, allAsync } = await sideBySide({
    byDoor: (n) => engine.run('Player', 'setVolume', { volume: (n % 100) / 100 }, origin),
    direct: (n) => void plain((n % 100) / 100),
    allAsync: async (n) => (await later((n % 100) / 100)) && { volume: n },
  });
  const { port, close } = await startFakeServer({ ports: { door: engine } });
  const load = createLoader(port, 1);
  await load.open();
  const body = '{"volume":0.5}';
  const head = `POST /api/v1/volume HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  await load.run(head + body, 0.5);
  const request: Samples = (await load.run(head + body, 2)).latencyMs.map((ms) => ms * 1000);
  load.close();
  await close();
  const share = (100 * median(byDoor)) / median(request);
  row({
    name: 'control request: orchestration',
    us: byDoor,
    target: 5,
    direct,
    allAsync,
    note: `${((100 * median(byDoor)) / 10_000).toFixed(3)} % of 10 ms (allowed: 0.25 %)`,
  });
  row({
    name: '  the whole request, one connection',
    us: request,
    note: `of which orchestration ${share.toFixed(2)} %`,
  });
}
