// The lister process: asks naudiodon (or the core, where naudiodon cannot be loaded) for the devices, sends them to
// its parent, and ends. Never part of the daemon.
import { createRequire } from 'node:module';
import { loadAddon } from './addon.ts';
import type { Device, DeviceList } from './devices.ts';

interface NaudiodonDevice {
  readonly id: number;
  readonly name: string;
  readonly maxOutputChannels: number;
  readonly defaultSampleRate: number;
  readonly hostAPIName: string;
}

function byNaudiodon(): Device[] {
  const naudiodon = createRequire(import.meta.url)('naudiodon') as {
    getDevices(): NaudiodonDevice[];
    getHostAPIs(): { HostAPIs: { defaultOutput: number }[] };
  };
  const defaults = new Set(naudiodon.getHostAPIs().HostAPIs.map((api) => api.defaultOutput));
  return naudiodon
    .getDevices()
    .filter((device) => device.maxOutputChannels > 0)
    .map((device) => ({
      name: `${device.hostAPIName}: ${device.name}`,
      hostApi: device.hostAPIName,
      outputChannels: device.maxOutputChannels,
      defaultRateHz: device.defaultSampleRate,
      isDefault: defaults.has(device.id),
    }));
}

function list(): DeviceList {
  try {
    return { devices: byNaudiodon(), source: 'naudiodon', note: null };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    const devices = (loadAddon().listDevices as () => Device[])();
    return {
      devices,
      source: 'core',
      note: `naudiodon cannot be loaded (${reason}); the core listed the devices.`,
    };
  }
}

process.send?.(list(), () => process.disconnect());
