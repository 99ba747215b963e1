// Settings: what a listener may change, durable before it is answered. Main thread.
// Knows what each value may be; never what anybody does with it.
import type { Emit, Implementation } from '../../../sync/concept.ts';
import type { SettingsVocabulary } from '../../../sync/vocabulary/settings.ts';
import type { Db } from '../../ports.ts';
import { isSettingKey, OPTIONS, type SettingKey, type SettingValues } from './options.ts';
import { createSettingsStore } from './store.ts';

export interface SettingsPorts {
  readonly db: Db;
  readonly emit: Emit<SettingsVocabulary>;
}

export type Settings = Implementation<SettingsVocabulary> & {
  /** For the composition root: a setting's value with its type. */
  readonly value: <K extends SettingKey>(key: K) => SettingValues[K];
};

export function createSettings({ db, emit }: SettingsPorts): Settings {
  const store = createSettingsStore(db);

  /** The stored value where it is still within the range, else the default. */
  function decode(key: SettingKey, json: string | undefined): unknown {
    if (json === undefined) return OPTIONS[key].initial;
    try {
      const value: unknown = JSON.parse(json);
      return OPTIONS[key].accepts(value) ? value : OPTIONS[key].initial;
    } catch {
      return OPTIONS[key].initial;
    }
  }
  // As it is on disk. What a turn has written is read again until that turn has ended: it may be rolled back.
  const known = new Map<SettingKey, unknown>();
  const written = new Set<SettingKey>();
  function current(key: SettingKey): unknown {
    if (known.has(key)) return known.get(key);
    const value = decode(key, store.read(key));
    if (!written.has(key) || !db.inTransaction) {
      written.delete(key);
      known.set(key, value);
    }
    return value;
  }

  return {
    value: <K extends SettingKey>(key: K) => current(key) as SettingValues[K],
    actions: {
      set({ key, value }) {
        if (!isSettingKey(key)) {
          const keys = Object.keys(OPTIONS).join(', ');
          return { error: 'UNKNOWN_SETTING', message: `There is no setting "${key}". There are: ${keys}.` };
        }
        const option = OPTIONS[key];
        if (!option.accepts(value)) {
          return {
            error: 'BAD_VALUE',
            message: `${key} must be ${option.range}.`,
            details: { key, range: option.range },
          };
        }
        if (current(key) !== value) {
          known.delete(key);
          written.add(key);
          store.write(key, JSON.stringify(value));
          emit('changed', { key, value });
        }
        return { key, value };
      },
    },
    queries: {
      get: ({ key }) => (isSettingKey(key) ? [{ value: current(key) }] : []),
      all() {
        const stored = store.all();
        return (Object.keys(OPTIONS) as SettingKey[]).map((key) => {
          const { initial, meaning, range } = OPTIONS[key];
          const value = decode(key, stored.get(key));
          return { key, value, isDefault: value === initial, meaning, range };
        });
      },
    },
  };
}
