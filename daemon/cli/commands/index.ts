// The table of all commands.
import type { Command } from '../command.ts';
import { accessCommands } from './access.ts';
import { audioCommands } from './audio.ts';
import { bedsideCommands } from './bedside.ts';
import { controlCommands } from './control.ts';
import { dbCommands } from './db.ts';
import { devCommands } from './dev.ts';
import { doctorCommands } from './doctor.ts';
import { flavorCommands } from './flavors.ts';
import { libraryCommands } from './library.ts';
import { lyricsCommands } from './lyrics.ts';
import { overrideCommands } from './override.ts';
import { ownFlavorCommands } from './own-flavors.ts';
import { queueCommands } from './queue.ts';
import { ruleCommands } from './rules.ts';
import { scriptCommands } from './scripts.ts';
import { simulateCommands } from './simulate.ts';
import { splitCommands } from './split.ts';
import { tasteCommands } from './taste.ts';
import { timeslotCommands } from './timeslots.ts';
import { toolCommands } from './tools.ts';
import { updateCommands } from './update.ts';
import { upkeepCommands } from './upkeep.ts';

export const COMMANDS: readonly Command[] = [
  ...controlCommands,
  ...queueCommands,
  ...overrideCommands,
  ...timeslotCommands,
  ...bedsideCommands,
  ...tasteCommands,
  ...libraryCommands,
  ...lyricsCommands,
  ...splitCommands,
  ...flavorCommands,
  ...ownFlavorCommands,
  ...upkeepCommands,
  ...updateCommands,
  ...dbCommands,
  ...accessCommands,
  ...audioCommands,
  ...doctorCommands,
  ...toolCommands,
  ...simulateCommands,
  ...ruleCommands,
  ...scriptCommands,
  ...devCommands,
];
