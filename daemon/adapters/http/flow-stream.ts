// The live stream of the trace (SSE): every flow as it ends, for whoever follows. Main thread. While nobody does, a flow
// costs one comparison; a flow is encoded once for all. What a slow client cannot take it misses, and is told how much.
import type { ServerResponse } from 'node:http';
import type { EndedFlow, FlowView } from '../../../sync/engine/index.ts';
import { HEARTBEAT, HEARTBEAT_MS, STREAM_HEAD } from './sse.ts';

export interface FlowStream {
  /** A flow has ended. Never throws. */
  add(flow: EndedFlow): void;
  connect(response: ServerResponse, wants: (flow: FlowView) => boolean): void;
  followers(): number;
  close(): void;
}

interface Follower {
  readonly response: ServerResponse;
  readonly wants: (flow: FlowView) => boolean;
  missed: number;
}

const MAX_BYTES_BEHIND = 256 * 1024;

export function createFlowStream(heartbeatMs = HEARTBEAT_MS): FlowStream {
  const followers = new Set<Follower>();
  let heartbeat: NodeJS.Timeout | null = null;

  function leave(follower: Follower): void {
    if (!followers.delete(follower) || followers.size > 0 || heartbeat === null) return;
    clearInterval(heartbeat);
    heartbeat = null;
  }

  function send(follower: Follower, bytes: Buffer): void {
    const { response } = follower;
    if (response.writableLength > MAX_BYTES_BEHIND) {
      follower.missed += 1;
      return;
    }
    if (follower.missed > 0) response.write(`event: missed\ndata: {"flows":${follower.missed}}\n\n`);
    follower.missed = 0;
    response.write(bytes);
  }

  return {
    add(flow) {
      if (followers.size === 0) return;
      const view = flow.view();
      let bytes: Buffer | null = null;
      for (const follower of [...followers]) {
        if (!follower.wants(view)) continue;
        bytes ??= encoded(view);
        send(follower, bytes);
      }
    },
    connect(response, wants) {
      const follower: Follower = { response, wants, missed: 0 };
      response.writeHead(200, STREAM_HEAD);
      response.write('retry: 1000\n\n');
      followers.add(follower);
      heartbeat ??= setInterval(() => {
        for (const { response: each } of [...followers])
          if (each.writableLength <= MAX_BYTES_BEHIND) each.write(HEARTBEAT);
      }, heartbeatMs).unref();
      response.once('close', () => leave(follower));
      // A connection that breaks is the way every client leaves.
      response.on('error', () => leave(follower));
    },
    followers: () => followers.size,
    close() {
      for (const follower of [...followers]) {
        leave(follower);
        follower.response.end();
      }
    },
  };
}

/** What is no plain data is told by its id alone. */
function encoded(view: { readonly id: string }): Buffer {
  let data: string;
  try {
    data = JSON.stringify(view);
  } catch {
    data = JSON.stringify({ id: view.id, records: [], activations: [] });
  }
  return Buffer.from(`id: ${view.id}\nevent: flow\ndata: ${data}\n\n`);
}
