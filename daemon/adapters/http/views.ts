// What the interfaces show, assembled from the queries of the concepts. Reads only; ids become public here and
// positions leave in milliseconds.
import type { Door } from '../../../sync/door.ts';
import type { Alarm } from '../../../sync/vocabulary/alarms.ts';
import type { PassageId } from '../../../sync/vocabulary/common.ts';
import type { Play as PlayRow } from '../../../sync/vocabulary/history.ts';
import type { PassageCard } from '../../../sync/vocabulary/library.ts';
import type { Topic } from '../../../sync/vocabulary/panel.ts';
import type { PlayerStatus } from '../../../sync/vocabulary/player.ts';
import type { QueueEntry } from '../../../sync/vocabulary/queue.ts';
import type { Views } from './hub.ts';
import { publicId, publicIdOrNull } from './ids.ts';
import type { HttpPorts } from './ports.ts';
import type {
  AlarmLine,
  Card,
  Entry,
  Full,
  Health,
  History,
  Import,
  Opinions,
  Play,
  Queue,
  RuleLine,
  Side,
  Status,
  Timeslots,
  Weekday,
} from './shapes.ts';
import { autoSelectView, timeOfDay } from './words.ts';

/** How many waiting entries the status names; /queue has all. */
const NEXT_IN_STATUS = 5;
const HISTORY_IN_FULL = 12;

type ViewPorts = Pick<HttpPorts, 'door' | 'clock' | 'bootId' | 'version'>;

export function cardView(card: PassageCard): Card {
  return {
    passage: publicId('p', card.passage),
    title: card.title,
    artist: card.artist,
    album: card.album,
    art: publicIdOrNull('a', card.art),
    durationMs: Math.round(card.durationMs),
    state: card.state,
  };
}

/** For a passage that the library does not know (any more). */
function unknownCard(passage: PassageId): Card {
  return {
    passage: publicId('p', passage),
    title: 'Unknown',
    artist: '',
    album: null,
    art: null,
    durationMs: 0,
    state: 'missing',
  };
}

export function cardOf(door: Door, passage: PassageId): Card {
  const [card] = door.query('Library', 'card', { passage });
  return card === undefined ? unknownCard(passage) : cardView(card);
}

function entryView(door: Door, entry: QueueEntry): Entry {
  return {
    entry: publicId('e', entry.entry),
    ...cardOf(door, entry.passage),
    durationMs: Math.round(entry.durationMs),
    source: entry.source,
    sounding: entry.state === 'sounding',
  };
}

export function queueView(door: Door): Queue {
  return { entries: door.query('Queue', 'entries', {}).map((entry) => entryView(door, entry)) };
}

/** The two pieces of a crossfade; the outgoing one is still in the queue while it sounds. */
function crossfadeView(
  door: Door,
  status: PlayerStatus,
  entries: readonly QueueEntry[],
): Status['crossfade'] {
  if (status.crossfade === null) return null;
  const { from, to, progress, lengthMs } = status.crossfade;
  const side = (entry: number): Side => {
    const queued = entries.find((each) => each.entry === entry);
    const passage = queued?.passage ?? door.query('History', 'ofEntry', { entry })[0]?.passage;
    return { entry: publicId('e', entry), ...(passage === undefined ? {} : cardOf(door, passage)) };
  };
  return { from: side(from), to: side(to), progress, lengthMs: Math.round(lengthMs) };
}

function isAutoplayOn(door: Door): boolean {
  return door.query('Settings', 'get', { key: 'autoplay' })[0]?.value !== false;
}

export function overrideView(door: Door): Status['override'] {
  const [override] = door.query('Override', 'active', {});
  if (override === undefined) return null;
  const { flavor: _, passage, ...shown } = override;
  return { ...shown, passage: publicIdOrNull('p', passage) };
}

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

export function sleepView(door: Door): Status['sleep'] {
  return door.query('Sleep', 'active', {})[0] ?? null;
}

export function alarmView({ alarm, minute, weekdays, rampMs, ...rest }: Alarm): AlarmLine {
  return {
    alarm: publicId('w', alarm),
    time: timeOfDay(minute),
    weekdays: weekdays.map((day) => WEEKDAYS[day] as Weekday),
    rampS: rampMs / 1000,
    ...rest,
  };
}

function nextAlarmView(door: Door): Status['alarm'] {
  const [next] = door.query('Alarms', 'next', {});
  return next === undefined ? null : { alarm: publicId('w', next.alarm), atMs: next.atMs };
}

export function timeslotsVersion(door: Door): Pick<Timeslots, 'version'> {
  return { version: door.query('Timeslots', 'version', {})[0]?.version ?? '' };
}

export function timeslotsView(door: Door): Timeslots {
  const timeslots = door
    .query('Timeslots', 'all', {})
    .map(({ name, startMinute, references, flavor, silent }) => ({
      name,
      start: timeOfDay(startMinute),
      startMinute,
      references: references.map((passage) => publicId('p', passage)),
      passages: references.map((passage) => cardOf(door, passage)),
      flavor,
      silent,
    }));
  return { timeslots, ...timeslotsVersion(door) };
}

export function opinionsView(door: Door, passage: number): Opinions {
  const { likes = 0, dislikes = 0 } = door.query('Taste', 'of', { passage })[0] ?? {};
  return { likes: hundredths(likes), dislikes: hundredths(dislikes) };
}

export const hundredths = (weight: number) => Math.round(weight * 100) / 100;

export function statusView({ door, clock, bootId, version }: ViewPorts): Status {
  const status = door.query('Player', 'status', {})[0] as PlayerStatus;
  const entries = door.query('Queue', 'entries', {});
  const waiting = entries.filter((entry) => entry.state === 'waiting');
  const [slot] = door.query('Timeslots', 'targetAt', { atMs: clock.nowMs() });
  const { entry, passage } = status;
  const current =
    entry === null || passage === null
      ? null
      : {
          entry: publicId('e', entry),
          ...cardOf(door, passage),
          ...opinionsView(door, passage),
          positionMs: Math.round(status.positionMs),
          durationMs: Math.round(status.durationMs),
        };
  return {
    playing: status.playing,
    current,
    crossfade: crossfadeView(door, status, entries),
    next: waiting.slice(0, NEXT_IN_STATUS).map((each) => entryView(door, each)),
    volume: status.volume,
    queueLength: waiting.length,
    timeslot: slot === undefined ? null : { name: slot.name, kind: slot.kind },
    override: overrideView(door),
    sleep: sleepView(door),
    alarm: nextAlarmView(door),
    autoSelect: autoSelectView(isAutoplayOn(door), door.query('Director', 'state', {})[0]),
    sink: status.sink,
    bootId,
    version,
  };
}

function playView(door: Door, play: PlayRow): Play {
  return {
    play: publicId('h', play.play),
    entry: publicId('e', play.entry),
    ...cardOf(door, play.passage),
    startedAtMs: play.startedAtMs,
    heardMs: play.heardMs,
    ended: play.ended,
    source: play.selection === null ? 'person' : 'auto',
  };
}

/** Newest first. `next` is the cursor for older ones, or null. */
export function historyView(door: Door, limit: number, before?: number): History {
  const plays = door.query('History', 'recent', before === undefined ? { limit } : { limit, before });
  const last = plays.at(-1);
  return {
    plays: plays.map((play) => playView(door, play)),
    next: plays.length < limit || last === undefined ? null : publicId('h', last.play),
  };
}

export function importView(door: Door): Import {
  const [status] = door.query('Import', 'status', {});
  const failures = door.query('Library', 'failures', { limit: 20 });
  const steps = door.query('Import', 'steps', {});
  return {
    status: status ?? null,
    steps,
    failures,
    counts: door.query('Library', 'counts', {})[0] ?? null,
  };
}

/** Every rule, in the order in which they fire. */
export function rulesView(dev: Pick<HttpPorts['dev'], 'rules' | 'ruleMetrics'>): RuleLine[] {
  return dev.rules().map(({ name, summary, group, enabled }) => {
    const metrics = dev.ruleMetrics(name);
    return {
      name,
      sentence: summary,
      isOwn: group !== 'built-in',
      enabled,
      fired: (metrics?.activations ?? 0) - (metrics?.rejected ?? 0),
      failed: metrics?.failed ?? 0,
      lastAtMs: metrics?.last_activation_ms ?? null,
    };
  });
}

export function healthView(door: Door): Health {
  const checks = door.query('Health', 'checks', {});
  return { ok: checks.every((check) => check.ok), checks };
}

/** What live clients are told of each topic. A topic without a view of its own goes out as it was said. */
export function createViews(ports: ViewPorts): Views {
  const { door } = ports;
  const views: Partial<Record<Topic, () => object>> = {
    state: () => statusView(ports),
    crossfade: () => statusView(ports),
    queue: () => queueView(door),
    history: () => historyView(door, HISTORY_IN_FULL),
    library: () => door.query('Library', 'counts', {})[0] ?? {},
    import: () => importView(door),
    health: () => healthView(door),
    timeslots: () => timeslotsVersion(door),
  };
  return {
    full: (): Full => ({
      status: statusView(ports),
      queue: queueView(door),
      history: historyView(door, HISTORY_IN_FULL),
      health: healthView(door),
      timeslots: timeslotsVersion(door),
    }),
    of: (topic, data) => views[topic]?.() ?? data,
  };
}
