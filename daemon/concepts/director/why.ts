// Why a passage plays, in one sentence, and every fact of that sentence with the place it was read from. Pure.
import type { PassageId } from '../../../sync/vocabulary/common.ts';
import type { SelectionFacts } from '../../../sync/vocabulary/director.ts';
import type { Source } from '../../../sync/vocabulary/queue.ts';

/** How an entry came to sound, where there is more to it than that its turn had come. */
export type Began =
  | { readonly how: 'resumed' }
  /** The one before it ended like this. */
  | { readonly how: 'skipped' | 'removed' | 'failed'; readonly before: PassageId };

/** A fact as it stands in the sentence, and where it comes from. */
export interface WhyFact {
  readonly name: string;
  /** As it is written in the sentence. */
  readonly text: string;
  /** Where in SelectionFacts: `eligible`, `candidates[4].weight`, `sum(candidates.weight)`; `names...` and `entry...`
   *  are from the library and the queue, `rule...` from the trace, `before...` from the history. */
  readonly path: string;
  /** What is there. */
  readonly value: string | number;
}

export interface Why {
  readonly sentence: string;
  readonly facts: readonly WhyFact[];
}

export interface Names {
  readonly title: string;
  readonly artist: string;
}

export interface WhyQuestion {
  readonly passage: PassageId;
  readonly source: Source;
  /** Null: a person put it there, or the facts are not kept any more. */
  readonly selection: SelectionFacts | null;
  /** The rule that asked for it by itself, without a selection; null: none did, or the trace has gone. */
  readonly rule?: { readonly name: string; readonly summary: string } | null;
  /** Null or left out: its turn had come, or has not yet. */
  readonly began?: Began | null;
  /** Null: the passage has left the library. */
  readonly names: (passage: PassageId) => Names | null;
  /** The zone in which times are told. */
  readonly timeZone: string;
}

export function explain(question: WhyQuestion): Why {
  const telling = new Telling();
  const sentence = chosen(telling, question) + began(telling, question);
  return telling.end(sentence);
}

function chosen(telling: Telling, question: WhyQuestion): string {
  const { selection } = question;
  const what = named(telling, question);
  if (selection === null && question.rule) {
    const name = telling.say('rule', question.rule.name, 'rule.name', question.rule.name);
    const does = telling.say('does', question.rule.summary, 'rule.summary', question.rule.summary);
    return `${what} plays because the rule ${name} put it in the queue: ${does}`;
  }
  if (question.source === 'person') {
    const who = telling.say('source', 'a person', 'entry.source', question.source);
    return `${what} plays because ${who} put it in the queue.`;
  }
  if (selection === null) {
    const how = telling.say('source', 'chosen automatically', 'entry.source', question.source);
    return `${what} was ${how}, but the facts of that choice are no longer kept.`;
  }
  return `${what} was chosen ${when(telling, selection, question.timeZone)}: ${field(telling, selection)}, ${draw(telling, selection)}.`;
}

/** Nothing, where it began when its turn had come. */
function began(telling: Telling, { began: how, names }: WhyQuestion): string {
  if (!how) return '';
  if (how.how === 'resumed')
    return ` It ${telling.say('resumed', 'went on where it was', 'entry.resumed', 1)} when Segue was started again.`;
  const title = names(how.before)?.title ?? `passage ${how.before}`;
  const before = telling.say('before', `“${title}”`, 'before.title', title);
  const ended = { skipped: 'was skipped', removed: 'was taken away', failed: 'could not be played on' }[
    how.how
  ];
  return ` It began when ${before} ${telling.say('ended', ended, 'before.ended', how.how)}.`;
}

/** Collects facts while the sentence is made of them. */
class Telling {
  private readonly facts: WhyFact[] = [];

  /** Notes a fact and answers its text. */
  say(name: string, text: string, path: string, value: string | number): string {
    this.facts.push({ name, text, path, value });
    return text;
  }

  end(sentence: string): Why {
    return { sentence, facts: this.facts };
  }
}

function named(telling: Telling, { passage, names }: WhyQuestion): string {
  const found = names(passage);
  if (found === null) return `Passage ${telling.say('passage', String(passage), 'passage', passage)}`;
  const title = telling.say('title', found.title, 'names.title', found.title);
  if (found.artist === '') return `“${title}”`;
  return `“${title}” by ${telling.say('artist', found.artist, 'names.artist', found.artist)}`;
}

function when(telling: Telling, facts: SelectionFacts, timeZone: string): string {
  const { targetAtMs, chosenAtMs, target } = facts;
  const chosen = telling.say('chosenAt', dayAndTime(chosenAtMs, timeZone), 'chosenAtMs', chosenAtMs);
  const due = telling.say('targetAt', clockTime(targetAtMs, timeZone), 'targetAtMs', targetAtMs);
  const name = telling.say('target', target.name, 'target.name', target.name);
  const aims = {
    timeslot: `, in the timeslot “${name}”`,
    override: `, when the override “${name}” holds`,
    none: ` (${name}: no mood is set for it)`,
  };
  return `on ${chosen} to play at about ${due}${aims[target.kind]}${bend(telling, facts)}`;
}

function bend(telling: Telling, { tasteStrength }: SelectionFacts): string {
  if (tasteStrength === 0) return '';
  const share = telling.say('taste', `${number(tasteStrength * 100)} %`, 'tasteStrength', tasteStrength);
  return `, moved by ${share} towards what is liked here`;
}

const DROPPED: readonly [keyof SelectionFacts['dropped'], string][] = [
  ['cooldown', 'heard too recently'],
  ['queued', 'queued already'],
  ['missing', 'missing'],
  ['broken', 'broken'],
  ['noSong', 'without a song'],
  ['zeroBase', 'never to be chosen'],
];

/** How many there were to choose from, and what became of the others. */
function field(telling: Telling, facts: SelectionFacts): string {
  const dropped = DROPPED.filter(([reason]) => facts.dropped[reason] > 0)
    .map(([reason, words]) => {
      const count = facts.dropped[reason];
      return `${telling.say(`dropped ${reason}`, String(count), `dropped.${reason}`, count)} ${words}`;
    })
    .join(', ');
  const others = dropped === '' ? '' : ` (${dropped})`;
  if (facts.relaxedTo === 0) {
    const say = telling.say('relaxedTo', 'however short the cooldowns', 'relaxedTo', 0);
    return `nothing was free, ${say}${others}`;
  }
  const free = telling.say('eligible', plural(facts.eligible, 'passage'), 'eligible', facts.eligible);
  if (facts.relaxedTo === 1) return `${free} could play${others}`;
  const scale = telling.say('relaxedTo', `${number(facts.relaxedTo * 100)} %`, 'relaxedTo', facts.relaxedTo);
  return `nothing was free until every cooldown was shortened to ${scale}, then ${free} could play${others}`;
}

/** How this one stood among the candidates. */
function draw(telling: Telling, facts: SelectionFacts): string {
  const { chosen, candidates, seed } = facts;
  const own = candidates[chosen];
  if (own === undefined) return 'and this was the one chosen';
  const at = `candidates[${chosen}]`;
  if (facts.relaxedTo === 0) return 'so the song heard longest ago was taken';
  const place = nearness(telling, facts, own.distance, at);
  const total = candidates.reduce((sum, { weight }) => sum + weight, 0);
  const weight = telling.say('weight', number(own.weight), `${at}.weight`, own.weight);
  const sum = telling.say('total weight', number(total), 'sum(candidates.weight)', total);
  const count = telling.say(
    'candidates',
    plural(candidates.length, 'candidate'),
    'candidates.length',
    candidates.length,
  );
  const disliked = facts.dislikes > 0 ? ` (halved by ${dislikes(telling, facts.dislikes)})` : '';
  const dice = telling.say('seed', String(seed), 'seed', seed);
  return `${place}, and with a weight of ${weight}${disliked} out of ${sum} among ${count} the dice (seed ${dice}) fell on it`;
}

function nearness(telling: Telling, { target, chosen }: SelectionFacts, value: number, at: string): string {
  if (Object.keys(target.flavor).length === 0) return 'none of them nearer to it than another';
  const rank = telling.say('rank', ordinal(chosen + 1), 'chosen', chosen);
  const distance = telling.say('distance', value.toFixed(3), `${at}.distance`, value);
  return `this was the ${rank} nearest to that mood (distance ${distance})`;
}

function dislikes(telling: Telling, times: number): string {
  const count = telling.say('dislikes', number(times), 'dislikes', times);
  return times === 1 ? `${count} dislike` : `each of ${count} dislikes`;
}

function dayAndTime(atMs: number, timeZone: string): string {
  const format = { timeZone, day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
  return new Intl.DateTimeFormat('en-GB', { ...format, hourCycle: 'h23' }).format(atMs);
}

function clockTime(atMs: number, timeZone: string): string {
  const format = { timeZone, hour: '2-digit', minute: '2-digit' } as const;
  return new Intl.DateTimeFormat('en-GB', { ...format, hourCycle: 'h23' }).format(atMs);
}

/** At most three decimals, two more digits for what is small. */
function number(value: number): string {
  return value !== 0 && Math.abs(value) < 0.01
    ? value.toPrecision(2)
    : String(Math.round(value * 1000) / 1000);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function ordinal(n: number): string {
  const teen = n % 100 >= 11 && n % 100 <= 13;
  const ending = teen ? 'th' : ((['th', 'st', 'nd', 'rd'] as const)[n % 10] ?? 'th');
  return `${n}${ending}`;
}
