// Routes that control what sounds: status, play, pause, skip, seek, volume.
import { failure, isFailure } from '../errors.ts';
import { publicIdOrNull } from '../ids.ts';
import type { HttpPorts } from '../ports.ts';
import { type Route, route } from '../route.ts';
import { number, object, optional } from '../schema.ts';
import { statusView } from '../views.ts';

/** A day: no passage is longer, and a wrong unit is caught. */
const MAX_POSITION_S = 86_400;

export function controlRoutes(ports: HttpPorts): Route[] {
  const { door } = ports;
  return [
    route('GET', {
      path: '/api/v1/status',
      summary: 'What plays, what follows, and how',
      run: () => statusView(ports),
    }),
    route('POST', {
      path: '/api/v1/play',
      summary: 'Play, or go on',
      run: ({ origin }) => door.run('Player', 'play', {}, origin),
    }),
    route('POST', {
      path: '/api/v1/pause',
      summary: 'Pause',
      async run({ origin }) {
        const paused = await door.run('Player', 'pause', {}, origin);
        if (isFailure(paused)) return paused;
        const { entry, positionMs } = paused;
        return { playing: false, entry: publicIdOrNull('e', entry), positionMs: Math.round(positionMs) };
      },
    }),
    route('POST', {
      path: '/api/v1/skip',
      summary: 'On to the next',
      async run({ origin }) {
        const skipped = await door.run('Player', 'skip', { reason: 'skipped' }, origin);
        if (isFailure(skipped)) return skipped;
        return { skipped: publicIdOrNull('e', skipped.skipped), throttled: skipped.throttled };
      },
    }),
    route('POST', {
      path: '/api/v1/seek',
      summary: 'To a position within what plays',
      body: object({
        positionMs: optional(number({ min: 0, max: MAX_POSITION_S * 1000 })),
        positionS: optional(number({ min: 0, max: MAX_POSITION_S })),
      }),
      async run({ body: { positionMs, positionS }, origin }) {
        if ((positionMs === undefined) === (positionS === undefined))
          return failure('BAD_REQUEST', 'Give either positionMs or positionS.');
        const wanted = positionMs ?? (positionS as number) * 1000;
        const sought = await door.run('Player', 'seek', { positionMs: wanted }, origin);
        return isFailure(sought) ? sought : { positionMs: Math.round(sought.positionMs) };
      },
    }),
    route('POST', {
      path: '/api/v1/volume',
      summary: 'Volume, 0 to 1',
      body: object({ volume: number({ min: 0, max: 1 }) }),
      run: ({ body, origin }) => door.run('Player', 'setVolume', { volume: body.volume }, origin),
    }),
  ];
}
