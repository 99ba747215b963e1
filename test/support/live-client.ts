// A panel as far as the daemon can tell: follows the live events of a daemon under test.
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';

export interface LiveClient {
  /** Events so far, by name. */
  readonly counts: ReadonlyMap<string, number>;
  /** The newest of each name. */
  readonly newest: ReadonlyMap<string, unknown>;
  /** It was not ended by the other side. */
  isConnected(): boolean;
  leave(): void;
}

export async function follow(
  url: string,
  onEvent: (name: string, data: unknown) => void = () => {},
): Promise<LiveClient> {
  const counts = new Map<string, number>();
  const newest = new Map<string, unknown>();
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
      const value: unknown = JSON.parse(data);
      counts.set(name, (counts.get(name) ?? 0) + 1);
      newest.set(name, value);
      onEvent(name, value);
    }
  });
  response.on('error', () => {});
  response.on('close', () => {
    isConnected = false;
  });
  return { counts, newest, isConnected: () => isConnected, leave: () => sent.destroy() };
}
