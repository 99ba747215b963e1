// A panel as far as the daemon can tell: follows the live events of a daemon under test.
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';

export interface LiveClient {
  /** Events so far, by name. */
  readonly counts: ReadonlyMap<string, number>;
  /** The data of the newest of that name. */
  newest(name: string): unknown;
  /** It was not ended by the other side. */
  isConnected(): boolean;
  leave(): void;
}

/** `listeners`: by name of event. What nobody listens to is not understood, only counted. */
export async function follow(
  url: string,
  listeners: Readonly<Record<string, (data: unknown) => void>> = {},
): Promise<LiveClient> {
  const counts = new Map<string, number>();
  const newest = new Map<string, string>();
  let isConnected = true;
  // Of its own: a connection of a pool would be waited for.
  const sent = get(`${url}/api/v1/events`, { agent: false });
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.setEncoding('utf8');
  let text = '';
  response.on('data', (chunk: string) => {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const name = /^event: (.*)$/m.exec(event)?.[1];
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (name === undefined || data === undefined) continue;
      counts.set(name, (counts.get(name) ?? 0) + 1);
      newest.set(name, data);
      listeners[name]?.(JSON.parse(data));
    }
  });
  response.on('error', () => {});
  response.on('close', () => {
    isConnected = false;
  });
  return {
    counts,
    newest: (name) => JSON.parse(newest.get(name) ?? 'null'),
    isConnected: () => isConnected,
    leave: () => sent.destroy(),
  };
}
