// What survives a restart though nobody was told that it is saved: the volume, and how far we are.
import { on, rule } from './rule.ts';

export const PersistVolume = rule(
  'PersistVolume',
  'The volume is saved, at most once a second, the last one.',
)
  .when('Player.volumeChanged', { volume: '?volume' })
  .atMostEvery(1000, 'last')
  .thenDo('Settings.set', ({ volume }) => ({ key: 'volume', value: volume }));

export const ApplyVolumeWhenSet = rule(
  'ApplyVolumeWhenSet',
  'A volume that is set among the settings is the volume.',
)
  .when('Settings.changed', { key: 'volume', value: '?value' })
  .let('volume', ({ value }) => (typeof value === 'number' ? value : null))
  .present('volume')
  .where('Player.status', {}, { volume: '?now' })
  .filter(({ volume, now }) => volume !== now)
  .thenDo('Player.setVolume', ({ volume }) => ({ volume }));

export const PersistPosition = rule(
  'PersistPosition',
  'The position is saved for good at a pause, when a passage starts, and when the daemon stops.',
)
  .whenAny(
    on('Player.pause'),
    on('Player.pauseForDevice'),
    on('Player.voiceStarted'),
    on('Appliance.stopping'),
  )
  .thenDo('Player.savePosition', {});

export const persistRules = [PersistVolume, ApplyVolumeWhenSet, PersistPosition];
