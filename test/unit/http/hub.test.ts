// The hub of live events: full state first, replay, one encoding for all, slow clients dropped.
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import { createEventHub, type HubOptions, type Views } from '../../../daemon/adapters/http/hub.ts';

/** A response whose socket takes what it is given, or nothing at all. */
class FakeResponse extends Writable {
  readonly chunks: string[] = [];
  head: Record<string, string> | null = null;
  isStuck: boolean;

  constructor(isStuck = false) {
    super({ highWaterMark: 1024 * 1024 });
    this.isStuck = isStuck;
  }

  writeHead(_status: number, head: Record<string, string>): void {
    this.head = head;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk.toString());
    if (!this.isStuck) done();
  }

  get text(): string {
    return this.chunks.join('');
  }
}

const asResponse = (fake: FakeResponse) => fake as unknown as ServerResponse;

function setUp(options: Partial<HubOptions> = {}, given: Partial<Views> = {}) {
  const turns: (() => void)[] = [];
  const hub = createEventHub({ bootId: 'b', defer: (flush) => void turns.push(flush), ...options });
  hub.present({ full: () => ({ full: true }), of: (_topic, data) => data, ...given });
  return {
    hub,
    /** The turn ends. */
    endTurn() {
      for (const flush of turns.splice(0)) flush();
    },
    join(lastEventId?: string, isStuck = false) {
      const fake = new FakeResponse(isStuck);
      hub.connect(asResponse(fake), lastEventId);
      return fake;
    },
  };
}

describe('event hub', () => {
  it('sends the full state first, then changes, with ids', () => {
    const { hub, endTurn, join } = setUp();
    const client = join();
    assert.equal(client.head?.['content-type'], 'text/event-stream; charset=utf-8');
    assert.match(client.text, /^retry: \d+\n\nid: b-0\nevent: full\ndata: \{"full":true\}\n\n$/);
    hub.broadcast('state', { n: 1 });
    endTurn();
    assert.match(client.text, /id: b-1\nevent: state\ndata: \{"n":1\}\n\n$/);
    hub.close();
  });

  it('holds back what is said in a turn until it ends, and says the newest of a topic', () => {
    const { hub, endTurn, join } = setUp();
    const client = join();
    hub.broadcast('state', { n: 1 });
    hub.broadcast('notice', { message: 'one' });
    hub.broadcast('state', { n: 2 });
    hub.broadcast('notice', { message: 'two' });
    assert.doesNotMatch(client.text, /event: state/);
    endTurn();
    assert.equal(client.text.match(/event: state/g)?.length, 1);
    assert.match(client.text, /data: \{"n":2\}/);
    assert.equal(client.text.match(/event: notice/g)?.length, 2);
    hub.close();
  });

  it('encodes each event once for all clients, and not at all for nobody', () => {
    let asked = 0;
    const views = {
      of: () => {
        asked += 1;
        return { asked };
      },
    };
    const { hub, endTurn, join } = setUp({}, views);
    hub.broadcast('state', {});
    endTurn();
    assert.equal(asked, 0);
    for (let i = 0; i < 10; i++) join();
    const before = hub.counts().encoded;
    hub.broadcast('state', {});
    endTurn();
    assert.equal(asked, 1);
    assert.equal(hub.counts().encoded, before + 1);
    hub.close();
  });

  it('replays what a returning client lacks, and only that', () => {
    const { hub, endTurn, join } = setUp();
    for (let n = 1; n <= 4; n++) {
      hub.broadcast('notice', { n });
      endTurn();
    }
    const client = join('b-2');
    assert.doesNotMatch(client.text, /event: full|"n":2/);
    assert.match(client.text, /"n":3.*"n":4/s);
    assert.doesNotMatch(join('b-4').text, /event:/);
    hub.close();
  });

  it('starts afresh when replay is impossible', () => {
    const { hub, endTurn, join } = setUp({ ringSize: 2 });
    for (let n = 1; n <= 5; n++) {
      hub.broadcast('notice', { n });
      endTurn();
    }
    for (const id of ['b-2', 'other-4', 'b-99', 'b-', 'b-x', 'nonsense'])
      assert.match(join(id).text, /id: b-5\nevent: full/, id);
    assert.doesNotMatch(join('b-3').text, /event: full/);
    hub.close();
  });

  it('drops a client that is behind by too many events, and no other', async () => {
    const { hub, endTurn, join } = setUp({ maxEventsBehind: 8 });
    const good = join();
    const slow = join(undefined, true);
    for (let n = 0; n < 20; n++) {
      hub.broadcast('notice', { n });
      endTurn();
      // The good one's socket takes what it was given.
      await new Promise(setImmediate);
    }
    assert.equal(slow.destroyed, true);
    assert.equal(good.destroyed, false);
    assert.match(good.text, /"n":19/);
    assert.equal(hub.clients(), 1);
    assert.equal(hub.counts().dropped, 1);
    hub.close();
  });

  it('drops a client that is behind by too many bytes', () => {
    const { hub, endTurn, join } = setUp({ maxBytesBehind: 10_000 });
    const slow = join(undefined, true);
    for (let n = 0; n < 4; n++) {
      hub.broadcast('notice', { text: 'x'.repeat(4000) });
      endTurn();
    }
    assert.equal(slow.destroyed, true);
    assert.equal(hub.clients(), 0);
  });

  it('tells of clients that come and go', () => {
    const { hub, join } = setUp();
    const seen: number[] = [];
    hub.onClients((clients) => seen.push(clients));
    const first = join();
    join();
    first.emit('close');
    hub.close();
    assert.deepEqual(seen, [1, 2, 1, 0]);
  });

  it('beats to everybody, so that a dead connection is noticed', (context) => {
    context.mock.timers.enable({ apis: ['setInterval'] });
    const { hub, join } = setUp({ heartbeatMs: 15_000 });
    const client = join();
    context.mock.timers.tick(30_000);
    assert.equal(client.text.match(/^event: beat$/gm)?.length, 2);
    hub.close();
  });
});
