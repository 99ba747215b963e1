// Settings: what a listener may change. Typed keys with range and default.
import type { Failure, Nothing } from './common.ts';

export interface SettingRow {
  readonly key: string;
  readonly value: unknown;
  readonly isDefault: boolean;
  readonly meaning: string;
  readonly range: string;
}

export interface SettingsVocabulary {
  actions: {
    set: {
      input: { key: string; value: unknown };
      output: { key: string; value: unknown } | Failure<'UNKNOWN_SETTING' | 'BAD_VALUE'>;
    };
  };
  queries: {
    get: { input: { key: string }; row: { value: unknown } };
    all: { input: Nothing; row: SettingRow };
  };
  events: { changed: { key: string; value: unknown } };
}
