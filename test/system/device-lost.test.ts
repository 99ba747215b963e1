// A device that the owner chose by its name goes while its server runs, or with its server, and comes back: the music waits
// where it was, or goes on unheard, through each way to a device that there is.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Status } from '../../daemon/adapters/http/shapes.ts';
import { type Daemon, startDaemon, temporaryFolder } from '../support/daemon.ts';
import { writeMusic } from '../support/music.ts';
import { openPulseServer, type PulseServer } from '../support/pulse-server.ts';

const NULL_SINK = ['module-null-sink', 'sink_name=first', 'rate=48000', 'format=float32le', 'channels=2'];
const folder = temporaryFolder('device-lost');
let server: PulseServer;
before(async () => {
  writeMusic(join(folder.path, 'music'), 3, 120);
  // The other device is there all the time: the music is not to move to it by itself.
  const other = 'load-module module-null-sink sink_name=other rate=48000';
  server = await openPulseServer([`load-module ${NULL_SINK.join(' ')}`, other], ['first']);
});
after(async () => {
  await server?.close();
  folder.remove();
});

const unload = () => server.control('unload-module', moduleOf('sink_name=first'));
const load = () => server.control('load-module', ...NULL_SINK);
function moduleOf(argument: string): string {
  const line = server
    .control('list', 'short', 'modules')
    .split('\n')
    .find((each) => each.includes(argument));
  return line?.split('\t')[0] ?? '';
}

for (const [device, ways] of [
  ['PulseAudio: first', { unload: [unload, load], kill: [() => server.kill(), () => server.start()] }],
  // ALSA's plugin lets the server move the stream to another device: nothing is lost then.
  ['ALSA: first', { kill: [() => server.kill(), () => server.start()] }],
] as const) {
  test(`${device}: it goes and comes back, and the music with it`, async () => {
    const daemon: Daemon = await startDaemon({
      state: join(folder.path, device.replace(': ', '-')),
      music: join(folder.path, 'music'),
      sink: 'auto',
      environment: server.environment,
    });
    const status = () => daemon.get<Status>('/status');
    const sinkIs = (sink: string, playing: boolean) =>
      daemon.until(
        `${sink}, ${playing ? 'playing' : 'waiting'}`,
        status,
        (now) => now.sink === sink && now.playing === playing,
        30_000,
      );
    try {
      await daemon.until('music', status, ({ current }) => (current?.positionMs ?? 0) > 0);
      await daemon.send('PUT', '/settings', { output_device: device });
      await sinkIs(device, true);
      for (const [go, come] of Object.values(ways)) {
        const before = (await status()).current;
        await go();
        const lost = (await sinkIs('null', false)).current;
        assert.equal(lost?.entry, before?.entry);
        await come();
        const back = (await sinkIs(device, true)).current;
        assert.equal(back?.entry, lost?.entry);
        assert.ok((back?.positionMs ?? 0) >= (lost?.positionMs ?? 0));
      }
      await daemon.send('PUT', '/settings', { on_device_lost: 'play' });
      const [go, come] = Object.values(ways)[0] as readonly [() => unknown, () => unknown];
      await go();
      const lost = (await sinkIs('null', true)).current;
      await daemon.until(
        'the music to go on unheard',
        status,
        ({ current }) => (current?.positionMs ?? 0) > (lost?.positionMs ?? 0),
      );
      await come();
      await sinkIs(device, true);
      const times = Object.keys(ways).length + 1;
      const said = async (line: string) => daemon.log().split(line).length - 1;
      for (const [line, count] of [
        ['warn: Sound goes to null.', times],
        [`Sound goes to ${device}.`, times + 1],
      ] as const)
        await daemon.until(
          `${count} × "${line}"`,
          () => said(line),
          (now) => now === count,
        );
    } finally {
      await daemon.stop();
    }
  });
}
