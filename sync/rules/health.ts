// What is noted for health: the device, and whether anything can be chosen.
import { on, rule } from './rule.ts';
import { sentences } from './sentences.ts';

export const NoteHealthWhenDeviceLost = rule(
  'NoteHealthWhenDeviceLost',
  'A sound device that is gone, or cannot be opened, is a fault until one plays again.',
)
  .when('Player.sinkChanged', { sink: '?sink', reason: '?reason' })
  .filter(({ reason }) => reason !== 'opened')
  .thenDo('Health.note', ({ reason }) => ({
    name: 'device',
    ok: false,
    message: sentences.deviceLost(reason),
  }));

export const NoteHealthWhenDeviceOpened = rule(
  'NoteHealthWhenDeviceOpened',
  'A sound device that plays is in order.',
)
  .when('Player.sinkChanged', { sink: '?sink', reason: 'opened' })
  .filter(({ sink }) => sink !== 'null')
  .thenDo('Health.note', ({ sink }) => ({ name: 'device', ok: true, message: sentences.deviceOpened(sink) }));

export const NoteHealthWhenNothingLeft = rule(
  'NoteHealthWhenNothingLeft',
  'That nothing can be chosen is a fault, with the reason.',
)
  .when('Director.nothingLeft', { reason: '?reason' })
  .thenDo('Health.note', ({ reason }) => ({
    name: 'selection',
    ok: false,
    message: sentences.nothingLeft(reason),
  }));

export const NoteHealthWhenChosenAgain = rule(
  'NoteHealthWhenChosenAgain',
  'The first choice after that ends the fault.',
)
  .whenAny(on('Director.selected'))
  .where('Health.checks', {}, { name: 'selection', ok: false })
  .thenDo('Health.note', { name: 'selection', ok: true, message: sentences.chosenAgain });

export const healthRules = [
  NoteHealthWhenDeviceLost,
  NoteHealthWhenDeviceOpened,
  NoteHealthWhenNothingLeft,
  NoteHealthWhenChosenAgain,
];
