// Reads the JSON body of a request, at most 1 MiB. Main thread.
import type { IncomingMessage } from 'node:http';
import type { Failure } from '../../../sync/vocabulary/common.ts';
import { failure } from './errors.ts';

export const MAX_BODY_BYTES = 1024 * 1024;

export type Body =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: Failure<'TOO_LARGE' | 'BAD_REQUEST'> };

const TOO_LARGE: Body = { ok: false, failure: failure('TOO_LARGE', 'Send at most 1 MiB.') };

/** The parsed body; an empty one reads as {}. After TOO_LARGE the rest was not read: close the connection. */
export async function readJson(request: IncomingMessage): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return TOO_LARGE;
  const bytes = await collect(request);
  if (bytes === null) return TOO_LARGE;
  if (bytes.length === 0) return { ok: true, value: {} };
  try {
    return { ok: true, value: JSON.parse(bytes.toString('utf8')) };
  } catch {
    return {
      ok: false,
      failure: failure('BAD_REQUEST', 'The body is not JSON: check its quotes and commas.'),
    };
  }
}

/** Null: more than the limit. Not `for await`: leaving that early would destroy the socket before the answer. */
function collect(request: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let total = 0;
    request.on('data', (chunk: Buffer) => {
      total += chunk.length;
      if (total <= MAX_BODY_BYTES) return void chunks.push(chunk);
      request.pause();
      resolve(null);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}
