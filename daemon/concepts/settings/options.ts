// Every setting: its meaning, range, default and check. Pure; the table is the only place where a setting is named.

/** What a listener may change, by key. */
export interface SettingValues {
  autoplay: boolean;
  volume: number;
  crossfade_s: number;
  default_curve: 'linear' | 'cosine' | 'exponential' | 'logarithmic' | 'equal-power';
  album_aware: boolean;
  content_points: boolean;
  loudness: 'track' | 'album' | 'off';
  resume_fade_s: number;
  skip_fade_s: number;
  skip_throttle_s: number;
  relax_cooldowns: boolean;
  song_cooldown_h: number;
  song_cooldown_ramp_h: number;
  artist_cooldown_h: number;
  artist_cooldown_ramp_h: number;
  work_cooldown_h: number;
  work_cooldown_ramp_h: number;
  taste_strength: number;
  taste_cycle: 'none' | 'day' | 'week' | 'year';
  queue_min_passages: number;
  queue_min_minutes: number;
  time_zone: string | null;
  output_device: string | null;
  on_device_lost: 'pause' | 'play';
  output_latency_s: number;
  output_rate_hz: number | null;
  enable_action_tracing: boolean;
  trace_persist: 'off' | 'decisions' | 'all';
  trace_flush_ms: number;
  guests_may: 'see' | 'control' | 'everything';
  backup_folder: string | null;
  dev_interface: boolean;
  rules_off: string;
  scripts_off: string;
}
const RATES_HZ = [44_100, 48_000, 88_200, 96_000, 176_400, 192_000];

export type SettingKey = keyof SettingValues;

export interface Option<T = unknown> {
  readonly initial: T;
  readonly meaning: string;
  readonly range: string;
  /** True when a value is of the right kind and within the range. */
  readonly accepts: (value: unknown) => boolean;
}

function number(initial: number, from: number, to: number, unit: string, meaning: string): Option<number> {
  return {
    initial,
    meaning,
    range: `a number from ${from} to ${to}${unit === '' ? '' : ` (${unit})`}`,
    accepts: (value) => typeof value === 'number' && Number.isFinite(value) && value >= from && value <= to,
  };
}
function integer(initial: number, from: number, to: number, unit: string, meaning: string): Option<number> {
  const option = number(initial, from, to, unit, meaning);
  return {
    ...option,
    range: option.range.replace('a number', 'a whole number'),
    accepts: (value) => option.accepts(value) && Number.isInteger(value),
  };
}
function yesNo(initial: boolean, meaning: string): Option<boolean> {
  return { initial, meaning, range: 'true or false', accepts: (value) => typeof value === 'boolean' };
}
function oneOf<T extends string>(initial: T, choices: readonly T[], meaning: string): Option<T> {
  return {
    initial,
    meaning,
    range: `one of ${choices.join(', ')}`,
    accepts: (value) => choices.some((choice) => choice === value),
  };
}

export const OPTIONS: { readonly [K in SettingKey]: Option<SettingValues[K]> } = {
  autoplay: yesNo(true, 'Segue chooses what plays next when the queue runs low; off is obeyed absolutely'),
  volume: number(0.7, 0, 1, '', 'how loud, on a person’s scale'),
  crossfade_s: number(
    4,
    0,
    30,
    'seconds',
    'how long one passage sounds over the next where neither says otherwise',
  ),
  default_curve: oneOf(
    'equal-power',
    ['linear', 'cosine', 'exponential', 'logarithmic', 'equal-power'],
    'the curve of a fade where the passage does not say otherwise',
  ),
  album_aware: yesNo(true, 'neighbours of one album follow each other without a gap and without a crossfade'),
  content_points: yesNo(
    true,
    'silence at the ends of a file is left out, and a crossfade lasts as long as the music takes to rise and to fade',
  ),
  loudness: oneOf('track', ['track', 'album', 'off'], 'which loudness every passage is brought to'),
  resume_fade_s: number(0.5, 0, 5, 'seconds', 'how long the music takes to come back after a pause'),
  skip_fade_s: number(0.5, 0, 10, 'seconds', 'how long a skip fades from what sounds to what is next'),
  skip_throttle_s: number(
    1,
    0,
    60,
    'seconds',
    'a second skip within this time, by anybody, is taken for a double tap',
  ),
  relax_cooldowns: yesNo(
    true,
    'shorten cooldowns when nothing else could be played, rather than fall silent',
  ),
  song_cooldown_h: number(168, 0, 8760, 'hours', 'a song that was heard does not come back before this'),
  song_cooldown_ramp_h: number(336, 0, 8760, 'hours', 'after that it grows likelier over this time'),
  artist_cooldown_h: number(2, 0, 8760, 'hours', 'an artist who was heard does not come back before this'),
  artist_cooldown_ramp_h: number(4, 0, 8760, 'hours', 'after that they grow likelier over this time'),
  work_cooldown_h: number(72, 0, 8760, 'hours', 'a work that was heard does not come back before this'),
  work_cooldown_ramp_h: number(168, 0, 8760, 'hours', 'after that it grows likelier over this time'),
  taste_strength: number(
    0.25,
    0,
    1,
    '',
    'how far the mood of the time is moved towards what is liked; 0 is not at all',
  ),
  taste_cycle: oneOf(
    'none',
    ['none', 'day', 'week', 'year'],
    'what was liked at the same time of the day, the week or the year counts more, or all of it alike',
  ),
  queue_min_passages: integer(
    3,
    1,
    50,
    'passages',
    'the queue is filled below this many, the sounding one counted',
  ),
  queue_min_minutes: number(15, 0, 240, 'minutes', 'the queue is filled below this much music'),
  time_zone: {
    initial: null,
    meaning: 'the time zone of the timeslots; null is that of the system',
    range: 'null or a zone such as Europe/Vienna',
    accepts: (value) => value === null || (typeof value === 'string' && isTimeZone(value)),
  },
  output_device: {
    initial: null,
    meaning: 'the sound device by name; null is the default one',
    range: 'null or a name of at most 200 characters',
    accepts: (value) =>
      value === null || (typeof value === 'string' && value.length > 0 && value.length <= 200),
  },
  on_device_lost: oneOf(
    'pause',
    ['pause', 'play'],
    'whether the music waits while the sound device is gone, or plays on unheard',
  ),
  output_latency_s: number(0.1, 0.02, 1, 'seconds', 'the latency asked of the sound device'),
  output_rate_hz: {
    initial: null,
    meaning:
      'the rate at which everything is mixed, from the next start on; null is what the device and most of the music have',
    range: `null or one of ${RATES_HZ.join(', ')}`,
    accepts: (value) => value === null || RATES_HZ.some((rate) => rate === value),
  },
  enable_action_tracing: yesNo(true, 'record flows, so that every decision can be explained in full'),
  trace_persist: oneOf('decisions', ['off', 'decisions', 'all'], 'which flows are kept on disk'),
  trace_flush_ms: integer(2000, 100, 60_000, 'milliseconds', 'how often recorded flows are written'),
  guests_may: oneOf(
    'control',
    ['see', 'control', 'everything'],
    'what may be done without logging in, once somebody is admin: look; or what plays, the queue and the mood, too; or all',
  ),
  backup_folder: {
    initial: null,
    meaning: 'a folder for a second copy of every backup, on a stick for example; null is none',
    range: 'null or an absolute path',
    accepts: (value) =>
      value === null || (typeof value === 'string' && value.startsWith('/') && value.length <= 4096),
  },
  dev_interface: yesNo(false, 'the developers’ door under /dev is open to everybody'),
  rules_off: {
    initial: '',
    meaning: 'the owner’s rules that are switched off (segue rules disable)',
    range: 'names of rules, with a space between them',
    accepts: (value) => typeof value === 'string' && /^([A-Za-z][\w-]{0,63}( |$))*$/.test(value),
  },
  scripts_off: {
    initial: '',
    meaning: 'the scripts that are switched off (segue scripts disable)',
    range: 'names of files, with a space between them',
    accepts: (value) => typeof value === 'string' && /^([\w-][\w.-]{0,63}\.lua( |$))*$/.test(value),
  },
};

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(OPTIONS, key);
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
