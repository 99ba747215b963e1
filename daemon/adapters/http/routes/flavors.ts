// Routes of what music is like: what others measured of recordings, and what the owner says.
import { failure } from '../errors.ts';
import { parseId } from '../ids.ts';
import type { HttpPorts } from '../ports.ts';
import { type Route, route } from '../route.ts';
import {
  boolean,
  either,
  fitting,
  id,
  list,
  nothing,
  number,
  numberText,
  object,
  optional,
  record,
  text,
} from '../schema.ts';
import { cardOf } from '../views.ts';

const MOST_RECORDINGS = 200;
const MOST_PASSAGES = 1000;
const MOST_CHARACTERISTICS = 100;
const MOST_LABELS = 100;
const name = text({ minLength: 1, maxLength: 500 });
const mbid = fitting(
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  'must be the id of a recording at MusicBrainz, such as 5fbf5f2d-1a5c-4c0e-9d2b-0f0f3c0b8a11',
);
const share = number({ min: 0, max: 1.0001 });
const flavor = record(record(share, { min: 1, max: MOST_LABELS }), { min: 1, max: MOST_CHARACTERISTICS });

export function flavorRoutes({ door }: HttpPorts): Route[] {
  return [
    route('POST', {
      path: '/api/v1/library/flavors',
      right: 'admin',
      summary:
        'What others measured of recordings; byName: also by artist and title, where no id is known here',
      body: object({
        recordings: list(
          object({ recording: optional(mbid), artist: optional(name), title: optional(name), flavor }),
          { min: 1, max: MOST_RECORDINGS },
        ),
        byName: optional(boolean()),
      }),
      run({ body: { recordings, byName = false }, origin }) {
        const input = {
          byName,
          recordings: recordings.map(
            ({ recording = null, artist = null, title = null, flavor: measured }) => ({
              recording,
              artist,
              title,
              flavor: measured,
            }),
          ),
        };
        return door.run('Library', 'learnFlavors', input, origin);
      },
    }),
    route('PUT', {
      path: '/api/v1/library/flavors/own',
      right: 'admin',
      summary:
        'How much of a characteristic of your own some passages have; null: nothing is said of it any more',
      body: object({
        characteristic: fitting(/^[a-z][a-z0-9_]{0,39}$/, 'must be a word of small letters, digits and _'),
        amount: either(number({ min: 0, max: 1 }), nothing()),
        passages: list(id('p'), { min: 1, max: MOST_PASSAGES }),
      }),
      run: ({ body, origin }) => door.run('Library', 'sayOwnFlavor', body, origin),
    }),
    route('GET', {
      path: '/api/v1/library/flavors/own/:characteristic',
      summary: 'The passages of which you said that they have some of it',
      query: object({ least: optional(numberText({ min: 0, max: 1 })) }),
      run: ({ params, query: { least = 0.5 } }) => ({
        passages: door
          .query('Library', 'having', { characteristic: params.characteristic ?? '', least })
          .flatMap(({ passages }) => passages.map((passage) => cardOf(door, passage))),
      }),
    }),
    route('GET', {
      path: '/api/v1/library/passages/:id/flavor',
      summary: 'What a passage is like: all sources together',
      run({ params }) {
        const passage = parseId('p', params.id ?? '');
        const [found] = passage === null ? [] : door.query('Library', 'flavor', { passage });
        return found === undefined
          ? failure('NO_SUCH_PASSAGE', `There is no passage "${params.id}": search for it.`)
          : { passage: params.id, title: found.title, flavor: found.flavor };
      },
    }),
    route('DELETE', {
      path: '/api/v1/library/flavors',
      right: 'admin',
      summary: 'Forget what others measured: what Segue measured itself is believed again',
      run: ({ origin }) => door.run('Library', 'forgetFlavors', {}, origin),
    }),
  ];
}
