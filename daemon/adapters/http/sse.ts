// What all streams of server-sent events have in common.

/** An event, not a comment, so that a page can notice when it stays away. It has no id: it is not to be replayed. */
export const HEARTBEAT = Buffer.from('event: beat\ndata: 0\n\n');
export const HEARTBEAT_MS = 15_000;

export const STREAM_HEAD = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-accel-buffering': 'no',
} as const;
