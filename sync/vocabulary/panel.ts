// Panel: who is connected, and what is sent to all of them.
import type { Nothing } from './common.ts';

export type Topic =
  | 'state'
  | 'queue'
  | 'crossfade'
  | 'library'
  | 'import'
  | 'health'
  | 'settings'
  | 'history'
  | 'timeslot'
  | 'timeslots'
  | 'notice';

export interface PanelVocabulary {
  actions: {
    /** Tells every client that a topic changed; `data` is encoded once for all. */
    broadcast: { input: { topic: Topic; data: object }; output: { clients: number } };
  };
  queries: {
    /** `aloneMs`: for how long nobody has been connected; 0 while somebody is. */
    clients: { input: Nothing; row: { count: number; aloneMs: number } };
  };
  events: { connected: { clients: number } };
}
