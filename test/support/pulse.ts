// A virtual sound device for tests: its own PulseAudio with a null sink, reached in its protocol or through ALSA's pulse
// plugin, and recorded bit for bit from the sink's monitor.
import { openPulseServer, type Recording } from './pulse-server.ts';

export type { Recording } from './pulse-server.ts';

export interface VirtualDevice {
  /** Of its server. */
  pid(): number;
  /** For the process under test: only this device exists there. */
  readonly environment: NodeJS.ProcessEnv;
  record(): Promise<Recording>;
  /** The server dies at once, and comes back at the same place. */
  unplug(): Promise<void>;
  plugIn(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the device. Throws with PulseAudio's own words if it does not come up within 10 s. */
export async function openVirtualDevice(rateHz = 48_000): Promise<VirtualDevice> {
  const nullSink = `load-module module-null-sink sink_name=segue rate=${rateHz} format=float32le channels=2`;
  const server = await openPulseServer([nullSink, 'set-default-sink segue'], ['segue']);
  return {
    pid: () => server.pid(),
    environment: server.environment,
    record: () => server.record('segue', rateHz),
    unplug: () => server.kill(),
    plugIn: () => server.start(),
    close: () => server.close(),
  };
}
