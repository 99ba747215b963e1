// The real Access concept and its rule behind the fake radio: for tests of what the network door lets through.
import { type Access, createAccess, SENSITIVE } from '../../daemon/concepts/access/access.ts';
import { createEngine, type Engine } from '../../sync/engine/index.ts';
import { accessRules } from '../../sync/rules/access.ts';
import type { GuestsMay } from '../../sync/vocabulary/access.ts';
import type { Vocabulary } from '../../sync/vocabulary/index.ts';
import { openMemory } from './database.ts';
import type { FakeRadio } from './fake-radio.ts';
import { type HandClock, handClock } from './ports.ts';

export interface Guarded {
  readonly engine: Engine<Vocabulary>;
  readonly access: Access;
  readonly clock: HandClock;
  readonly guests: { may: GuestsMay };
  code(): string;
}

export function guardedEngine(): Guarded {
  const clock = handClock();
  const guests = { may: 'control' as GuestsMay };
  let last = 0;
  const engine = createEngine<Vocabulary>({
    clock,
    timers: { after: () => () => {} },
    ids: { boot: 'guarded', next: () => ++last },
  });
  const access = createAccess({
    db: openMemory(),
    clock,
    emit: engine.emitter('Access'),
    guestsMay: () => guests.may,
  });
  engine.register('Access', access, { sensitive: SENSITIVE });
  engine.use(accessRules);
  const code = () => (access.actions.ensureCode({ renew: false }) as { code: string }).code;
  return { engine, access, clock, guests, code };
}

/** Everything that is asked of Access goes to the engine instead. */
export function guard(radio: FakeRadio): Guarded {
  const guarded = guardedEngine();
  const { engine, access } = guarded;
  const by = { door: 'test' } as const;
  const run = (action: 'enter' | 'leave' | 'endSession' | 'ensureCode' | 'setCode') =>
    radio.answer(`Access.${action}`, (input: never) => engine.run('Access', action, input, by));
  for (const action of ['enter', 'leave', 'endSession', 'ensureCode', 'setCode'] as const) run(action);
  radio.answer('Access.ask', (input: never) =>
    engine.request('Access', 'ask', input, ['Access.allow', 'Access.refuse'], by),
  );
  radio.answer('Access.state', () => access.queries.state({}));
  radio.answer('Access.rights', (input: never) => access.queries.rights(input));
  radio.answer('Access.sessions', () => access.queries.sessions({}));
  return guarded;
}
