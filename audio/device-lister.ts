// The lister process: asks naudiodon (or the core, where naudiodon cannot be loaded) for the devices, sends them to
// its parent, and ends. Never part of the daemon.
import { createRequire } from 'node:module';

import type { Device, DeviceList } from './devices.ts';
import { defaultDevice, deviceRates, listDevices as listByCore, listCards } from './native-engine.ts';
import { naudiodonSinkName } from './naudiodon-feed.ts';

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
    getHostAPIs(): { defaultHostAPI: number; HostAPIs: { id: number; defaultOutput: number }[] };
  };
  const { defaultHostAPI, HostAPIs } = naudiodon.getHostAPIs();
  const standard = HostAPIs.find(({ id }) => id === defaultHostAPI)?.defaultOutput;
  const devices = naudiodon
    .getDevices()
    .filter((device) => device.maxOutputChannels > 0)
    .map((device) => ({
      name: `${device.hostAPIName}: ${device.name}`,
      hostApi: device.hostAPIName,
      outputChannels: device.maxOutputChannels,
      defaultRateHz: device.defaultSampleRate,
      isDefault: device.id === standard,
    }));
  return devices.length === 0 ? [] : [...devices, throughNaudiodon(devices)];
}

/** The way to the default device for compatibility; to another one: its name after "naudiodon: ". */
function throughNaudiodon(devices: readonly Device[]): Device {
  return {
    name: naudiodonSinkName(null),
    hostApi: 'naudiodon',
    outputChannels: 2,
    defaultRateHz: devices.find(({ isDefault }) => isDefault)?.defaultRateHz ?? null,
    isDefault: false,
  };
}

/** What the core speaks to by itself: a sound server, and cards, which PortAudio does not see while they are played. */
function withOwn(list: DeviceList): DeviceList {
  const standard = defaultDevice();
  const cards = listCards();
  const missing = [...(standard ? [standard] : []), ...cards].filter(
    (name) => !list.devices.some((device) => device.name === name),
  );
  const own = [...new Set(missing)].map((name) => ({
    name,
    hostApi: name.split(':')[0] ?? '',
    outputChannels: 2,
    defaultRateHz: deviceRates(name)[0] ?? null,
    isDefault: false,
  }));
  const devices = [...own, ...list.devices].map((device) =>
    standard ? { ...device, isDefault: device.name === standard } : device,
  );
  return { ...list, devices };
}

function list(): DeviceList {
  try {
    return { devices: byNaudiodon(), source: 'naudiodon', note: null };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    const { devices: found } = listByCore();
    const devices = found.map(({ maxChannels, device: _, ...rest }) => ({
      ...rest,
      outputChannels: maxChannels,
    }));
    return {
      devices,
      source: 'core',
      note: `naudiodon cannot be loaded (${reason}); the core listed the devices.`,
    };
  }
}

process.send?.(withOwn(list()), () => process.disconnect());
