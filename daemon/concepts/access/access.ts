// Access: who may do what over the network. Main thread; sessions are on disk, hashed, before they are answered.
// It says who has which right. What needs which right, and that it is asked, is for the routes and the rules.
import type { Emit, Implementation } from '../../../sync/concept.ts';
import type { AccessVocabulary, GuestsMay, Right } from '../../../sync/vocabulary/access.ts';
import type { Clock, Db } from '../../ports.ts';
import { hashOfToken, isGoodCode, isSameCode, newClaimCode, newToken } from './claim-code.ts';
import { createAccessStore } from './store.ts';
import { createTries } from './tries.ts';

const DAY_MS = 86_400_000;
/** A session that nobody uses ends; each use begins it anew. */
export const SESSION_MS = 365 * DAY_MS;
const ALL: readonly Right[] = ['see', 'control', 'admin'];
const OF_GUESTS: Readonly<Record<GuestsMay, readonly Right[]>> = {
  see: ['see'],
  control: ['see', 'control'],
  everything: ALL,
};

export interface AccessPorts {
  readonly db: Db;
  readonly clock: Clock;
  readonly emit: Emit<AccessVocabulary>;
  readonly guestsMay: () => GuestsMay;
}

export type Access = Implementation<AccessVocabulary>;

/** What the trace never shows. */
export const SENSITIVE = ['token', 'code'] as const;

export function createAccess({ db, clock, emit, guestsMay }: AccessPorts): Access {
  const store = createAccessStore(db);
  const tries = createTries();
  store.removeUnusedSince(clock.nowMs() - SESSION_MS);
  /** Asked at every request; null: to be read. Only enter changes it, and a turn that is not saved changes nothing. */
  let known: boolean | null = null;

  function isClaimed(): boolean {
    if (known !== null) return known;
    const claimed = store.isClaimed();
    if (!db.inTransaction) known = claimed;
    return claimed;
  }

  function sessionOf(token: string | null) {
    if (token === null) return null;
    const found = store.findSession(hashOfToken(token));
    return found === undefined || clock.nowMs() - found.usedAtMs >= SESSION_MS ? null : found;
  }

  return {
    actions: {
      ask: () => ({}),

      allow({ token, role }) {
        const session = sessionOf(token);
        const nowMs = clock.nowMs();
        if (session !== null && nowMs - session.usedAtMs >= DAY_MS) store.useSession(session.session, nowMs);
        return { role };
      },

      refuse: ({ right }) => ({ error: 'FORBIDDEN', message: REFUSED[right] }),

      enter: ({ code, address, name }) =>
        db.transaction(() => {
          if (!tries.mayTry(address, clock.monotonicMs())) {
            const message = 'Too many wrong codes: wait a minute, then try again.';
            return { error: 'TOO_MANY_TRIES' as const, message };
          }
          const wanted = store.code();
          if (wanted === null || !isSameCode(code, wanted)) {
            tries.failed(address, clock.monotonicMs());
            const message = 'That is not the code. On the machine itself "segue admin-code" shows it.';
            return { error: 'WRONG_CODE' as const, message };
          }
          const nowMs = clock.nowMs();
          const token = newToken();
          known = null;
          store.claim(nowMs);
          const session = store.addSession(hashOfToken(token), name, nowMs);
          emit('claimed', { name });
          return { token, session, role: 'admin' as const };
        })(),

      leave({ token }) {
        const session = sessionOf(token);
        return { left: session !== null && store.removeSession(session.session) };
      },

      endSession: ({ session }) => ({ ended: store.removeSession(session) }),

      ensureCode({ renew }) {
        const known = renew ? null : store.code();
        const code = known ?? newClaimCode();
        if (known === null) store.setCode(code);
        return { code };
      },

      setCode({ code }) {
        if (!isGoodCode(code))
          return { error: 'BAD_VALUE', message: 'A code has 8 to 32 letters (A to Z) and digits.' };
        store.setCode(code.trim());
        return { code: code.trim() };
      },
    },
    queries: {
      state: () => [{ claimed: isClaimed() }],
      rights({ token }) {
        if (sessionOf(token) !== null) return ALL.map((right) => ({ right, role: 'admin' }));
        const rights = isClaimed() ? OF_GUESTS[guestsMay()] : ALL;
        return rights.map((right) => ({ right, role: 'guest' }));
      },
      sessions: () => store.sessions(),
    },
  };
}

const REFUSED: Readonly<Record<Right, string>> = {
  see: 'Guests may not see this.',
  control: 'Guests may only look here: an admin can change that with the setting guests_may.',
  admin: 'This is for an admin: log in with the code that "segue admin-code" shows on the machine itself.',
};
