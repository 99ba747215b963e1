// What the panel knows, and how each live event changes it. Pure.
import type {
  Full,
  Health,
  History,
  Import,
  Queue,
  Status,
  Timeslots,
} from '../../../adapters/http/shapes.ts';

export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  /** `retryAtMs` on the page's own clock (performance.now). */
  | { readonly state: 'offline'; readonly retryAtMs: number };

export interface Toast {
  readonly id: number;
  readonly message: string;
}

export interface Model {
  readonly status: Status | null;
  /** When the status came, on the page's own clock: positions are counted on from there. */
  readonly statusAtMs: number;
  readonly queue: Queue;
  readonly history: History;
  readonly health: Health | null;
  readonly importing: Import['status'];
  /** Of those that the daemon has now; null until it has said so. */
  readonly timeslotsVersion: string | null;
  readonly connection: Connection;
  readonly toasts: readonly Toast[];
}

export const EMPTY: Model = {
  status: null,
  statusAtMs: 0,
  queue: { entries: [] },
  history: { plays: [], next: null },
  health: null,
  importing: null,
  timeslotsVersion: null,
  connection: { state: 'connecting' },
  toasts: [],
};

/** The model after a live event; the same model when the topic is of no interest here. */
export function afterEvent(model: Model, topic: string, data: unknown, nowMs: number): Model {
  switch (topic) {
    case 'full': {
      const { status, queue, history, health, timeslots } = data as Full;
      const timeslotsVersion = timeslots.version;
      return { ...model, status, statusAtMs: nowMs, queue, history, health, timeslotsVersion };
    }
    case 'state':
    case 'crossfade':
      return { ...model, status: data as Status, statusAtMs: nowMs };
    case 'queue':
      return { ...model, queue: data as Queue };
    case 'history':
      return { ...model, history: data as History };
    case 'health':
      return { ...model, health: data as Health };
    case 'timeslots':
      return { ...model, timeslotsVersion: (data as Pick<Timeslots, 'version'>).version };
    case 'import':
      return { ...model, importing: (data as Import).status };
    default:
      return model;
  }
}

export interface Position {
  readonly positionMs: number;
  readonly durationMs: number;
  /** 0 to 1. */
  readonly share: number;
}

/** Where the current piece is now: the status says where it was, and the clock how long ago. */
export function positionAt(model: Model, nowMs: number): Position {
  const { status, statusAtMs } = model;
  if (status?.current == null) return { positionMs: 0, durationMs: 0, share: 0 };
  const { positionMs: was, durationMs } = status.current;
  const moved = status.playing ? Math.max(0, nowMs - statusAtMs) : 0;
  const positionMs = Math.max(0, Math.min(durationMs, was + moved));
  return { positionMs, durationMs, share: durationMs > 0 ? positionMs / durationMs : 0 };
}

/** Progress of the crossfade from 0 to 1, or null when none is heard (any more). */
export function crossfadeAt({ status, statusAtMs }: Model, nowMs: number): number | null {
  if (status?.crossfade == null) return null;
  const { progress, lengthMs } = status.crossfade;
  const moved = status.playing && lengthMs > 0 ? Math.max(0, nowMs - statusAtMs) / lengthMs : 0;
  const now = progress + moved;
  return now >= 1 ? null : Math.max(0, now);
}
