// Panel: who is connected, and what is sent to all of them. Main thread.
// It keeps no state of its own: the hub (its port) knows the clients and encodes once for all of them.
import type { Emit, Implementation } from '../../../sync/concept.ts';
import type { PanelVocabulary, Topic } from '../../../sync/vocabulary/panel.ts';

/** Where live clients hang: the event hub of the HTTP adapter, or nothing in a test. */
export interface LiveClients {
  /** Returns how many clients will hear of it. */
  broadcast(topic: Topic, data: object): number;
  clients(): number;
  onClients(listener: (clients: number) => void): void;
}

export function createPanel(ports: {
  readonly hub: LiveClients;
  readonly emit: Emit<PanelVocabulary>;
}): Implementation<PanelVocabulary> {
  const { hub, emit } = ports;
  let known = hub.clients();
  hub.onClients((clients) => {
    const isMore = clients > known;
    known = clients;
    if (isMore) emit('connected', { clients });
  });
  return {
    actions: {
      broadcast: ({ topic, data }) => ({ clients: hub.broadcast(topic, data) }),
    },
    queries: {
      clients: () => [{ count: hub.clients() }],
    },
  };
}
