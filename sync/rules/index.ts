// All rules, in the order in which they fire, and what the engine has to know of the vocabulary's events and actions.
import type { ActionKey, EventKey, Rule } from '../engine/index.ts';
import type { Vocabulary } from '../vocabulary/index.ts';
import { accessRules } from './access.ts';
import { askRules } from './ask.ts';
import { autoSelectRules } from './auto-select.ts';
import { backupRules } from './backup.ts';
import { bedsideRules } from './bedside.ts';
import { broadcastRules } from './broadcast.ts';
import { deviceRules } from './device.ts';
import { healthRules } from './health.ts';
import { historyRules } from './history.ts';
import { overrideRules } from './override.ts';
import { persistRules } from './persist.ts';
import { playRules } from './play.ts';
import { tasteRules } from './taste.ts';
import { timeslotRules } from './timeslots.ts';

/** Who may is asked before anything is done; then what is written down comes first, what sounds second, what is chosen third, what is told last. */
export const allRules: readonly Rule[] = [
  ...accessRules,
  ...historyRules,
  ...playRules,
  ...deviceRules,
  ...askRules,
  ...bedsideRules,
  ...overrideRules,
  ...timeslotRules,
  ...tasteRules,
  ...persistRules,
  ...autoSelectRules,
  ...backupRules,
  ...healthRules,
  ...broadcastRules,
];

/** Events that say "look again": coalesced within a turn, delivered after it. */
export const stateLikeEvents: readonly EventKey<Vocabulary>[] = [
  'Queue.changed',
  'Player.stateChanged',
  'Library.changed',
  'Import.progressed',
  'Timeslots.changed',
  'Health.changed',
];

/** Events that come all day and decide nothing: the trace keeps a few of their flows only. */
export const routineEvents: readonly EventKey<Vocabulary>[] = ['Import.progressed'];

/** Actions that change what plays: flows with one of them are worth keeping on disk. */
export const decisiveActions: readonly ActionKey<Vocabulary>[] = [
  'Alarms.ring',
  'Director.select',
  'Director.noteFailure',
  'Library.markBroken',
  'Library.markMissing',
  'Override.set',
  'Override.cancel',
  'Override.expire',
  'Player.crossOver',
  'Player.skip',
  'Player.seek',
  'Player.play',
  'Player.pause',
  'Player.pauseForDevice',
  'Player.fadeIn',
  'Player.fadeOut',
  'Queue.enqueue',
  'Queue.remove',
  'Queue.move',
  'Queue.clear',
  'Queue.complete',
  'Queue.dropEarlier',
  'Sleep.set',
  'Sleep.cancel',
  'Sleep.fall',
  'Taste.like',
  'Taste.dislike',
  'Taste.takeBack',
  'Timeslots.replaceAll',
];
