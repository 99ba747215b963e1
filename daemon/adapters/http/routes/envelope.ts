// The route of a passage's envelope: what an editor draws. The work ends when its client leaves.
import { ticksToMs } from '../../../../audio/ticks.ts';
import type { Failure, Playable, Ticks } from '../../../../sync/vocabulary/common.ts';
import { failure, isFailure } from '../errors.ts';
import { parseId, publicId } from '../ids.ts';
import { answerWhileThere } from '../leaving.ts';
import type { HttpPorts } from '../ports.ts';
import { type Route, route } from '../route.ts';
import type { PassageEnvelope } from '../shapes.ts';

const toMs = (ticks: Ticks) => Math.round(ticksToMs(ticks) * 1000) / 1000;
const toMsOrNull = (ticks: Ticks | null) => (ticks === null ? null : toMs(ticks));

function pointsView({ points }: Playable): PassageEnvelope['points'] {
  return {
    startMs: toMs(points.startTicks),
    fadeInMs: toMsOrNull(points.fadeInTicks),
    leadInMs: toMsOrNull(points.leadInTicks),
    leadOutMs: toMsOrNull(points.leadOutTicks),
    fadeOutMs: toMsOrNull(points.fadeOutTicks),
    endMs: toMs(points.endTicks),
  };
}

async function envelopeOf(
  { door, envelope }: HttpPorts,
  idText: string,
  signal: AbortSignal,
): Promise<PassageEnvelope | Failure> {
  const passage = parseId('p', idText);
  const [playable] = passage === null ? [] : door.query('Library', 'playable', { passage });
  if (playable === undefined)
    return failure('NO_SUCH_PASSAGE', `There is no passage "${idText}": search for it.`);
  const found = await envelope(playable.path, signal);
  if (isFailure(found)) return found;
  return { passage: publicId('p', playable.passage), ...found, points: pointsView(playable) };
}

export function envelopeRoutes(ports: HttpPorts): Route[] {
  return [
    route('GET', {
      path: '/api/v1/passages/:id/envelope',
      summary: 'The sound of a passage’s file in about 2,000 spans, and its six points',
      raw: (ctx, { params }) => answerWhileThere(ctx, (signal) => envelopeOf(ports, params.id ?? '', signal)),
    }),
  ];
}
