// Health: each check in words, with what to do.
import type { Nothing } from './common.ts';

export interface Check {
  readonly name:
    | 'database'
    | 'audio'
    | 'device'
    | 'disk'
    | 'clock'
    | 'memory'
    | 'library'
    | 'selection'
    | 'safe-mode';
  readonly ok: boolean;
  readonly message: string;
  readonly details?: object;
}
export interface HealthVocabulary {
  actions: { note: { input: { name: Check['name']; ok: boolean; message: string }; output: Nothing } };
  queries: { checks: { input: Nothing; row: Check } };
  events: { changed: { ok: boolean } };
}
