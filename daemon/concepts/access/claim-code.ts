// Claim codes and tokens: made of what nobody can foresee, written so that a person can read them out. Pure but for chance.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 32 signs that are not taken for one another: five bits each. */
const SIGNS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const LENGTH = 8;

/** ABCD-EFGH: 40 bits, good once. */
export function newClaimCode(): string {
  const signs = [...randomBytes(LENGTH)].map((byte) => SIGNS[byte % SIGNS.length]).join('');
  return `${signs.slice(0, 4)}-${signs.slice(4)}`;
}

/** However it is typed: small letters, spaces and hyphens make no difference. */
const bare = (text: string) => text.toUpperCase().replace(/[\s-]/g, '');

/** Whether a person may choose it: 8 to 32 letters and digits of the ASCII table, as few tries as there are. */
export const isGoodCode = (code: string) => /^[A-Z0-9]{8,32}$/.test(bare(code));

export function isSameCode(typed: string, code: string): boolean {
  const hash = (text: string) => createHash('sha256').update(bare(text)).digest();
  return timingSafeEqual(hash(typed), hash(code));
}

export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
