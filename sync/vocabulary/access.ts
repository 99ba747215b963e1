// Access: who may do what over the network. Whoever reaches the local socket is the owner and is not asked.
import type { CalendarMs, Failure, Nothing } from './common.ts';

/** see: look at everything. control: what plays, the queue, the mood. admin: all else that changes something. */
export type Right = 'see' | 'control' | 'admin';
export type Role = 'guest' | 'admin';
/** What guests may do, by the setting guests_may. */
export type GuestsMay = 'see' | 'control' | 'everything';

export interface SessionRow {
  readonly session: number;
  /** What the device was called when it logged in. */
  readonly name: string;
  readonly createdAtMs: CalendarMs;
  /** To the day. */
  readonly usedAtMs: CalendarMs;
}

export interface AccessVocabulary {
  actions: {
    /** May whoever holds this token (null: none) do that? Answered by allow or refuse. `what` is for the trace. */
    ask: { input: { token: string | null; right: Right; what: string }; output: Nothing };
    allow: { input: { token: string | null; role: Role }; output: { role: Role } };
    refuse: { input: { right: Right }; output: Failure<'FORBIDDEN'> };
    /** With the claim code, which is good once: an admin from now on, and the appliance is claimed. */
    enter: {
      input: { code: string; address: string; name: string };
      output: { token: string; session: number; role: Role } | Failure<'WRONG_CODE' | 'TOO_MANY_TRIES'>;
    };
    /** Ends the session of a token. Idempotent. */
    leave: { input: { token: string | null }; output: { left: boolean } };
    /** Ends any session. Idempotent. */
    endSession: { input: { session: number }; output: { ended: boolean } };
    /** The claim code; a new one if the last one was used, or is to be replaced. */
    ensureCode: { input: { renew: boolean }; output: { code: string } };
    /** A claim code that a person chose, in place of the one there is: 8 to 32 letters and digits. */
    setCode: { input: { code: string }; output: { code: string } | Failure<'BAD_VALUE'> };
  };
  queries: {
    /** Claimed: somebody is admin. Until then whoever reaches the port may do everything. */
    state: { input: Nothing; row: { claimed: boolean } };
    /** A row for each right. */
    rights: { input: { token: string | null }; row: { right: Right; role: Role } };
    sessions: { input: Nothing; row: SessionRow };
  };
  events: {
    claimed: { name: string };
  };
}
