// Panel: who is connected, and what is sent to all of them. Main thread.
// It keeps nothing but when the last client left: the hub (its port) knows them and encodes once for all.
import type { Emit, Implementation } from '../../../sync/concept.ts';
import type { PanelVocabulary, Topic } from '../../../sync/vocabulary/panel.ts';
import type { Clock } from '../../ports.ts';

/** Where live clients hang: the event hub of the HTTP adapter, or nothing in a test. */
export interface LiveClients {
  /** Returns how many clients will hear of it. */
  broadcast(topic: Topic, data: object): number;
  clients(): number;
  onClients(listener: (clients: number) => void): void;
}

export function createPanel(ports: {
  readonly hub: LiveClients;
  readonly clock: Clock;
  readonly emit: Emit<PanelVocabulary>;
}): Implementation<PanelVocabulary> {
  const { hub, clock, emit } = ports;
  let aloneSinceMs = clock.monotonicMs();
  let known = hub.clients();
  hub.onClients((clients) => {
    const isMore = clients > known;
    known = clients;
    if (clients === 0) aloneSinceMs = clock.monotonicMs();
    if (isMore) emit('connected', { clients });
  });
  return {
    actions: {
      broadcast: ({ topic, data }) => ({ clients: hub.broadcast(topic, data) }),
    },
    queries: {
      clients() {
        const count = hub.clients();
        return [{ count, aloneMs: count > 0 ? 0 : Math.round(clock.monotonicMs() - aloneSinceMs) }];
      },
    },
  };
}
