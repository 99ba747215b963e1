// A storm of what people do: volume, likes, settings, enqueueing and removing, so many a second over
// HTTP at a daemon that plays, while panels follow. Says what was acknowledged and how long each took from when it was due.
import { type Answer, atRate, openAsker } from './asking.ts';
import type { Daemon } from './daemon.ts';
import { follow } from './live-client.ts';

export const STORM_KINDS = ['volume', 'like', 'setting', 'enqueue', 'remove'] as const;
export type StormKind = (typeof STORM_KINDS)[number];

export interface StormOptions {
  readonly seconds: number;
  readonly perSecond: number;
  readonly panels: number;
  /** Passages p1 to this one are there. */
  readonly passages: number;
}

export interface StormResult {
  readonly asked: number;
  /** Each acknowledged write as words: "volume 0.5", "setting crossfade_s 2", "like 3 n12", "enqueue 12", "remove 12". */
  readonly acknowledged: readonly string[];
  /** No answer, or one that refuses; in words. */
  readonly failed: readonly string[];
  /** By kind, ms from when a request was due until its answer was read. */
  readonly tookMs: ReadonlyMap<StormKind, readonly number[]>;
  readonly panels: {
    readonly connected: number;
    /** All of them together. */
    readonly events: number;
    /** Those who know the last volume in the end. */
    readonly upToDate: number;
  };
}

const CONNECTIONS = 16;
/** Of ten: so many of each kind. */
const MIX: readonly StormKind[] = [
  'volume',
  'like',
  'setting',
  'volume',
  'enqueue',
  'volume',
  'like',
  'setting',
  'volume',
  'remove',
];
/** Settings that change nothing that would end the music, and take any number of hours or seconds. */
const SETTINGS = [
  ['song_cooldown_ramp_h', 8000],
  ['artist_cooldown_ramp_h', 8000],
  ['work_cooldown_ramp_h', 8000],
  ['resume_fade_s', 5],
  ['skip_fade_s', 10],
] as const;

interface Act {
  readonly kind: StormKind;
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  /** What is acknowledged by a good answer. */
  readonly words: (body: never) => readonly string[];
}

/** The n-th of the storm; values are different each time. `own`: entries enqueued by it that still may wait. */
function actAt(n: number, passages: number, own: string[]): Act {
  const kind = MIX[n % MIX.length] as StormKind;
  const share = (1 + n) / 2 ** 20;
  const oldest = kind === 'remove' ? own.shift() : undefined;
  if (kind === 'like') {
    // Each by somebody else, so that each can be found again.
    const [passage, by] = [1 + (n % passages), `n${n}`];
    const words = [`like ${passage} ${by}`];
    const path = `/api/v1/passages/p${passage}/like`;
    return { kind, method: 'POST', path, body: { by }, words: () => words };
  }
  if (kind === 'setting') {
    const [key, most] = SETTINGS[n % SETTINGS.length] as (typeof SETTINGS)[number];
    const value = most * share;
    const words = [`setting ${key} ${value}`];
    return { kind, method: 'PUT', path: '/api/v1/settings', body: { [key]: value }, words: () => words };
  }
  if (kind === 'enqueue')
    return {
      kind,
      method: 'POST',
      path: '/api/v1/queue',
      body: { passage: `p${1 + (n % passages)}`, where: n % 3 === 0 ? 'next' : 'end' },
      words({ entries }: { entries: string[] }) {
        own.push(...entries);
        return entries.map((entry) => `enqueue ${entry.slice(1)}`);
      },
    };
  if (oldest !== undefined)
    return {
      kind,
      method: 'DELETE',
      path: `/api/v1/queue/${oldest}`,
      // What sounds by now is skipped instead, what is over is not there.
      words: (body: { removed: boolean; throttled?: boolean }) =>
        body.removed && body.throttled === undefined ? [`remove ${oldest.slice(1)}`] : [],
    };
  return {
    kind: 'volume',
    method: 'POST',
    path: '/api/v1/volume',
    body: { volume: share },
    words: () => [`volume ${share}`],
  };
}

export async function runStorm(daemon: Daemon, options: StormOptions): Promise<StormResult> {
  const { seconds, perSecond, panels, passages } = options;
  const clients = await Promise.all(Array.from({ length: panels }, () => follow(daemon.url)));
  const asker = openAsker(daemon.url, CONNECTIONS);
  const acknowledged: string[] = [];
  const failed: string[] = [];
  const tookMs = new Map<StormKind, number[]>(STORM_KINDS.map((kind) => [kind, []]));
  const own: string[] = [];
  try {
    const asked = await atRate(
      perSecond,
      (begun) => begun >= seconds * perSecond,
      async (n, dueMs) => {
        const { kind, method, path, body, words } = actAt(n, passages, own);
        const answer: Answer | Error = await asker.ask(method, path, body).catch((error: Error) => error);
        tookMs.get(kind)?.push(performance.now() - dueMs);
        // What has begun to sound meanwhile cannot be removed, and that is said.
        const isTooLate = !(answer instanceof Error) && kind === 'remove' && answer.status === 409;
        if (isTooLate) return;
        if (answer instanceof Error) failed.push(`${method} ${path}: ${answer.message}`);
        else if (answer.status >= 300) failed.push(`${method} ${path}: ${JSON.stringify(answer)}`);
        else acknowledged.push(...words(answer.body as never));
      },
    );
    const { volume } = await daemon.get<{ volume: number }>('/status');
    const knows = (client: (typeof clients)[number]) =>
      (client.newest('state') as { volume?: number } | null)?.volume === volume;
    const isAllTold = () => Promise.resolve(clients.filter(knows).length);
    const upToDate = await daemon
      .until('panels', isAllTold, (count) => count === panels, 5000)
      .catch(() => isAllTold());
    const connected = clients.filter((client) => client.isConnected()).length;
    const events = clients.flatMap(({ counts }) => [...counts.values()]).reduce((sum, n) => sum + n, 0);
    return { asked, acknowledged, failed, tookMs, panels: { connected, events, upToDate } };
  } finally {
    for (const client of clients) client.leave();
    asker.close();
  }
}
