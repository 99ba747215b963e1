// Routes of what others measured of recordings: AcousticBrainz above all.
import type { HttpPorts } from '../ports.ts';
import { type Route, route } from '../route.ts';
import { boolean, fitting, list, number, object, optional, record, text } from '../schema.ts';

const MOST_RECORDINGS = 200;
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
    route('DELETE', {
      path: '/api/v1/library/flavors',
      right: 'admin',
      summary: 'Forget what others measured: what Segue measured itself is believed again',
      run: ({ origin }) => door.run('Library', 'forgetFlavors', {}, origin),
    }),
  ];
}
