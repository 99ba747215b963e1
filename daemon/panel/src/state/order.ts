// Moving one of several: the new order, and how to say it to the daemon. Pure.
import type { Entry } from '../../../adapters/http/shapes.ts';
import type { Where } from './api.ts';

export interface Move {
  readonly where: Where;
  /** The whole queue afterwards. */
  readonly entries: readonly Entry[];
}

/** Takes the waiting entry number `from` to place `to` among those that wait; null when that changes nothing. */
export function moveTo(queue: readonly Entry[], from: number, to: number): Move | null {
  const sounding = queue.filter((entry) => entry.sounding);
  const waiting = queue.filter((entry) => !entry.sounding);
  const place = Math.max(0, Math.min(waiting.length - 1, to));
  const moved = waiting[from];
  if (moved === undefined || place === from) return null;
  waiting.splice(from, 1);
  const before = waiting[place - 1];
  waiting.splice(place, 0, moved);
  return {
    where: before === undefined ? 'next' : { after: before.entry },
    entries: [...sounding, ...waiting],
  };
}
