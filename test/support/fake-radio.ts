// A small radio for tests of the interfaces: it answers as the concepts do, in memory, on a clock that the test
// turns. Every call is kept; a test can put its own answer in the place of any.
import { type Alarms, createAlarms } from '../../daemon/concepts/alarms/alarms.ts';
import { createSleep, type Sleep } from '../../daemon/concepts/sleep/sleep.ts';
import { refusalOf, versionOf } from '../../daemon/concepts/timeslots/slots.ts';
import { CHANGED } from '../../daemon/concepts/timeslots/timeslots.ts';
import { localTimeAt } from '../../daemon/local-time.ts';
import type { Origin } from '../../sync/door.ts';
import type { EntryId } from '../../sync/vocabulary/common.ts';
import type { Play } from '../../sync/vocabulary/history.ts';
import type { Topic } from '../../sync/vocabulary/panel.ts';
import type { QueueEntry, Where } from '../../sync/vocabulary/queue.ts';
import type { Timeslot } from '../../sync/vocabulary/timeslots.ts';
import { openMemory } from './database.ts';
import { CARDS } from './fake-library.ts';
import { playable } from './playables.ts';

export interface Call {
  readonly name: string;
  readonly input: unknown;
  readonly origin: Origin;
}

interface Crossfade {
  readonly from: EntryId;
  readonly to: EntryId;
  readonly lengthMs: number;
  readonly startedAtMs: number;
}

type Answer = (input: never) => object;
const failed = (error: string, message: string) => ({ error, message });
const cardOf = (passage: number) => CARDS.find((card) => card.passage === passage);

export class FakeRadio {
  nowMs = Date.UTC(2026, 10, 20, 19, 30);
  playing = true;
  volume = 0.6;
  sink = 'USB DAC';
  entries: QueueEntry[] = [];
  plays: Play[] = [];
  crossfade: Crossfade | null = null;
  /** Position of the current entry when it was last set, and when that was. */
  #anchor = { positionMs: 0, atMs: this.nowMs };
  #nextEntry = 1;
  health: { name: 'audio' | 'database'; ok: boolean; message: string }[] = [
    { name: 'database', ok: true, message: 'The database answers.' },
    { name: 'audio', ok: true, message: 'The audio clock moves.' },
  ];
  importStatus: object | null = null;
  importSteps: readonly object[] = [];
  directorState = { paused: false, reason: null as string | null, freeAtMs: null as number | null };
  settings = new Map<string, unknown>([
    ['crossfade_s', 8],
    ['dev_interface', false],
    ['autoplay', true],
  ]);
  override: object | null = null;
  timeslots: readonly Timeslot[] = [
    { name: 'evening', startMinute: 1110, references: [1, 4], flavor: null, silent: false },
  ];
  readonly opinions = new Map<number, { likes: number; dislikes: number }>();
  /** By characteristic and passage; -1: nothing is said. */
  readonly ownFlavors = new Map<string, number>();
  backups: { kind: string; name: string; atMs: number; bytes: number }[] = [];
  readonly calls: Call[] = [];
  readonly answers = new Map<string, Answer>();
  /** The real ones: nothing of them is worth a fake. */
  readonly bedside: Readonly<Record<string, Sleep | Alarms>>;
  /** What the composition's rules would broadcast. */
  onChange: (topic: Topic, data: object) => void = () => {};

  constructor(passages: readonly number[] = [1, 2, 3, 4, 5, 6]) {
    const clock = { nowMs: () => this.nowMs, monotonicMs: () => this.nowMs };
    const db = openMemory();
    const emit = () => this.changed('state');
    const wallOf = (zone: string) => (atMs: number) => localTimeAt(atMs, zone);
    this.bedside = {
      Sleep: createSleep({ db, clock, emit }),
      Alarms: createAlarms({ db, clock, emit, wallOf, timeZone: () => 'Etc/UTC' }),
    };
    for (const passage of passages) this.#add(passage, 'end', 'auto');
    if (passages.length > 0) this.#begin(this.entries[0] as QueueEntry);
    this.plays.push(
      { ...this.#play(902, 9), startedAtMs: this.nowMs - 480_000, heardMs: 229_000, ended: 'natural' },
      { ...this.#play(901, 12), startedAtMs: this.nowMs - 700_000, heardMs: 41_000, ended: 'skipped' },
    );
  }

  #play(entry: number, passage: number): Play {
    const base = { play: entry, entry, passage, selection: 40 + passage };
    return { ...base, startedAtMs: this.nowMs, heardMs: null, ended: null };
  }

  get current(): QueueEntry | undefined {
    const sounding = this.entries.filter((each) => each.state === 'sounding');
    return sounding.at(-1);
  }

  get positionMs(): number {
    const moved = this.playing ? this.nowMs - this.#anchor.atMs : 0;
    return Math.min(this.#anchor.positionMs + moved, this.current?.durationMs ?? 0);
  }

  setPosition(positionMs: number): void {
    this.#anchor = { positionMs, atMs: this.nowMs };
  }

  #set(entry: EntryId, change: Partial<QueueEntry>): void {
    this.entries = this.entries.map((each) => (each.entry === entry ? { ...each, ...change } : each));
  }

  #add(passage: number, where: Where, source: 'auto' | 'person'): EntryId {
    const entry = this.#nextEntry++;
    const card = cardOf(passage);
    const added: QueueEntry = {
      entry,
      passage,
      source,
      selection: source === 'auto' ? 40 + passage : null,
      state: 'waiting',
      durationMs: card?.durationMs ?? 0,
    };
    this.#place(added, where);
    return entry;
  }

  #place(entry: QueueEntry, where: Where): void {
    const rest = this.entries.filter((each) => each.entry !== entry.entry);
    const sounding = rest.filter((each) => each.state === 'sounding').length;
    const at =
      where === 'end'
        ? rest.length
        : where === 'next'
          ? sounding
          : rest.findIndex((each) => each.entry === where.after) + 1;
    this.entries = rest.toSpliced(at, 0, entry);
  }

  #begin(entry: QueueEntry): void {
    this.#set(entry.entry, { state: 'sounding' });
    this.setPosition(0);
    this.plays.unshift(this.#play(entry.entry, entry.passage));
  }

  #leave(entry: EntryId, ended: Play['ended']): void {
    const play = this.plays.find((each) => each.entry === entry);
    this.plays = this.plays.map((each) =>
      each === play ? { ...each, heardMs: this.nowMs - each.startedAtMs, ended } : each,
    );
    this.entries = this.entries.filter((each) => each.entry !== entry);
  }

  /** The core begins the next entry over the one that sounds. */
  startCrossfade(lengthMs: number): void {
    const from = this.current;
    const to = this.entries.find((each) => each.state === 'waiting');
    if (from === undefined || to === undefined) throw new Error('nothing to blend');
    this.crossfade = { from: from.entry, to: to.entry, lengthMs, startedAtMs: this.nowMs };
    this.#begin(to);
    this.changed('state', 'queue', 'history');
  }

  endCrossfade(ended: Play['ended'] = 'natural'): void {
    if (this.crossfade === null) return;
    this.#leave(this.crossfade.from, ended);
    this.crossfade = null;
    this.changed('state', 'queue', 'history');
  }

  changed(...topics: Topic[]): void {
    for (const topic of topics) this.onChange(topic, {});
  }

  skip(): object {
    const was = this.current;
    if (was === undefined) return failed('NOTHING_PLAYS', 'Nothing plays: add something to the queue.');
    const next = this.entries.find((each) => each.state === 'waiting');
    this.#leave(was.entry, 'skipped');
    if (next !== undefined) this.#begin(next);
    this.changed('state', 'queue', 'history');
    return { skipped: was.entry, throttled: false };
  }

  /** What one of the real concepts says. */
  #real(kind: 'actions' | 'queries', name: string, input: object): object | undefined {
    const [concept = '', member = ''] = name.split('.');
    const table = this.bedside[concept]?.[kind] as Record<string, (input: object) => object> | undefined;
    return table?.[member]?.(input);
  }

  act(name: string, input: Record<string, unknown>): object {
    const real = this.#real('actions', name, input);
    if (real !== undefined) return real;
    const entry = this.entries.find((each) => each.entry === input.entry);
    switch (name) {
      case 'Player.play':
        this.setPosition(this.positionMs);
        this.playing = true;
        this.changed('state');
        return { playing: true };
      case 'Player.pause':
        this.setPosition(this.positionMs);
        this.playing = false;
        this.changed('state');
        return { playing: false, entry: this.current?.entry ?? null, positionMs: this.positionMs };
      case 'Player.skip':
        return this.skip();
      case 'Player.seek': {
        const positionMs = input.positionMs as number;
        if (this.current === undefined) return failed('NOTHING_PLAYS', 'Nothing plays.');
        if (positionMs > this.current.durationMs) return failed('OUT_OF_RANGE', 'It is not that long.');
        this.setPosition(positionMs);
        this.changed('state');
        return { positionMs };
      }
      case 'Player.setVolume':
        this.volume = input.volume as number;
        this.changed('state');
        return { volume: this.volume };
      case 'Queue.enqueue': {
        const passages = input.passages as number[];
        const unknown = passages.find((passage) => cardOf(passage) === undefined);
        if (unknown !== undefined) return failed('NO_SUCH_PASSAGE', `There is no passage p${unknown}.`);
        if (this.entries.length + passages.length > 100)
          return failed('QUEUE_FULL', 'At most 100 entries can wait: remove some first.');
        let where = input.where as Where;
        const entries = passages.map((passage) => {
          const added = this.#add(passage, where, 'person');
          if (where !== 'end') where = { after: added };
          return added;
        });
        this.changed('queue', 'state');
        return { entries };
      }
      case 'Queue.askClear': {
        const kept = this.entries.filter((each) => each.state === 'sounding');
        const removed = this.entries.length - kept.length;
        this.entries = kept;
        this.changed('queue', 'state');
        return { removed };
      }
      case 'Queue.askRemove':
        if (entry === undefined) return failed('NO_ANSWER', 'The flow ended unanswered.');
        if (entry.state === 'sounding') return this.skip();
        this.#leave(entry.entry, 'removed');
        this.changed('queue', 'state');
        return { entry: entry.entry, removed: true };
      case 'Queue.askMove':
        if (entry === undefined) return failed('NO_SUCH_ENTRY', 'It is not in the queue.');
        if (entry.state === 'sounding') return failed('TOO_LATE', 'It sounds already.');
        this.#place(entry, input.where as Where);
        this.changed('queue', 'state');
        return { entry: entry.entry };
      case 'Settings.set':
        if (input.key === 'crossfade_s' && typeof input.value !== 'number')
          return failed('BAD_VALUE', 'crossfade_s is a number from 0 to 30.');
        this.settings.set(input.key as string, input.value);
        return { key: input.key, value: input.value };
      case 'Backup.run': {
        const { kind } = input as { kind: string };
        const name = kind === 'database' ? 'segue-000000000000001.db' : 'export-000000000000001.jsonl';
        const written = !this.backups.some((backup) => backup.name === name);
        if (written) this.backups.unshift({ kind, name, atMs: this.nowMs, bytes: 2048 });
        return { kind, name, bytes: 2048, written };
      }
      case 'Timeslots.replaceAll': {
        const timeslots = input.timeslots as readonly Timeslot[];
        if (input.version !== undefined && input.version !== versionOf(this.timeslots)) return CHANGED;
        const refused = refusalOf(timeslots, (passage) => cardOf(passage) !== undefined);
        if (refused !== null) return refused;
        this.timeslots = timeslots.toSorted((a, b) => a.startMinute - b.startMinute);
        this.changed('timeslots');
        return { count: timeslots.length };
      }
      case 'Override.askLikePassage':
        if (cardOf(input.passage as number) === undefined)
          return failed('NO_SUCH_PASSAGE', 'There is no such passage.');
        return this.#override('passage', input);
      case 'Override.askLikeTimeslot':
        if (String(input.timeslot).toLowerCase() !== 'evening')
          return failed('NO_SUCH_TIMESLOT', 'There is no such timeslot.');
        return this.#override('timeslot', input);
      case 'Override.cancel': {
        const cancelled = this.override !== null;
        this.override = null;
        this.changed('state');
        return { cancelled };
      }
      case 'Taste.like':
      case 'Taste.dislike':
      case 'Taste.takeBack':
        return this.#say(name, input);
      case 'Library.learnFlavors': {
        const recordings = input.recordings as readonly { recording: string | null }[];
        const byId = recordings.filter(({ recording }) => recording !== null).length;
        const others = recordings.length - byId;
        const found = { byId, byName: input.byName ? others : 0, unknown: input.byName ? 0 : others };
        return { ...found, unsound: 0 };
      }
      case 'Library.sayOwnFlavor': {
        const { passages, characteristic, amount } = input as {
          passages: number[];
          characteristic: string;
          amount: number | null;
        };
        for (const passage of passages) this.ownFlavors.set(`${characteristic} ${passage}`, amount ?? -1);
        return { passages: passages.length };
      }
      case 'Library.forgetFlavors':
        return { songs: 2 };
      case 'Import.start':
        if (input.path === '/nowhere') return failed('NOT_A_FOLDER', '/nowhere is not a folder.');
        return { job: 3 };
      case 'Import.pause':
        return { job: input.job, paused: true };
      case 'Import.resume':
        return { job: input.job, resumed: true };
      case 'Import.cancel':
        return { job: input.job, cancelled: true };
      default:
        throw new Error(`the fake does not know ${name}`);
    }
  }

  #say(name: string, { passage, opinion }: Record<string, unknown>): object {
    if (cardOf(passage as number) === undefined)
      return failed('NO_SUCH_PASSAGE', 'There is no such passage.');
    const said = { ...this.opinionsOf(passage as number) };
    if (name === 'Taste.like') said.likes += 1;
    if (name === 'Taste.dislike') said.dislikes += 1;
    if (name === 'Taste.takeBack') said[opinion === 'like' ? 'likes' : 'dislikes'] = 0;
    this.opinions.set(passage as number, said);
    this.changed('state');
    return said;
  }

  opinionsOf(passage: number): { likes: number; dislikes: number } {
    return this.opinions.get(passage) ?? { likes: 0, dislikes: 0 };
  }

  #override(kind: 'passage' | 'timeslot', input: Record<string, unknown>): object {
    const passage = kind === 'passage' ? (input.passage as number) : null;
    const name = input.name ?? (passage === null ? input.timeslot : cardOf(passage)?.title);
    const leftMs = input.durationMs as number;
    const at = { setAtMs: this.nowMs, untilMs: this.nowMs + leftMs, leftMs };
    this.override = { name, kind, passage, flavor: {}, ...at };
    this.changed('state');
    return this.override;
  }

  ask(name: string, input: Record<string, unknown>): readonly object[] {
    const real = this.#real('queries', name, input);
    if (real !== undefined) return real as readonly object[];
    const rowsOf = <T extends object>(row: T | null | undefined) => (row == null ? [] : [row]);
    switch (name) {
      case 'Player.status':
        return [this.status()];
      case 'Queue.entries':
        return this.entries;
      case 'Library.card':
        return rowsOf(cardOf(input.passage as number));
      case 'Library.playable':
        return cardOf(input.passage as number) ? [playable({ passage: input.passage as number })] : [];
      case 'Library.search': {
        const wanted = (input.text as string).toLowerCase();
        const after = (input.after as number | undefined) ?? 0;
        const found = CARDS.filter((card) =>
          `${card.title} ${card.artist} ${card.album ?? ''}`.toLowerCase().includes(wanted),
        );
        return found.filter((card) => card.passage > after).slice(0, input.limit as number);
      }
      case 'Library.lyrics':
        return input.passage === 1 ? [{ title: 'Harbour Lights', text: 'One\nTwo' }] : [];
      case 'Library.having': {
        const has = ({ passage }: { passage: number }) =>
          (this.ownFlavors.get(`${input.characteristic} ${passage}`) ?? -1) >= (input.least as number);
        return [{ passages: CARDS.filter(has).map(({ passage }) => passage) }];
      }
      case 'Library.flavor': {
        const card = cardOf(input.passage as number);
        return rowsOf(card && { title: card.title, flavor: { mood: { happy: 0.25, sad: 0.75 } } });
      }
      case 'Library.counts':
        return [{ files: 14, passages: 14, songs: 14, artists: 7, broken: 1, missing: 0 }];
      case 'Library.failures':
        return [{ path: 'notes.mp3', reason: 'It is text, not audio.', atMs: this.nowMs }];
      case 'Access.state':
        return [{ claimed: false }];
      case 'Access.rights':
        return ['see', 'control', 'admin'].map((right) => ({ right, role: 'guest' }));
      case 'Backup.list':
        return this.backups;
      case 'Override.active':
        return rowsOf(this.override);
      case 'Taste.of':
        return [this.opinionsOf(input.passage as number)];
      case 'Taste.all':
        return [...this.opinions].map(([passage, said]) => {
          const { title = '', artist = '' } = cardOf(passage) ?? {};
          return { song: passage, title, artist, ...said, forGood: false, atMs: this.nowMs };
        });
      case 'Timeslots.targetAt':
        return [{ name: 'evening', flavor: {}, kind: 'timeslot' }];
      case 'Timeslots.all':
        return this.timeslots;
      case 'Timeslots.version':
        return [{ version: versionOf(this.timeslots) }];
      case 'Director.state':
        return [this.directorState];
      case 'History.recent': {
        const before = (input.before as number | undefined) ?? Number.POSITIVE_INFINITY;
        const older = this.plays.filter((play) => play.play < before || before === Number.POSITIVE_INFINITY);
        return older.slice(0, input.limit as number);
      }
      case 'History.ofEntry':
        return rowsOf(this.plays.find((play) => play.entry === input.entry));
      case 'Health.checks':
        return this.health;
      case 'Import.steps':
        return this.importSteps;
      case 'Import.status':
        return rowsOf(this.importStatus);
      case 'Settings.get':
        return this.settings.has(input.key as string)
          ? [{ value: this.settings.get(input.key as string) }]
          : [];
      case 'Settings.all':
        return [...this.settings].map(([key, value]) => ({
          key,
          value,
          isDefault: true,
          meaning: `what ${key} means`,
          range: 'as it says',
        }));
      default:
        throw new Error(`the fake does not know ${name}`);
    }
  }

  status(): object {
    const { current, crossfade } = this;
    const progress =
      crossfade === null ? 0 : Math.min(1, (this.nowMs - crossfade.startedAtMs) / crossfade.lengthMs);
    return {
      playing: this.playing,
      entry: current?.entry ?? null,
      passage: current?.passage ?? null,
      positionMs: this.positionMs,
      durationMs: current?.durationMs ?? 0,
      crossfade:
        crossfade === null
          ? null
          : { from: crossfade.from, to: crossfade.to, progress, lengthMs: crossfade.lengthMs },
      prepared: this.entries.find((each) => each.state === 'waiting')?.entry ?? null,
      volume: this.volume,
      sink: this.sink,
    };
  }

  /** Puts a test's own answer in the place of an action or a query ("Player.skip", "Queue.entries"). */
  answer(name: string, answer: Answer): void {
    this.answers.set(name, answer);
  }
}
