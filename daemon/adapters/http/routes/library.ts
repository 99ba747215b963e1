// Routes that look things up: search, passages, history, why.
import type { Failure } from '../../../../sync/vocabulary/common.ts';
import type { SelectionFacts } from '../../../../sync/vocabulary/director.ts';
import { failure, isFailure } from '../errors.ts';
import { parseId, publicId } from '../ids.ts';
import type { HttpPorts } from '../ports.ts';
import { type Route, route } from '../route.ts';
import { id, numberText, object, optional, text } from '../schema.ts';
import type { Why } from '../shapes.ts';
import { cardOf, cardView, historyView } from '../views.ts';

const pageSize = optional(numberText({ min: 1, max: 100, integer: true }));

function factsView({ door }: HttpPorts, facts: SelectionFacts) {
  return {
    ...facts,
    passage: publicId('p', facts.passage),
    candidates: facts.candidates.map(({ passage, ...factors }) => {
      const { title, artist } = cardOf(door, passage);
      return { passage: publicId('p', passage), title, artist, ...factors };
    }),
  };
}

function why(ports: HttpPorts, idText: string): Why | Failure {
  const { door } = ports;
  const entry = idText === 'current' ? door.query('Player', 'status', {})[0]?.entry : parseId('e', idText);
  if (entry === null || entry === undefined)
    return idText === 'current'
      ? failure('NOTHING_PLAYS', 'Nothing plays now. Ask about an entry of the queue or of the history.')
      : failure('NO_SUCH_ENTRY', `There is no entry "${idText}": look in the queue or in the history.`);
  const answer = ports.why(entry);
  if (isFailure(answer)) return answer;
  const { passage, facts, ...rest } = answer;
  return {
    ...rest,
    ...cardOf(door, passage),
    entry: publicId('e', entry),
    facts: facts === null ? null : factsView(ports, facts),
  };
}

export function libraryRoutes(ports: HttpPorts): Route[] {
  const { door } = ports;
  return [
    route('GET', {
      path: '/api/v1/library/search',
      summary: 'Passages by title, artist and album',
      query: object({
        q: text({ minLength: 1, maxLength: 200 }),
        limit: pageSize,
        after: optional(id('p')),
      }),
      run({ query: { q, limit = 20, after } }) {
        const input = after === undefined ? { text: q, limit } : { text: q, limit, after };
        const passages = door.query('Library', 'search', input).map(cardView);
        return { passages, next: passages.length < limit ? null : (passages.at(-1)?.passage ?? null) };
      },
    }),
    route('GET', {
      path: '/api/v1/library/passages/:id',
      summary: 'One passage',
      run({ params }) {
        const passage = parseId('p', params.id ?? '');
        const [card] = passage === null ? [] : door.query('Library', 'card', { passage });
        return card === undefined
          ? failure('NO_SUCH_PASSAGE', `There is no passage "${params.id}": search for it.`)
          : { ...cardView(card), path: card.path };
      },
    }),
    route('GET', {
      path: '/api/v1/library/passages/:id/lyrics',
      summary: 'The words of a passage, as tagged or from a .lrc file; "current" for what sounds',
      run({ params }) {
        const idText = params.id ?? '';
        const passage =
          idText === 'current'
            ? (door.query('Player', 'status', {})[0]?.passage ?? null)
            : parseId('p', idText);
        if (passage === null)
          return idText === 'current'
            ? failure('NOTHING_PLAYS', 'Nothing plays now. Name a passage.')
            : failure('NO_SUCH_PASSAGE', `There is no passage "${idText}": search for it.`);
        const [found] = door.query('Library', 'lyrics', { passage });
        return found === undefined
          ? failure('NO_LYRICS', `No lyrics are known of ${publicId('p', passage)}: tag its file with them.`)
          : { passage: publicId('p', passage), title: found.title, lines: found.text.split('\n') };
      },
    }),
    route('GET', {
      path: '/api/v1/history',
      summary: 'What was played, newest first',
      query: object({ limit: pageSize, before: optional(id('h')) }),
      run: ({ query: { limit = 20, before } }) => historyView(door, limit, before),
    }),
    route('GET', {
      path: '/api/v1/why/:entry',
      summary: 'Why an entry plays, in words and in facts; "current" for what sounds',
      run: ({ params }) => why(ports, params.entry ?? ''),
    }),
  ];
}
