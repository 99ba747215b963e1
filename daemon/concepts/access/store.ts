// The SQL of Access: the claim code and the sessions.
import type { SessionRow } from '../../../sync/vocabulary/access.ts';
import type { Db } from '../../ports.ts';

export interface StoredSession {
  readonly session: number;
  readonly usedAtMs: number;
}

export interface AccessStore {
  code(): string | null;
  setCode(code: string): void;
  isClaimed(): boolean;
  /** The code is used up. */
  claim(atMs: number): void;
  addSession(tokenHash: string, name: string, atMs: number): number;
  findSession(tokenHash: string): StoredSession | undefined;
  useSession(session: number, atMs: number): void;
  removeSession(session: number): boolean;
  removeUnusedSince(atMs: number): void;
  sessions(): readonly SessionRow[];
}

export function createAccessStore(db: Db): AccessStore {
  db.prepare('INSERT OR IGNORE INTO access (id) VALUES (1)').run();
  const code = db.prepare('SELECT claim_code FROM access').pluck();
  const setCode = db.prepare('UPDATE access SET claim_code = ?');
  const claimedAt = db.prepare('SELECT claimed_at_ms FROM access').pluck();
  const claim = db.prepare('UPDATE access SET claim_code = NULL, claimed_at_ms = coalesce(claimed_at_ms, ?)');
  const add = db.prepare(
    'INSERT INTO sessions (token_hash, name, created_at_ms, used_at_ms) VALUES (?, ?, ?, ?)',
  );
  const find = db.prepare('SELECT id AS session, used_at_ms AS usedAtMs FROM sessions WHERE token_hash = ?');
  const use = db.prepare('UPDATE sessions SET used_at_ms = ? WHERE id = ?');
  const remove = db.prepare('DELETE FROM sessions WHERE id = ?');
  const removeUnused = db.prepare('DELETE FROM sessions WHERE used_at_ms <= ?');
  const all = db.prepare(
    'SELECT id AS session, name, created_at_ms AS createdAtMs, used_at_ms AS usedAtMs FROM sessions ORDER BY id',
  );
  return {
    code: () => code.get() as string | null,
    setCode: (text) => void setCode.run(text),
    isClaimed: () => claimedAt.get() !== null,
    claim: (atMs) => void claim.run(atMs),
    addSession: (tokenHash, name, atMs) => Number(add.run(tokenHash, name, atMs, atMs).lastInsertRowid),
    findSession: (tokenHash) => find.get(tokenHash) as StoredSession | undefined,
    useSession: (session, atMs) => void use.run(atMs, session),
    removeSession: (session) => remove.run(session).changes > 0,
    removeUnusedSince: (atMs) => void removeUnused.run(atMs),
    sessions: () => all.all() as SessionRow[],
  };
}
