// Who may do what: what this page may, logging in with the claim code and out again, and the other devices that are logged in.
import { useEffect, useState } from 'preact/hooks';
import type { Session, SessionLine } from '../../../adapters/http/shapes.ts';
import { deviceName, mayText } from '../state/access.ts';
import { api } from '../state/api.ts';
import { tell } from '../state/index.ts';
import { Sheet } from './sheet.tsx';

interface DevicesProps {
  readonly sessions: readonly SessionLine[];
  readonly end: (session: string) => void;
}

function Devices({ sessions, end }: DevicesProps) {
  return (
    <section aria-label="Devices">
      <h4>Logged in</h4>
      <ul class="slots">
        {sessions.map(({ session, name, usedAtMs }) => (
          <li key={session}>
            <span>{name}</span>
            <span class="quiet">{new Date(usedAtMs).toLocaleDateString()}</span>
            <button
              type="button"
              class="pill"
              aria-label={`Log out ${name}, ${session}`}
              onClick={() => end(session)}
            >
              Log out
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Enter({ entered }: { entered: (code: string) => Promise<void> }) {
  const [code, setCode] = useState('');
  return (
    <form
      class="enter"
      onSubmit={(event) => {
        event.preventDefault();
        void entered(code);
      }}
    >
      <p class="quiet">
        The code is shown by <code>segue admin-code</code> on the machine itself, and good once.
      </p>
      <label class="field">
        <span class="unseen">Claim code</span>
        <input
          value={code}
          placeholder="Claim code"
          required
          maxLength={40}
          autocomplete="one-time-code"
          autocapitalize="characters"
          spellcheck={false}
          onInput={({ currentTarget: { value } }) => setCode(value)}
        />
      </label>
      <button type="submit" class="pill">
        Log in
      </button>
    </form>
  );
}

export function AccessSheet() {
  const [session, setSession] = useState<Session | null>(null);
  const [sessions, setSessions] = useState<readonly SessionLine[]>([]);
  const load = async () => {
    const answer = await tell(api.session());
    if (!answer.ok) return;
    setSession(answer.body);
    if (answer.body.role !== 'admin') return setSessions([]);
    const all = await tell(api.sessions());
    if (all.ok) setSessions(all.body.sessions);
  };
  useEffect(() => void load(), []);
  const after = async (done: Promise<unknown>) => {
    await done;
    await load();
  };
  return (
    <Sheet title="Who may do what">
      {session !== null && (
        <section aria-label="This page">
          <p role="status">{mayText(session)}</p>
          {session.role === 'admin' ? (
            <button type="button" class="pill" onClick={() => void after(tell(api.logOut()))}>
              Log out
            </button>
          ) : (
            <Enter entered={(code) => after(tell(api.logIn(code.trim(), deviceName(navigator.userAgent))))} />
          )}
        </section>
      )}
      {sessions.length > 0 && (
        <Devices sessions={sessions} end={(each) => void after(tell(api.endSession(each)))} />
      )}
    </Sheet>
  );
}
