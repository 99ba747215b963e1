// What happens to the music while the sound device is gone. That it is looked for is the daemon's business.
import { rule } from './rule.ts';

export const PauseWhenDeviceLost = rule(
  'PauseWhenDeviceLost',
  'While the sound device is gone the music waits where it was, unless on_device_lost says that it plays on.',
)
  .when('Player.deviceLost', { playing: true })
  .where('Settings.get', { key: 'on_device_lost' }, { value: 'pause' })
  .thenDo('Player.pauseForDevice', {});

export const PlayWhenDeviceBack = rule(
  'PlayWhenDeviceBack',
  'Music that waited for the sound device goes on when it is back.',
)
  .when('Player.deviceBack')
  .thenDo('Player.play', {});

export const deviceRules = [PauseWhenDeviceLost, PlayWhenDeviceBack];
