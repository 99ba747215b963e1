// Why a piece plays: the sentence, and the facts it was made from.
import { useEffect, useState } from 'preact/hooks';
import type { Candidate, Why } from '../../../adapters/http/shapes.ts';
import { type Answer, api } from '../state/api.ts';
import { timeOfDay } from '../words.ts';
import { Art } from './art.tsx';
import { Sheet } from './sheet.tsx';

const SHOWN = 6;

const DROPPED: Record<string, string> = {
  queued: 'queued already',
  cooldown: 'heard too recently',
  broken: 'cannot be read',
  missing: 'not there',
  noSong: 'not known well enough',
  zeroBase: 'set to never play',
};

function leftOut(dropped: Readonly<Record<string, number>>): string {
  const parts = Object.entries(dropped).filter(([, n]) => n > 0);
  return parts.length === 0 ? 'none' : parts.map(([key, n]) => `${n} ${DROPPED[key] ?? key}`).join(', ');
}

function cooldownWords(relaxedTo: number): string {
  if (relaxedTo === 1) return 'all kept';
  return relaxedTo === 0
    ? 'set aside: the one heard longest ago'
    : `shortened to ${Math.round(relaxedTo * 100)} %`;
}

/** The nearest candidates, and the chosen one if it is not among them. */
function shownOf(candidates: readonly Candidate[], chosen: number): readonly Candidate[] {
  const first = candidates.slice(0, SHOWN);
  const one = candidates[chosen];
  return chosen < SHOWN || one === undefined ? first : [...first.slice(0, SHOWN - 1), one];
}

function Candidates({ candidates, chosen }: { candidates: readonly Candidate[]; chosen: number }) {
  const total = candidates.reduce((sum, each) => sum + each.weight, 0);
  const rest = candidates.length - SHOWN;
  return (
    <>
      <h4>Closest to what was wanted</h4>
      <ul class="candidates">
        {shownOf(candidates, chosen).map((each) => {
          const chance = total > 0 ? each.weight / total : 0;
          return (
            <li key={each.passage} class={each === candidates[chosen] ? 'chosen' : ''}>
              <span class="bar" style={{ width: `${Math.max(3, (1 - each.distance) * 100)}%` }} />
              <span class="title">{each.title}</span>
              <span class="chance">{Math.round(chance * 100)} %</span>
            </li>
          );
        })}
      </ul>
      <p class="quiet">
        The longer the bar, the closer; the number is its chance in the draw
        {rest > 0 ? `. ${rest} more took part.` : '.'}
      </p>
    </>
  );
}

function Facts({ facts }: { facts: NonNullable<Why['facts']> }) {
  return (
    <>
      <dl class="facts">
        <dt>Wanted</dt>
        <dd>
          {facts.target.name || 'anything'} at {timeOfDay(facts.targetAtMs)}
        </dd>
        <dt>Free to play</dt>
        <dd>{facts.eligible}</dd>
        <dt>Left out</dt>
        <dd>{leftOut(facts.dropped)}</dd>
        <dt>Cooldowns</dt>
        <dd>{cooldownWords(facts.relaxedTo)}</dd>
        <dt>Chosen</dt>
        <dd>at {timeOfDay(facts.chosenAtMs)}</dd>
      </dl>
      <Candidates candidates={facts.candidates} chosen={facts.chosen} />
    </>
  );
}

export function WhySheet({ entry }: { entry: string }) {
  const [answer, setAnswer] = useState<Answer<Why> | null>(null);
  useEffect(() => {
    let isCurrent = true;
    setAnswer(null);
    void api.why(entry).then((got) => isCurrent && setAnswer(got));
    return () => {
      isCurrent = false;
    };
  }, [entry]);
  return (
    <Sheet title="Why this?">
      {answer === null && <p class="quiet">Looking it up…</p>}
      {answer?.ok === false && <p>{answer.message}</p>}
      {answer?.ok && (
        <>
          <div class="subject">
            <Art piece={answer.body} shown="subject" />
            <div>
              <p class="title">{answer.body.title}</p>
              <p class="by">{answer.body.artist}</p>
            </div>
          </div>
          <p class="sentence">{answer.body.sentence}</p>
          {answer.body.facts !== null && <Facts facts={answer.body.facts} />}
        </>
      )}
    </Sheet>
  );
}
