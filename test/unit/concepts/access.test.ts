// Access: who gets in, what each may do, and for how long.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAccess, SESSION_MS } from '../../../daemon/concepts/access/access.ts';
import { isSameCode, newClaimCode } from '../../../daemon/concepts/access/claim-code.ts';
import type { AccessVocabulary, GuestsMay } from '../../../sync/vocabulary/access.ts';
import { openMemory } from '../../support/database.ts';
import { handClock, recorder } from '../../support/ports.ts';

const DAY = 86_400_000;

function fresh(db = openMemory(), clock = handClock()) {
  const { emit, emitted } = recorder<AccessVocabulary>();
  const guests = { may: 'control' as GuestsMay };
  const { actions, queries } = createAccess({ db, clock, emit, guestsMay: () => guests.may });
  const code = (renew = false) => (actions.ensureCode({ renew }) as { code: string }).code;
  const enter = (typed: string, address = '10.0.0.2') => {
    const answer = actions.enter({ code: typed, address, name: 'a phone' }) as {
      token?: string;
      error?: string;
    };
    return answer.token ?? (answer.error as string);
  };
  const rights = (token: string | null = null) => queries.rights({ token }).map(({ right }) => right);
  const role = (token: string | null = null) => queries.rights({ token })[0]?.role;
  return { db, clock, emitted, guests, actions, queries, code, enter, rights, role };
}

test('until somebody is admin everybody may do everything; then guests what the setting says', () => {
  const { rights, role, enter, code, guests, queries, emitted } = fresh();
  assert.deepEqual(rights(), ['see', 'control', 'admin']);
  const token = enter(code());
  assert.deepEqual(queries.state({}), [{ claimed: true }]);
  assert.deepEqual(emitted, [{ event: 'claimed', payload: { name: 'a phone' } }]);
  assert.deepEqual([role(token), rights(token)], ['admin', ['see', 'control', 'admin']]);
  assert.deepEqual([role(), rights()], ['guest', ['see', 'control']]);
  guests.may = 'see';
  assert.deepEqual(rights(), ['see']);
  guests.may = 'everything';
  assert.deepEqual(rights(), ['see', 'control', 'admin']);
});

test('a turn that is not saved claims nothing', () => {
  const { db, enter, code, rights, queries } = fresh();
  const right = code();
  assert.deepEqual(queries.state({}), [{ claimed: false }]);
  db.exec('BEGIN');
  enter(right);
  assert.deepEqual(queries.state({}), [{ claimed: true }]);
  db.exec('ROLLBACK');
  assert.deepEqual(queries.state({}), [{ claimed: false }]);
  assert.equal(rights().length, 3);
  assert.match(enter(right), /^[\w-]{43}$/);
});

test('a code that a person chose is good however it is typed; a short one or another alphabet is refused', () => {
  const { actions, enter, code } = fresh();
  const first = code();
  for (const bad of ['', 'short', '- - - - - - - -', 'ÄÖÜäöüß1', 'x'.repeat(33)])
    assert.equal((actions.setCode({ code: bad }) as { error?: string }).error, 'BAD_VALUE', bad);
  assert.equal(code(), first);
  actions.setCode({ code: ' blue moon 42 ' });
  assert.equal(code(), 'blue moon 42');
  assert.equal(enter(first), 'WRONG_CODE');
  assert.match(enter('BlueMoon-42'), /^[\w-]{43}$/);
});

test('a code is good once, however it is typed; the next is another', () => {
  const { enter, code } = fresh();
  const first = code();
  assert.equal(code(), first, 'it is shown again');
  assert.match(enter(`  ${first.toLowerCase().replace('-', ' ')}`), /^[\w-]{43}$/);
  assert.equal(enter(first), 'WRONG_CODE');
  const second = code();
  assert.notEqual(second, first);
  const third = code(true);
  assert.notEqual(third, second);
  assert.equal(enter(second), 'WRONG_CODE');
  assert.match(enter(third), /^[\w-]{43}$/);
});

test('five wrong codes a minute from an address, thirty in all; the right one waits too', () => {
  const { enter, code, clock } = fresh();
  const right = code();
  for (let n = 0; n < 5; n++) assert.equal(enter('AAAA-AAAA'), 'WRONG_CODE');
  assert.equal(enter(right), 'TOO_MANY_TRIES');
  for (let n = 0; n < 25; n++) assert.equal(enter('AAAA-AAAA', `10.0.1.${n}`), 'WRONG_CODE');
  assert.equal(enter(right, '10.0.2.1'), 'TOO_MANY_TRIES');
  clock.pass(60_000);
  assert.match(enter(right), /^[\w-]{43}$/);
});

test('a session outlives a restart, and a year of use; unused for a year it is none', () => {
  const { db, clock, enter, code, actions, queries } = fresh();
  const token = enter(code());
  clock.pass(300 * DAY);
  const later = fresh(db, clock);
  assert.equal(later.role(token), 'admin');
  actions.allow({ token, role: 'admin' });
  clock.pass(SESSION_MS - 1);
  assert.equal(later.role(token), 'admin');
  clock.pass(1);
  assert.equal(later.role(token), 'guest');
  assert.equal(queries.sessions({}).length, 1);
  assert.equal(fresh(db, clock).queries.sessions({}).length, 0);
});

test('it is noted once a day that a session is used', () => {
  const { clock, enter, code, actions, queries } = fresh();
  const token = enter(code());
  const used = () => queries.sessions({})[0]?.usedAtMs;
  const first = used();
  clock.pass(DAY - 1);
  actions.allow({ token, role: 'admin' });
  assert.equal(used(), first);
  clock.pass(1);
  actions.allow({ token, role: 'admin' });
  assert.equal(used(), clock.nowMs());
  actions.allow({ token: null, role: 'guest' });
});

test('logged out, here or from elsewhere, a token is worth nothing', () => {
  const { enter, code, actions, queries, role } = fresh();
  const [one, two] = [enter(code()), enter(code())];
  assert.deepEqual(actions.leave({ token: one }), { left: true });
  assert.deepEqual(actions.leave({ token: one }), { left: false });
  assert.deepEqual([role(one), role(two)], ['guest', 'admin']);
  const [session] = queries.sessions({});
  assert.deepEqual(actions.endSession({ session: session?.session ?? 0 }), { ended: true });
  assert.deepEqual(actions.endSession({ session: session?.session ?? 0 }), { ended: false });
  assert.equal(role(two), 'guest');
  assert.deepEqual(queries.state({}), [{ claimed: true }]);
});

test('no token is on disk', () => {
  const { db, enter, code } = fresh();
  const token = enter(code());
  assert.doesNotMatch(JSON.stringify(db.prepare('SELECT * FROM sessions').all()), new RegExp(token));
});

test('codes are easy to read out, and differ', () => {
  const codes = Array.from({ length: 200 }, newClaimCode);
  for (const code of codes) assert.match(code, /^[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}$/);
  assert.equal(new Set(codes).size, 200);
  assert.ok(!isSameCode('', 'ABCD-EFGH'));
});
