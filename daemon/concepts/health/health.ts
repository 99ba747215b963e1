// Health: each check in words, with what to do. Main thread.
// It keeps what others noted, looks at database, disk, memory and library itself, and repairs nothing.
import type { Emit, Implementation } from '../../../sync/concept.ts';
import type { Check, HealthVocabulary } from '../../../sync/vocabulary/health.ts';
import type { Db } from '../../ports.ts';
import { judgeDisk, judgeLibrary, judgeMemory, type SystemState } from './judge.ts';
import { createHealthStore } from './store.ts';

export interface HealthPorts {
  readonly db: Db;
  readonly emit: Emit<HealthVocabulary>;
  readonly system: () => SystemState;
}

export type Health = Implementation<HealthVocabulary>;

const ORDER: readonly Check['name'][] = [
  'database',
  'audio',
  'device',
  'disk',
  'clock',
  'memory',
  'library',
  'selection',
  'safe-mode',
];

export function createHealth({ db, emit, system }: HealthPorts): Health {
  const store = createHealthStore(db);
  const noted = new Map<Check['name'], Check>();
  let wasOk = true;

  function checks(): Check[] {
    const state = system();
    const seen = new Map<Check['name'], Check>();
    const own = [store.database(), judgeDisk(state), judgeMemory(state)];
    for (const check of own) if (check !== null) seen.set(check.name, check);
    const library = store.library();
    if (library !== null) seen.set('library', judgeLibrary(library));
    // A fault wins over a good word, whoever says which.
    for (const check of noted.values())
      if (!check.ok || seen.get(check.name)?.ok !== false) seen.set(check.name, check);
    return ORDER.flatMap((name) => seen.get(name) ?? []);
  }

  return {
    actions: {
      note({ name, ok, message }) {
        noted.set(name, { name, ok, message });
        const isOk = checks().every((check) => check.ok);
        if (isOk !== wasOk) emit('changed', { ok: isOk });
        wasOk = isOk;
        return {};
      },
    },
    queries: { checks },
  };
}
