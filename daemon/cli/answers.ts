// The answers of the API that several commands read, as types.
import type { Reply } from './client.ts';
import type { Io } from './io.ts';

export interface Card {
  readonly passage: string;
  readonly title: string;
  readonly artist: string;
  readonly album: string | null;
  readonly durationMs: number;
}

export interface Entry extends Card {
  readonly entry: string;
  readonly source: 'auto' | 'person';
  readonly sounding: boolean;
}

export interface Status {
  readonly playing: boolean;
  readonly current: (Card & { readonly entry: string; readonly positionMs: number }) | null;
  readonly crossfade: {
    readonly from: { readonly title?: string };
    readonly progress: number;
  } | null;
  readonly next: readonly Entry[];
  readonly volume: number;
  readonly queueLength: number;
  readonly timeslot: { readonly name: string } | null;
  readonly autoSelect: { readonly on: boolean; readonly message: string | null };
  readonly sink: string;
}

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
}

export function publicStatus(io: Io): Promise<Reply<Status>> {
  return io.client.get('/api/v1/status');
}
