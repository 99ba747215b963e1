// Requests to a daemon under test, as many a second as wanted, whether or not earlier ones are answered: what is late is
// late from the moment at which it was due.
import { Agent, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface Asker {
  /** Rejects when no answer comes. */
  ask(method: string, path: string, body?: object): Promise<Answer>;
  close(): void;
}

export function openAsker(url: string, connections: number): Asker {
  // In turn, so that no connection is idle for so long that the server ends it while a request is on its way.
  const agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'fifo' });
  return {
    ask: (method, path, body) =>
      new Promise((resolve, reject) => {
        const text = body === undefined ? '' : JSON.stringify(body);
        const headers = {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(method !== 'GET' && { 'content-length': Buffer.byteLength(text) }),
        };
        const sent = request(`${url}${path}`, { method, agent, headers }, (response) => {
          let answer = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => {
            answer += chunk;
          });
          response.on('error', reject);
          response.on('end', () => {
            try {
              resolve({ status: response.statusCode ?? 0, body: answer === '' ? null : JSON.parse(answer) });
            } catch (error) {
              reject(error);
            }
          });
        });
        sent.on('error', reject);
        sent.end(text);
      }),
    close: () => agent.destroy(),
  };
}

/** Begins `perSecond` pieces of work a second until `isOver`, and resolves when all of them have ended. Each is given its
 *  number and the moment at which it was due, of performance.now(). */
export async function atRate(
  perSecond: number,
  isOver: (begun: number) => boolean,
  work: (n: number, dueMs: number) => Promise<void>,
): Promise<number> {
  const startMs = performance.now();
  const underWay = new Set<Promise<void>>();
  let begun = 0;
  while (!isOver(begun)) {
    const dueMs = startMs + (begun * 1000) / perSecond;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const run = work(begun, dueMs).finally(() => underWay.delete(run));
    underWay.add(run);
    begun += 1;
  }
  await Promise.all(underWay);
  return begun;
}
