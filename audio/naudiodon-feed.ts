// Carries rendered frames to a player process with naudiodon in it. Main thread: while JavaScript is blocked nothing is
// carried, and what the player holds (about a third of a second) is all that is heard. For compatibility only.
import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { PlayerOptions, PlayerWord } from './naudiodon-player.ts';

const EXTENSION = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const OPEN_MS = 5000;
/** After the last frame was given: what the player and the device hold, and time to end. */
const DRAIN_MS = 2000;
const CHUNK_FRAMES = 1024;
/** On the way and not yet with naudiodon, which takes eight chunks more. */
const WINDOW_FRAMES = 4 * CHUNK_FRAMES;
const BYTES_PER_FRAME = 8;
const LOOK_MS = 500;
/** So many looks in a row without a frame being taken: the device plays no more. Looks, not time: JavaScript may have been
 *  blocked itself. */
const SILENT_LOOKS = 5;

export interface FeedPorts {
  /** The next frames to be heard; null: no more. */
  render(frames: number): Float32Array | null;
  /** The player has ended as it was told to. */
  ended(): void;
  /** The player or its device has gone; so many frames were not heard. */
  lost(message: string, unheardFrames: number): void;
}

export interface Feed {
  /** Begins to carry. */
  start(ports: FeedPorts): void;
  /** Looks whether there is something to carry, or no more. */
  pump(): void;
  /** Carries nothing more; resolves when all that was carried has been heard and the player is gone. */
  end(): Promise<void>;
}

export function naudiodonSinkName(device: string | null): string {
  return `naudiodon: ${device ?? 'default'}`;
}

function isInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve('naudiodon');
    return true;
  } catch {
    return false;
  }
}

/** Starts a player on that device. Never rejects; the failure says what to do. */
export async function openNaudiodon(options: PlayerOptions): Promise<Feed | { readonly message: string }> {
  const name = naudiodonSinkName(options.device);
  if (!isInstalled())
    return {
      message: `"${name}" cannot be opened: naudiodon is not installed. Run "npm install" with it, or choose another device: segue devices`,
    };
  const path = fileURLToPath(new URL(`./naudiodon-player.${EXTENSION}`, import.meta.url));
  // naudiodon prints on both.
  const child = fork(path, [JSON.stringify(options)], { stdio: ['pipe', 'ignore', 'ignore', 'ipc'] });
  const opened = await hello(child);
  if (opened === null) return new Carrier(child, name);
  child.kill('SIGKILL');
  return { message: `"${name}" cannot be opened: ${opened}. Another device: segue devices` };
}

/** Null when it is open, else why not. */
function hello(child: ChildProcess): Promise<string | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('naudiodon did not answer'), OPEN_MS);
    child.once('message', (word: PlayerWord) => resolve(word.type === 'failed' ? word.message : null));
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`naudiodon ended at once (${code ?? signal})`));
    child.once('message', () => clearTimeout(timer));
    child.once('exit', () => clearTimeout(timer));
  });
}

class Carrier implements Feed {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #gone: Promise<void>;
  #ports: FeedPorts | null = null;
  #timer: NodeJS.Timeout | undefined;
  /** Given to the pipe, and not yet taken by naudiodon. */
  #frames = 0;
  #silentLooks = 0;
  #isEnding = false;

  constructor(child: ChildProcess, name: string) {
    this.#child = child;
    this.#name = name;
    // Writing to a player that has died: its exit says so.
    child.stdin?.on('error', () => {});
    child.on('message', (word: PlayerWord) => this.#hear(word));
    this.#gone = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#exited(`the player of "${name}" has ended (${code ?? signal})`);
        resolve();
      });
    });
  }

  start(ports: FeedPorts): void {
    this.#ports = ports;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null)
      this.#exited(`the player of "${this.#name}" has ended`);
    else this.pump();
  }

  pump(): void {
    while (this.#ports && !this.#isEnding && this.#frames < WINDOW_FRAMES) {
      const samples = this.#ports.render(CHUNK_FRAMES);
      if (samples === null) return void this.end();
      this.#frames += CHUNK_FRAMES;
      this.#child.stdin?.write(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
    }
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    clearInterval(this.#timer);
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), DRAIN_MS);
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.#gone;
    clearTimeout(timer);
  }

  #hear(word: PlayerWord): void {
    if (word.type === 'failed') this.#lose(`"${this.#name}": ${word.message}`);
    if (word.type !== 'taken') return;
    this.#frames -= word.bytes / BYTES_PER_FRAME;
    this.#silentLooks = 0;
    this.pump();
  }

  #look(): void {
    this.#silentLooks = this.#frames < WINDOW_FRAMES ? 0 : this.#silentLooks + 1;
    if (this.#silentLooks >= SILENT_LOOKS)
      this.#lose(`"${this.#name}" takes no more sound. Check the plug and the power of its device`);
  }

  #exited(why: string): void {
    if (this.#isEnding) this.#done((ports) => ports.ended());
    else this.#lose(why);
  }

  #lose(why: string): void {
    this.#isEnding = true;
    clearInterval(this.#timer);
    this.#done((ports) => ports.lost(`${why}.`, this.#frames));
    this.#child.kill('SIGKILL');
  }

  /** Once. */
  #done(tell: (ports: FeedPorts) => void): void {
    const ports = this.#ports;
    this.#ports = null;
    if (ports) tell(ports);
  }
}
