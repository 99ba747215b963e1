// What the core's typed face says of its sink: that one is being opened, that the device has gone, that something renders. The
// watchdog goes by it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AudioEngine } from '../../audio/engine.ts';
import { openNativeEngine } from '../../audio/native-engine.ts';
import { openPulseServer, type PulseServer } from '../support/pulse-server.ts';

let server: PulseServer;
let engine: AudioEngine | null = null;
before(async () => {
  server = await openPulseServer(
    ['load-module module-null-sink sink_name=first rate=48000 format=float32le channels=2'],
    ['first'],
  );
  process.env.PULSE_SERVER = server.environment.PULSE_SERVER;
});
after(async () => {
  await engine?.close(0);
  await server?.close();
});

const within = async (ms: number, isThere: () => boolean) => {
  for (const from = Date.now(); !isThere() && Date.now() - from < ms; )
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(isThere());
};

test('switching while one is opened, lost from the loss on until the null sink renders', async () => {
  engine = openNativeEngine({
    ...{ rate: 48_000, sink: { kind: 'null' }, playing: true, volume: 1, limiter: false },
  });
  const opened = engine;
  const seen: string[] = [];
  engine.onEvent((event) => {
    if (event.type === 'streamLost' || event.type === 'streamOpened')
      seen.push(`${event.type} ${opened.sinkState()}`);
  });
  assert.equal(engine.sinkState(), 'switching');
  await within(10_000, () => opened.sinkState() === 'renders');
  const refused = engine.switchSink({ kind: 'portaudio', device: 'PulseAudio: nowhere' });
  assert.equal(engine.sinkState(), 'switching');
  assert.equal((await refused).ok, false);
  assert.equal(engine.sinkState(), 'renders');
  assert.deepEqual(await engine.switchSink({ kind: 'portaudio', device: 'PulseAudio: first' }), {
    ok: true,
    sink: 'PulseAudio: first',
  });
  seen.length = 0;
  await server.kill();
  await within(10_000, () => seen.length === 2);
  assert.deepEqual(seen, ['streamLost lost', 'streamOpened renders']);
  assert.equal(engine.snapshot().sink, 'null');
});
