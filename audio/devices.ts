// The list of sound devices, fresh each time, from naudiodon in a short-lived child process: PortAudio reads devices
// only once, naudiodon installs a signal handler, and probing may hang or crash. None of that belongs in the daemon.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Device {
  /** Stable name: "ALSA: pulse". */
  readonly name: string;
  readonly hostApi: string;
  readonly outputChannels: number;
  /** Null: not known, because somebody plays on it just now. */
  readonly defaultRateHz: number | null;
  readonly isDefault: boolean;
}

export interface DeviceList {
  readonly devices: readonly Device[];
  /** naudiodon, or the core's own PortAudio where naudiodon cannot be loaded. */
  readonly source: 'naudiodon' | 'core';
  readonly note: string | null;
}

const EXTENSION = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/** Lists the output devices. Never rejects: a lister that dies or takes longer than `timeoutMs` gives an empty list
 *  that says so. A small board with a cold card needs seconds to load it. */
export function listDevices(timeoutMs = 30_000): Promise<DeviceList> {
  return new Promise((resolve) => {
    const path = fileURLToPath(new URL(`./device-lister.${EXTENSION}`, import.meta.url));
    const child = fork(path, [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], cwd: '/tmp' });
    let answer: DeviceList = {
      devices: [],
      source: 'core',
      note: 'The device lister died; sound devices are not known.',
    };
    const timer = setTimeout(() => {
      answer = { ...answer, note: `The device lister took longer than ${timeoutMs / 1000} s.` };
      child.kill('SIGKILL');
    }, timeoutMs);
    child.on('message', (message) => {
      answer = message as DeviceList;
    });
    child.on('error', () => {});
    child.on('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}
