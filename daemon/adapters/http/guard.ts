// Who may speak to the network door: the right Host, the same Origin, JSON where something changes. Pure.
// A foreign page can make a browser send requests; it can neither forge these headers nor pass these checks.
// DNS rebinding needs a name, so addresses are always right and names must be known.
import { isIP } from 'node:net';
import type { Failure } from '../../../sync/vocabulary/common.ts';
import { failure } from './errors.ts';

export interface Headers {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** Sec-Fetch-Site, which browsers set and pages cannot. */
  readonly fetchSite: string | undefined;
  readonly contentType: string | undefined;
  readonly hasBody: boolean;
}

export function isReadOnly(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** `names`: host names besides localhost that this machine goes by, without port; each also as it is known on the
 *  local network (name.local). */
export function isKnownHost(host: string, names: readonly string[]): boolean {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]/@]+)(?::\d{1,5})?$/i.exec(host);
  const name = match?.[1]?.toLowerCase();
  if (name === undefined) return false;
  if (name === 'localhost') return true;
  const own = names.map((each) => each.toLowerCase());
  if (own.some((each) => name === each || name === `${each}.local`)) return true;
  return isIP(name.startsWith('[') ? name.slice(1, -1) : name) !== 0;
}

/** Null: may pass. */
export function refuse(
  headers: Headers,
  names: readonly string[],
): Failure<'WRONG_HOST' | 'WRONG_ORIGIN' | 'NOT_JSON'> | null {
  const { host, origin } = headers;
  if (host === undefined || !isKnownHost(host, names))
    return failure('WRONG_HOST', 'Use the address of this machine, its name, or localhost.');
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`)
    return failure('WRONG_ORIGIN', 'Pages of other sites may not use Segue.');
  if (isReadOnly(headers.method)) return null;
  if (headers.fetchSite !== undefined && !['same-origin', 'none'].includes(headers.fetchSite))
    return failure('WRONG_ORIGIN', 'Pages of other sites may not change anything in Segue.');
  return refuseUntyped(headers);
}

/** A DELETE without a body carries nothing to be typed, and no page can send one across origins unasked. */
export function refuseUntyped(
  headers: Pick<Headers, 'method' | 'contentType' | 'hasBody'>,
): Failure<'NOT_JSON'> | null {
  if (isReadOnly(headers.method) || (headers.method === 'DELETE' && !headers.hasBody)) return null;
  const type = headers.contentType?.split(';')[0]?.trim().toLowerCase();
  return type === 'application/json'
    ? null
    : failure('NOT_JSON', 'Send the header "Content-Type: application/json".');
}
