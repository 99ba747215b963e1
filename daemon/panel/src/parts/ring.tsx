// The day as a ring, with a hand where it is now. Decorative: the list beside it says the same.
import type { TimeslotLine } from '../../../adapters/http/shapes.ts';
import { arcPath, arcsOf, onRing } from '../state/mood.ts';

const RADIUS = 50;
/** What the round ends of two lines reach over, and a little between them. */
const GAP_MINUTES = 26;
const HOURS = [0, 6, 12, 18];

export function minuteNow(): number {
  const now = new Date();
  return 60 * now.getHours() + now.getMinutes();
}

interface RingProps {
  readonly slots: readonly Pick<TimeslotLine, 'name' | 'silent' | 'startMinute'>[];
}

export function Ring({ slots }: RingProps) {
  const minute = minuteNow();
  const arcs = arcsOf(slots, minute);
  const [tip, tail] = [onRing(minute, RADIUS + 7), onRing(minute, RADIUS - 7)];
  return (
    <svg class="ring" viewBox="-70 -70 140 140" aria-hidden="true" focusable="false">
      {arcs.map((arc) => (
        <path
          key={arc.startMinute}
          class={`${arc.holds ? 'holds' : ''} ${arc.silent ? 'silent' : ''}`}
          d={arcPath(arc, RADIUS, GAP_MINUTES)}
        />
      ))}
      <line x1={tail.x} y1={tail.y} x2={tip.x} y2={tip.y} />
      {HOURS.map((hour) => {
        const { x, y } = onRing(60 * hour, RADIUS - 16);
        return (
          <text key={hour} x={x} y={y}>
            {hour}
          </text>
        );
      })}
    </svg>
  );
}
