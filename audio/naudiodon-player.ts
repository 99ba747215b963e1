// The player process: takes interleaved stereo float on its standard input and gives it to naudiodon, whose signal handler,
// prints and parked threads stay here. Says over IPC when the device is open and how many bytes it has given away. Ends with
// its input, after all of it was heard; ends at once when its parent has gone. Never part of the daemon.
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import type { Writable } from 'node:stream';

export interface PlayerOptions {
  /** "<host API>: <device>"; null: the default device. */
  readonly device: string | null;
  readonly rateHz: number;
}

export type PlayerWord =
  | { readonly type: 'open' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'taken'; readonly bytes: number };

interface AudioIO extends Writable {
  start(): void;
}
interface Naudiodon {
  readonly SampleFormatFloat32: number;
  readonly AudioIO: new (options: { outOptions: object }) => AudioIO;
  getDevices(): {
    readonly id: number;
    readonly name: string;
    readonly hostAPIName: string;
    readonly maxOutputChannels: number;
  }[];
}

/** What naudiodon asks of the device: less ran dry. Its callback waits for that much, so that more has to be queued. */
const DEVICE_FRAMES = 2048;
const CHUNK_BYTES = 1024 * 8;
const QUEUED_CHUNKS = 8;
/** PortAudio drops what lies in the device's buffer when it stops: this may be dropped. */
const LAST_SILENCE_FRAMES = 5 * DEVICE_FRAMES;
/** A device that just starts runs dry at once on a busy machine and drops what it had: this, then. */
const FIRST_SILENCE_FRAMES = 2 * DEVICE_FRAMES;

const say = (word: PlayerWord) => void process.send?.(word);

function open({ device, rateHz }: PlayerOptions): AudioIO {
  // Its signal handler writes crash.log into the working folder.
  process.chdir(tmpdir());
  const naudiodon = createRequire(import.meta.url)('naudiodon') as Naudiodon;
  const named = naudiodon
    .getDevices()
    .find((each) => each.maxOutputChannels > 0 && `${each.hostAPIName}: ${each.name}` === device);
  if (device !== null && named === undefined)
    throw new Error('there is no such device. "segue devices" lists those that there are');
  const outOptions = {
    channelCount: 2,
    sampleFormat: naudiodon.SampleFormatFloat32,
    sampleRate: rateHz,
    deviceId: named?.id ?? -1,
    framesPerBuffer: DEVICE_FRAMES,
    maxQueue: QUEUED_CHUNKS,
    // True would end the stream at the first time it ran dry.
    closeOnError: false,
  };
  return new naudiodon.AudioIO({ outOptions });
}

async function play(output: AudioIO): Promise<void> {
  const write = (chunk: Buffer) =>
    new Promise<void>((resolve, reject) => {
      output.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
  let isStarted = false;
  for await (const data of process.stdin) {
    const bytes = data as Buffer;
    if (!isStarted) await write(Buffer.alloc(8 * FIRST_SILENCE_FRAMES));
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      const chunk = bytes.subarray(at, at + CHUNK_BYTES);
      await write(chunk);
      say({ type: 'taken', bytes: chunk.length });
      // Not before it has something to play: its callback waits.
      if (!isStarted) output.start();
      isStarted = true;
    }
  }
  if (!isStarted) return;
  await write(Buffer.alloc(8 * LAST_SILENCE_FRAMES));
  await new Promise((resolve) => {
    output.once('finished', resolve);
    output.end();
  });
}

// A terminal's Ctrl-C and a service's stop go to the whole group: what is still to be heard is for the parent to say.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.once('disconnect', () => process.exit(0));
try {
  const output = open(JSON.parse(process.argv[2] ?? '{}') as PlayerOptions);
  say({ type: 'open' });
  await play(output);
  process.exit(0);
} catch (error) {
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  process.send?.({ type: 'failed', message } satisfies PlayerWord, () => process.exit(1));
}
