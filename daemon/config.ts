// Configuration: flag > environment SEGUE_* > config file (TOML) > default. Pure but for reading the file.
// Holds where things are; everything a listener may change lives in the database. An unknown key or a bad value
// names the place and the valid range, and the daemon does not start on it.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { stateDirectoryOf } from './places.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export const SINKS = ['auto', 'null'] as const;
export const SAFE_MODES = ['auto', 'on', 'off'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Config {
  readonly state: string;
  /** Music folders a person named; empty: ~/Music if it holds audio, else the demo library. */
  readonly music: readonly string[];
  readonly bind: string;
  readonly port: number;
  readonly logLevel: LogLevel;
  /** auto: the device of the settings or the default one, else the paced null sink. null: no device at all. */
  readonly sink: (typeof SINKS)[number];
  /** on: without the owner's rules and scripts. auto: so after three crashes in ten minutes. */
  readonly safeMode: (typeof SAFE_MODES)[number];
}

export class ConfigError extends Error {}

type Raw = Record<string, { value: unknown; where: string }>;

const KEYS = {
  state: { flag: '--state', meaning: 'state directory' },
  music: { flag: '--music', meaning: 'music folder (may be given more than once)' },
  bind: { flag: '--bind', meaning: 'address to listen on (default 127.0.0.1)' },
  port: { flag: '--port', meaning: 'port of the panel, 0 to 65535 (default 5720; 0 takes a free one)' },
  log_level: { flag: '--log-level', meaning: `one of ${LOG_LEVELS.join(', ')} (default info)` },
  sink: { flag: '--sink', meaning: `one of ${SINKS.join(', ')} (default auto)` },
  safe_mode: {
    flag: '--safe-mode',
    meaning: `one of ${SAFE_MODES.join(', ')} (default auto: without the owner's rules and scripts after three crashes)`,
  },
} as const;
type Key = keyof typeof KEYS;
const isKey = (name: string): name is Key => name in KEYS;

export const HELP = `segued: plays a folder of music for ever.
${Object.values(KEYS)
  .map(({ flag, meaning }) => `  ${flag.padEnd(14)}${meaning}`)
  .join('\n')}
  --config FILE  configuration file (default /etc/segue/config.toml, which may be missing)
  -v             log level debug`;

function fromFlags(argv: readonly string[]): { raw: Raw; file: string | undefined } {
  const raw: Raw = {};
  let file: string | undefined;
  for (let at = 0; at < argv.length; at++) {
    const [word = '', inline] = (argv[at] ?? '').split(/=(.*)/s);
    if (word === '-v') {
      raw.log_level = { value: 'debug', where: '-v' };
      continue;
    }
    const key = (Object.keys(KEYS) as Key[]).find((name) => KEYS[name].flag === word);
    if (!key && word !== '--config') throw new ConfigError(`Unknown option ${word}.\n${HELP}`);
    const value = inline ?? argv[++at];
    if (value === undefined) throw new ConfigError(`${word} needs a value.\n${HELP}`);
    if (!key) file = value;
    else if (key === 'music')
      raw.music = { value: [...((raw.music?.value as string[]) ?? []), value], where: word };
    else raw[key] = { value: key === 'port' ? Number(value) : value, where: word };
  }
  return { raw, file };
}

function fromEnvironment(environment: NodeJS.ProcessEnv): Raw {
  const raw: Raw = {};
  const text = (key: Key) => environment[`SEGUE_${key.toUpperCase()}`];
  for (const key of Object.keys(KEYS) as Key[]) {
    const value = text(key);
    if (value === undefined || value === '') continue;
    const where = `SEGUE_${key.toUpperCase()}`;
    raw[key] = { value: key === 'port' ? Number(value) : key === 'music' ? value.split(':') : value, where };
  }
  return raw;
}

function fromFile(path: string, mustExist: boolean): Raw {
  if (!existsSync(path)) {
    if (mustExist) throw new ConfigError(`${path}: there is no such configuration file.`);
    return {};
  }
  const text = readFileSync(path, 'utf8');
  const lineOf = (key: string) => text.split('\n').findIndex((line) => line.trimStart().startsWith(key)) + 1;
  try {
    const raw: Raw = {};
    for (const [key, value] of Object.entries(parse(text))) {
      const where = `${path}, line ${lineOf(key)}`;
      if (!isKey(key))
        throw new ConfigError(`${where}: unknown key "${key}". Known: ${Object.keys(KEYS).join(', ')}.`);
      raw[key] = { value: key === 'music' && typeof value === 'string' ? [value] : value, where };
    }
    return raw;
  } catch (error) {
    if (error instanceof TomlError)
      throw new ConfigError(`${path}, line ${error.line}: ${error.message.split('\n')[0]}`);
    throw error;
  }
}

function oneOf<T extends string>(raw: Raw, key: Key, allowed: readonly T[], standard: T): T {
  const entry = raw[key];
  if (!entry) return standard;
  const found = allowed.find((value) => value === entry.value);
  if (!found)
    throw new ConfigError(
      `${entry.where}: ${key} is ${KEYS[key].meaning}, not ${JSON.stringify(entry.value)}.`,
    );
  return found;
}

/** Reads the configuration. Throws ConfigError with a sentence that names the place and what is valid. */
export function readConfig(argv: readonly string[], environment: NodeJS.ProcessEnv): Config {
  const flags = fromFlags(argv);
  const path = flags.file || environment.SEGUE_CONFIG || '/etc/segue/config.toml';
  const isNamed = Boolean(flags.file || environment.SEGUE_CONFIG);
  const raw: Raw = { ...fromFile(path, isNamed), ...fromEnvironment(environment), ...flags.raw };
  const bad = (key: Key, entry: { value: unknown; where: string }) =>
    new ConfigError(
      `${entry.where}: ${key} is the ${KEYS[key].meaning}, not ${JSON.stringify(entry.value)}.`,
    );
  const port = raw.port?.value ?? 5720;
  if (!(Number.isInteger(port) && Number(port) >= 0 && Number(port) <= 65535) && raw.port)
    throw bad('port', raw.port);
  const bind = raw.bind?.value ?? '127.0.0.1';
  if ((typeof bind !== 'string' || bind === '') && raw.bind) throw bad('bind', raw.bind);
  const state = raw.state?.value;
  if (state !== undefined && (typeof state !== 'string' || state === '') && raw.state)
    throw bad('state', raw.state);
  const music = raw.music?.value ?? [];
  if (
    !(Array.isArray(music) && music.every((folder) => typeof folder === 'string' && folder !== '')) &&
    raw.music
  ) {
    throw bad('music', raw.music);
  }
  const folders = (music as string[]).map((folder) => resolve(folder));
  for (const folder of folders) {
    if (statSync(folder, { throwIfNoEntry: false })?.isFile()) {
      throw new ConfigError(`${raw.music?.where}: ${folder} is a file; music is the folder that holds it.`);
    }
  }
  return {
    state: resolve(stateDirectoryOf(environment, state as string | undefined)),
    music: folders,
    bind: bind as string,
    port: port as number,
    logLevel: oneOf(raw, 'log_level', LOG_LEVELS, 'info'),
    sink: oneOf(raw, 'sink', SINKS, 'auto'),
    safeMode: oneOf(raw, 'safe_mode', SAFE_MODES, 'auto'),
  };
}
