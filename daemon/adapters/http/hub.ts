// The hub of live events (SSE): a ring of what happened, the clients that follow it, and nothing else.
// Main thread. What is broadcast during a turn goes out after it, when it is committed: one event a topic.
// Each event is encoded once, for all clients and for replay; a client that falls behind is dropped, never
// buffered without end, and finds its way back by Last-Event-ID.
import type { ServerResponse } from 'node:http';
import type { Topic } from '../../../sync/vocabulary/panel.ts';
import { HEARTBEAT, HEARTBEAT_MS, STREAM_HEAD } from './sse.ts';

/** What clients are shown: made by the adapter from queries, when it is sent. */
export interface Views {
  full(): object;
  of(topic: Topic, data: object): object;
}

export interface EventHub {
  /** Before this, broadcasts go nowhere: nobody can be connected. */
  present(views: Views): void;
  /** Returns how many clients will hear of it. */
  broadcast(topic: Topic, data: object): number;
  clients(): number;
  onClients(listener: (clients: number) => void): void;
  /** Turns a response into a stream of events. `lastEventId`: what the client has already. */
  connect(response: ServerResponse, lastEventId: string | undefined): void;
  counts(): HubCounts;
  close(): void;
}

export interface HubCounts {
  readonly clients: number;
  readonly events: number;
  readonly encoded: number;
  readonly dropped: number;
}

export interface HubOptions {
  readonly bootId: string;
  /** How many events are kept for replay. */
  readonly ringSize?: number;
  readonly heartbeatMs?: number;
  readonly maxEventsBehind?: number;
  readonly maxBytesBehind?: number;
  /** Runs after the turn; a test gives its own. */
  readonly defer?: (flush: () => void) => void;
}

interface LiveEvent {
  readonly number: number;
  readonly topic: Topic;
  readonly data: object;
  bytes: Buffer | null;
}

interface Client {
  readonly response: ServerResponse;
  /** Events written and not yet taken by the socket. */
  behind: number;
}

export function createEventHub(options: HubOptions): EventHub {
  const { bootId, ringSize = 256, heartbeatMs = HEARTBEAT_MS } = options;
  const { maxEventsBehind = 256, maxBytesBehind = 256 * 1024 } = options;
  const defer = options.defer ?? ((flush) => void setImmediate(flush));

  let views: Views | null = null;
  const clients = new Set<Client>();
  const ring: LiveEvent[] = [];
  const listeners: ((clients: number) => void)[] = [];
  let pending: { topic: Topic; data: object }[] = [];
  let lastNumber = 0;
  let encoded = 0;
  let dropped = 0;
  let heartbeat: NodeJS.Timeout | null = null;

  function encode(number: number, name: string, data: object): Buffer {
    encoded += 1;
    return Buffer.from(`id: ${bootId}-${number}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  function bytesOf(event: LiveEvent): Buffer {
    event.bytes ??= encode(event.number, event.topic, views?.of(event.topic, event.data) ?? event.data);
    return event.bytes;
  }

  function drop(client: Client): void {
    dropped += 1;
    remove(client);
    client.response.destroy();
  }

  function send(client: Client, bytes: Buffer): void {
    const { response } = client;
    if (client.behind >= maxEventsBehind || response.writableLength > maxBytesBehind) {
      drop(client);
      return;
    }
    client.behind += 1;
    response.write(bytes, () => {
      client.behind -= 1;
    });
  }

  function flush(): void {
    const batch = pending;
    pending = [];
    for (const { topic, data } of batch) {
      lastNumber += 1;
      const event: LiveEvent = { number: lastNumber, topic, data, bytes: null };
      ring.push(event);
      if (ring.length > ringSize) ring.shift();
      for (const client of [...clients]) send(client, bytesOf(event));
    }
  }

  /** What a returning client lacks, or null when the ring cannot tell. */
  function missed(lastEventId: string | undefined): readonly LiveEvent[] | null {
    if (lastEventId === undefined || !lastEventId.startsWith(`${bootId}-`)) return null;
    const text = lastEventId.slice(bootId.length + 1);
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(number <= lastNumber)) return null;
    if (number < lastNumber - ring.length) return null;
    return ring.filter((event) => event.number > number);
  }

  function remove(client: Client): void {
    if (!clients.delete(client)) return;
    if (clients.size === 0 && heartbeat !== null) {
      clearInterval(heartbeat);
      heartbeat = null;
    }
    for (const listener of listeners) listener(clients.size);
  }

  function add(client: Client): void {
    clients.add(client);
    heartbeat ??= setInterval(() => {
      for (const each of [...clients]) send(each, HEARTBEAT);
    }, heartbeatMs).unref();
    client.response.once('close', () => remove(client));
    // A connection that breaks is the way every client leaves.
    client.response.on('error', () => remove(client));
    for (const listener of listeners) listener(clients.size);
  }

  return {
    present(given) {
      views = given;
    },
    broadcast(topic, data) {
      if (pending.length === 0) defer(flush);
      // A notice is said each time; every other topic is a state, and its newest wins.
      const same = topic === 'notice' ? -1 : pending.findIndex((each) => each.topic === topic);
      if (same >= 0) pending[same] = { topic, data };
      else pending.push({ topic, data });
      return clients.size;
    },
    clients: () => clients.size,
    onClients: (listener) => void listeners.push(listener),
    connect(response, lastEventId) {
      const lacks = missed(lastEventId);
      response.writeHead(200, STREAM_HEAD);
      response.write('retry: 1000\n\n');
      const client: Client = { response, behind: 0 };
      add(client);
      if (lacks === null) send(client, encode(lastNumber, 'full', views?.full() ?? {}));
      else for (const event of lacks) send(client, bytesOf(event));
    },
    counts: () => ({ clients: clients.size, events: lastNumber, encoded, dropped }),
    close() {
      for (const client of [...clients]) {
        remove(client);
        client.response.end();
      }
    },
  };
}
