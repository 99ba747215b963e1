// Talks to the daemon over its local socket: the same API as the panel's.
import { type IncomingMessage, request } from 'node:http';

export interface Failed {
  readonly code: string;
  readonly message: string;
  readonly details?: unknown;
}

export type Reply<T> =
  | { readonly ok: true; readonly status: number; readonly body: T }
  | { readonly ok: false; readonly status: number; readonly error: Failed };

export interface LiveEvent {
  readonly topic: string;
  readonly data: unknown;
}

export interface Client {
  readonly socketPath: string;
  get<T>(path: string): Promise<Reply<T>>;
  post<T>(path: string, body?: object): Promise<Reply<T>>;
  put<T>(path: string, body: object): Promise<Reply<T>>;
  del<T>(path: string): Promise<Reply<T>>;
  /** Live events of that path, until the daemon ends the stream. Answers the failure if there is none. */
  stream(path: string): Promise<Reply<AsyncIterable<LiveEvent>>>;
}

/** The daemon does not answer: exit code 3, with this sentence. */
export class Unreachable extends Error {
  /** No daemon runs there, as far as one can tell. */
  readonly isAbsent: boolean;
  constructor(socketPath: string, error: NodeJS.ErrnoException) {
    const why: Record<string, string> = {
      EACCES: `You may not use Segue's socket ${socketPath}. Run this as the user that Segue runs as, or with sudo.`,
      ENOENT: `Segue is not running on this state directory (there is no ${socketPath}). Start it with "npm start", or name its state directory with --state DIR.`,
      ECONNREFUSED: `Segue is not running: nothing answers on ${socketPath}. Start it with "npm start".`,
    };
    super(why[error.code ?? ''] ?? `Segue cannot be reached on ${socketPath}: ${error.message}.`);
    this.isAbsent = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
  }
}

export function createClient(socketPath: string): Client {
  function send(method: string, path: string, body?: object): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = request({ socketPath, method, path, headers: { 'content-type': 'application/json' } });
      sent.once('response', resolve);
      sent.once('error', (error) => reject(new Unreachable(socketPath, error)));
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  async function call<T>(method: string, path: string, body?: object): Promise<Reply<T>> {
    return read(await send(method, path, body));
  }

  async function read<T>(response: IncomingMessage): Promise<Reply<T>> {
    let text = '';
    response.setEncoding('utf8');
    try {
      for await (const chunk of response) text += chunk;
    } catch (error) {
      throw new Unreachable(socketPath, error as Error);
    }
    const status = response.statusCode ?? 0;
    const parsed = parse(text);
    if (isError(parsed)) return { ok: false, status, error: parsed.error };
    return { ok: true, status, body: parsed as T };
  }

  return {
    socketPath,
    get: (path) => call('GET', path),
    post: (path, body = {}) => call('POST', path, body),
    put: (path, body) => call('PUT', path, body),
    del: (path) => call('DELETE', path),
    async stream(path) {
      const response = await send('GET', path);
      if (response.statusCode === 200) return { ok: true, status: 200, body: eventsOf(response) };
      return read(response);
    },
  };
}

async function* eventsOf(response: IncomingMessage): AsyncIterable<LiveEvent> {
  response.setEncoding('utf8');
  let text = '';
  try {
    for await (const chunk of response) {
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const topic = /^event: (.*)$/m.exec(block)?.[1];
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (topic !== undefined && topic !== 'beat' && data !== undefined)
          yield { topic, data: JSON.parse(data) };
      }
    }
  } catch {
    // The daemon has gone: the stream ends here, as when it says goodbye.
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isError(body: unknown): body is { error: Failed } {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false;
  const { error } = body;
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
}
