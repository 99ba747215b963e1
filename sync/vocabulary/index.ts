// The vocabulary of the whole appliance: concept name -> its actions, queries and events.
import type { AccessVocabulary } from './access.ts';
import type { AlarmsVocabulary } from './alarms.ts';
import type { ApplianceVocabulary } from './appliance.ts';
import type { BackupVocabulary } from './backup.ts';
import type { CooldownVocabulary } from './cooldown.ts';
import type { DirectorVocabulary } from './director.ts';
import type { HealthVocabulary } from './health.ts';
import type { HistoryVocabulary } from './history.ts';
import type { ImportVocabulary } from './import.ts';
import type { LibraryVocabulary } from './library.ts';
import type { OverrideVocabulary } from './override.ts';
import type { PanelVocabulary } from './panel.ts';
import type { PlayerVocabulary } from './player.ts';
import type { QueueVocabulary } from './queue.ts';
import type { SettingsVocabulary } from './settings.ts';
import type { SleepVocabulary } from './sleep.ts';
import type { TasteVocabulary } from './taste.ts';
import type { TimeslotsVocabulary } from './timeslots.ts';

export interface Vocabulary {
  Access: AccessVocabulary;
  Alarms: AlarmsVocabulary;
  Appliance: ApplianceVocabulary;
  Backup: BackupVocabulary;
  Cooldown: CooldownVocabulary;
  Director: DirectorVocabulary;
  Health: HealthVocabulary;
  History: HistoryVocabulary;
  Import: ImportVocabulary;
  Library: LibraryVocabulary;
  Override: OverrideVocabulary;
  Panel: PanelVocabulary;
  Player: PlayerVocabulary;
  Queue: QueueVocabulary;
  Settings: SettingsVocabulary;
  Sleep: SleepVocabulary;
  Taste: TasteVocabulary;
  Timeslots: TimeslotsVocabulary;
}
