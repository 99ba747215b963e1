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
  | 'notice';

export interface PanelVocabulary {
  actions: {
    /** Tells every client that a topic changed; `data` is encoded once for all. */
    broadcast: { input: { topic: Topic; data: object }; output: { clients: number } };
  };
  queries: { clients: { input: Nothing; row: { count: number } } };
  events: { connected: { clients: number } };
}
