// Every migration of segue.db in order. A landed migration is never changed once a release has carried it.
import { initial } from './001-initial.ts';
import { analysis } from './002-analysis.ts';
import { override } from './003-override.ts';
import { access } from './004-access.ts';
import { taste } from './005-taste.ts';
import { songFlavors } from './006-song-flavors.ts';
import { bedside } from './007-bedside.ts';
import { calibration } from './008-calibration.ts';
import { lyrics } from './009-lyrics.ts';
import { parts } from './010-parts.ts';
import { loudnessOfParts } from './011-loudness-of-parts.ts';
import { audioKey } from './012-audio-key.ts';
import { fewerIndexes } from './013-fewer-indexes.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

export const migrations: readonly Migration[] = [
  initial,
  analysis,
  override,
  access,
  taste,
  songFlavors,
  bedside,
  calibration,
  lyrics,
  parts,
  loudnessOfParts,
  audioKey,
  fewerIndexes,
];
