// Calls to a server of a test over a real socket: answers as they came, refusals with their code, headers set by hand.
import assert from 'node:assert/strict';
import { request } from 'node:http';

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely by tests, and wrong shapes fail them
export type Json = any;

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Null where the answer is none. */
  readonly json: Json;
}

/** `server` is asked at each call: it may not run yet. */
export function callsTo(server: () => { readonly url: string; readonly port: number }) {
  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answered> {
    const typed = method === 'GET' ? {} : { 'content-type': 'application/json' };
    const response = await fetch(`${server().url}${path}`, {
      method,
      headers: { ...typed, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : null,
    };
  }

  async function refused(method: string, path: string, body: unknown, status: number, code: string) {
    const answer = await call(method, path, body);
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.json.error.code, code);
    assert.ok(answer.json.error.message.length > 10);
    return answer.json.error as { code: string; message: string; details?: Json };
  }

  /** fetch sets Host itself; this does not. */
  function callRaw(
    headers: Record<string, string>,
    method = 'GET',
    path = '/api/v1/status',
  ): Promise<number> {
    return new Promise((resolve, reject) => {
      const sent = request({ port: server().port, method, path, headers, setHost: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.on('error', reject).end();
    });
  }

  return { call, refused, callRaw };
}
